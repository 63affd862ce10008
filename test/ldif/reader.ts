import {Buffer} from 'node:buffer';
import {dnText, spanWidth, type EntryView} from '../../source/ldif/entry-view.js';
import {createScanner, type ScanOptions} from '../../source/ldif/scanner.js';

/** One value of an entry. */
type Attribute = {
	/** The name in lower case, with its options in alphabetical order: `usercertificate;binary`. */
	readonly name: string;
	/** The value's bytes, decoded. */
	readonly value: Buffer;
};

/** An entry of an LDIF file. */
export type Entry = {
	/** Number of the line its DN starts at, from 1. */
	readonly line: number;
	/** The DN as it is written in the file, decoded. */
	readonly dn: string;
	/** The values in the order of the file. */
	readonly attributes: readonly Attribute[];
};

const entryOf = (view: EntryView): Entry => {
	const {bytes, spans, lines} = view;
	const attributes: Attribute[] = [];
	for (let line = spanWidth; line < lines * spanWidth; line += spanWidth) {
		attributes.push({
			name: bytes.toString('latin1', spans[line], spans[line + 1]),
			value: Buffer.from(bytes.subarray(spans[line + 2], spans[line + 3])),
		});
	}

	return {line: spans[4]!, dn: dnText(view), attributes};
};

/**
Reads the entries of an LDIF file as plain values. Rejects with a Failure where the file is not whole or not allowed;
see `createScanner`. Memory: the entries of one chunk.
@yields Each entry, in the order of the file.
*/
export async function* readEntries(
	source: AsyncIterable<Uint8Array>,
	options: ScanOptions = {},
): AsyncGenerator<Entry, void, undefined> {
	let ready: Entry[] = [];
	const scanner = createScanner(view => {
		ready.push(entryOf(view));
	}, options);
	for await (const chunk of source) {
		scanner.write(chunk);
		yield* ready;
		ready = [];
	}

	scanner.end();
	yield* ready;
}
