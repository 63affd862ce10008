import {spanWidth, type EntryView} from './entry-view.js';

/**
Password storage schemes whose values can be turned back, and the keys for which LDIF does not carry: the first four
take theirs from the topology's registry, AES256 from a definition of the encryption settings (docs.pingidentity.com,
pd_sec_inter_server_cert; config guide, aes-256-password-storage-scheme).
*/
const schemes = ['AES', '3DES', 'BLOWFISH', 'RC4', 'AES256'] as const;
const known: ReadonlySet<string> = new Set(schemes);

/** The attributes that hold such values, by length: a line of another length is passed over unread. */
const attributes = new Map([
	['userpassword'.length, 'userpassword'],
	['ds-pwp-retired-password'.length, 'ds-pwp-retired-password'],
]);

const openingBrace = 0x7b;
const longestPrefix = 10;

/** Counts the passwords whose keys do not travel with them, by scheme. */
export const createReversibleCounter = (): {
	readonly add: (view: EntryView) => void;
	/** The counts; empty where there are none. */
	readonly counts: () => Readonly<Record<string, number>>;
} => {
	const counts = new Map<string, number>();
	return {
		add({bytes, spans, lines}) {
			for (let line = 1; line < lines; line++) {
				const at = line * spanWidth;
				const [start, end, value] = [spans[at]!, spans[at + 1]!, spans[at + 2]!];
				const name = attributes.get(end - start);
				if (name === undefined || bytes[value] !== openingBrace || bytes.toString('latin1', start, end) !== name) {
					continue;
				}

				const prefix = bytes.toString('latin1', value + 1, Math.min(value + longestPrefix, spans[at + 3]!));
				const scheme = prefix.slice(0, Math.max(0, prefix.indexOf('}'))).toUpperCase();
				if (known.has(scheme)) {
					counts.set(scheme, (counts.get(scheme) ?? 0) + 1);
				}
			}
		},
		counts: () => Object.fromEntries(counts),
	};
};
