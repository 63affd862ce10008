import {Buffer} from 'node:buffer';
import {Failure, type FailureParts} from '../failure/failure.js';

/** Where in a file something was seen. */
export type Place = {
	/** Line number, from 1. */
	readonly line: number;
	/** The DN of the entry, as text, where it is known. */
	readonly dn?: string | undefined;
};

const longestShownDn = 200;

/**
A DN as it may be shown on a screen: control characters are written as `\xx`, and what is longer than 200 characters is
cut.
*/
const shownDn = (dn: string): string => {
	const shown = dn.replaceAll(/\p{Other}/gv, character =>
		[...Buffer.from(character)].map(byte => `\\${byte.toString(16).padStart(2, '0')}`).join(''),
	);
	return shown.length > longestShownDn ? `${shown.slice(0, longestShownDn)}…` : shown;
};

const placeText = ({line, dn}: Place): string =>
	dn === undefined ? `Line ${line}` : `Line ${line}, in the entry «${shownDn(dn)}»`;

const failure = (parts: Omit<FailureParts, 'byHand'> & {readonly byHand?: string}): Failure =>
	new Failure({byHand: 'head -c 64 FILE | od -c | head', ...parts});

/** A line that the format does not allow. The message names the place and the rule, never the value. */
export const malformed = (place: Place, rule: string): Failure =>
	failure({
		code: 'ldif-malformed',
		seen: `${placeText(place)}: ${rule}.`,
		means: 'The file is damaged or is no LDIF export. Nothing that was read of it is used as proof.',
		todo: 'Copy or export the file again. If it was written by hand, correct the line.',
		byHand: `sed -n '${place.line}p' FILE`,
	});

/** The file ends within a line or an entry. */
export const torn = (place: Place, rule: string): Failure =>
	failure({
		code: 'ldif-torn',
		seen: `${placeText(place)}: ${rule}.`,
		means: 'The end of the file is missing: the export or the copy was cut off.',
		todo:
			'Copy the file again and compare its length with the original. If the original ends like this, export ' +
			'again. A file that was written by hand must end with a newline.',
		byHand: 'tail -c 64 FILE | od -c | tail',
	});

/** Change records, which `ldapmodify` reads and `import-ldif` does not. */
export const changeRecord = (place: Place): Failure =>
	failure({
		code: 'ldif-change-record',
		seen: `${placeText(place)}: a change record, not an entry.`,
		means: 'The file holds changes for ldapmodify. An export holds entries, and import-ldif refuses changes.',
		todo: 'Name an export of export-ldif.',
		byHand: "grep -c -i '^changetype:' FILE",
	});

/** A value given as a URL (`name:< file:///…`). */
export const urlValue = (place: Place): Failure =>
	failure({
		code: 'ldif-url',
		seen: `${placeText(place)}: a value that is to be read from a URL (:<).`,
		means:
			'The value is not in the file, so the file proves nothing about it. No address that stands in a data ' +
			'file is opened.',
		todo: 'Export again: export-ldif writes every value into the file.',
		byHand: "grep -n '^[A-Za-z0-9;-]*:<' FILE",
	});

/** An entry over the bound that keeps memory bounded. */
export const tooLarge = (place: Place, mebibytes: number): Failure =>
	failure({
		code: 'ldif-entry-too-large',
		seen: `${placeText(place)}: the entry is larger than ${mebibytes} MiB.`,
		means:
			'Either the entry is very large, or the file has lost its blank lines and is damaged. Reading stopped, ' +
			'because memory is bounded.',
		todo: 'Look at the file around this line.',
		byHand: `sed -n '${place.line}p' FILE | wc -c`,
	});

type Opening = {readonly bytes: readonly number[]; readonly is: string; readonly todo: string; readonly byHand: string};

/*
First bytes of files that are met where an LDIF is expected.
gzip: RFC 1952 2.3.1. Encrypted: pingidentity/ldapsdk, src/com/unboundid/util/PassphraseEncryptedStreamHeader.java,
MAGIC_BYTES.
*/
const openings: readonly Opening[] = [
	{
		bytes: [0x1f, 0x8b],
		is: 'compressed with gzip',
		todo: 'Decompress it, or hand it to «unroot ldif», which decompresses by itself.',
		byHand: 'gzip -dc FILE',
	},
	{
		bytes: [0x50, 0x55, 0x4c, 0x53, 0x50, 0x45, 0x53, 0x48],
		is: 'encrypted by the server',
		todo:
			'Export again with --doNotEncrypt, or with --encryptionPassphraseFile and then decrypt it. With a key of ' +
			'the old server only, a fresh deployment cannot read it.',
		byHand: 'encrypt-file --decrypt --input-file FILE --output-file FILE.ldif --passphrase-file PASSPHRASE',
	},
	{
		bytes: [0x50, 0x4b, 0x03, 0x04],
		is: 'a zip archive',
		todo: 'Unpack it first.',
		byHand: 'unzip -l FILE',
	},
	{
		bytes: [0xff, 0xfe],
		is: 'text in UTF-16',
		todo: 'Convert it to UTF-8.',
		byHand: 'iconv -f UTF-16 -t UTF-8 FILE',
	},
	{
		bytes: [0xfe, 0xff],
		is: 'text in UTF-16',
		todo: 'Convert it to UTF-8.',
		byHand: 'iconv -f UTF-16 -t UTF-8 FILE',
	},
];

/** How many bytes `notLdif` wants to see. */
export const openingBytes = 8;

/**
Tells from its first bytes that a file is no LDIF: compressed, encrypted, an archive, or binary. Undefined where it may
be one.
*/
export const notLdif = (first: Uint8Array): Failure | undefined => {
	const known = openings.find(({bytes}) => bytes.every((byte, index) => first[index] === byte));
	if (known) {
		return failure({
			code: 'ldif-not-plain',
			seen: `The file is ${known.is}.`,
			means: 'It is not read as LDIF as it is.',
			todo: known.todo,
			byHand: known.byHand,
		});
	}

	if (first.some(byte => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) {
		return failure({
			code: 'ldif-not-plain',
			seen: 'The file begins with binary data.',
			means: 'It is no plain LDIF: most likely it is encrypted with a key of the server that wrote it.',
			todo: 'Export again with --doNotEncrypt, or with --encryptionPassphraseFile and then decrypt it.',
		});
	}

	return undefined;
};

/** A file that was read twice and was not the same. */
export const changedMeanwhile = (): Failure =>
	failure({
		code: 'ldif-changed',
		seen: 'A file changed while it was compared.',
		means: 'The comparison reads each file several times, and what it found no longer fits together.',
		todo: 'Compare again when nothing writes to the files.',
		byHand: 'lsof FILE',
	});
