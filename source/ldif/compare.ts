import {Buffer} from 'node:buffer';
import {hash} from 'node:crypto';
import type {Canonical} from './canonical.js';
import type {Values} from './repair.js';

/** The attributes of an entry in its canonical form, of the given length: names in order, values as copies. */
export const valuesOf = ({
	canonical: {bytes, dnEnd},
	length,
}: {
	readonly canonical: Canonical;
	readonly length: number;
}): readonly Values[] => {
	const found: Array<{readonly name: string; readonly values: Buffer[]}> = [];
	let at = dnEnd;
	while (at < length) {
		const nameEnd = bytes.indexOf(0x3a, at + 4);
		const name = bytes.toString('latin1', at + 4, nameEnd);
		const valueStart = nameEnd + 2;
		const valueEnd = valueStart + bytes.readUInt32BE(at);
		const value = Buffer.from(bytes.subarray(valueStart, valueEnd));
		const last = found.at(-1);
		if (last?.name === name) {
			last.values.push(value);
		} else {
			found.push({name, values: [value]});
		}

		at = valueEnd;
	}

	return found;
};

/** What is remembered of an entry to tell which of its attributes differ: a hash for each, never a value. */
export type Fingerprint = ReadonlyMap<string, string>;

/** The fingerprint of an entry's attributes. */
export const fingerprintOf = (attributes: readonly Values[]): Fingerprint =>
	new Map(
		attributes.map(({name, values}) => {
			const lengths = Buffer.alloc(4 * values.length);
			for (const [index, value] of values.entries()) {
				lengths.writeUInt32BE(value.length, 4 * index);
			}

			return [name, hash('sha256', Buffer.concat([lengths, ...values]), 'base64')];
		}),
	);

/** The attributes that must change so that `theirs` becomes `ours`, by name. */
export const changesTo = (ours: readonly Values[], theirs: Fingerprint): readonly Values[] => {
	const mine = fingerprintOf(ours);
	const changed = ours.filter(({name}) => mine.get(name) !== theirs.get(name));
	const gone = theirs
		.keys()
		.filter(name => !mine.has(name))
		.map(name => ({name, values: []}))
		.toArray();
	return [...changed, ...gone].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
};
