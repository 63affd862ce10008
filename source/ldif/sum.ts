import {Buffer} from 'node:buffer';
import {createHash, hash} from 'node:crypto';

/** A sum of entries: it depends on which entries were added and how often, not on their order. */
type EntrySum = {
	/** Adds an entry, given as the SHA-256 of its canonical form, a text of 32 Latin-1 characters. */
	readonly add: (entryHash: string) => void;
	/** The sum and the number of entries as one SHA-256, in hexadecimal. */
	readonly digest: () => string;
};

const lanes = 32;

/** Adds 16 numbers of 16 bits, given as a text of 32 Latin-1 characters, to the sums from `from` on. */
export const addLanes = (sums: Float64Array, from: number, text: string): void => {
	for (let index = 0; index < 16; index += 1) {
		sums[from + index]! += text.charCodeAt(2 * index) * 256 + text.charCodeAt(2 * index + 1);
	}
};

/**
Makes an empty sum.

Each entry is two SHA-256 hashes long: that of its canonical form, and that of a byte 1 and the first one. They are
added as one number of 512 bits, modulo 2^512. Addition, because it knows no order and counts: with exclusive or, an
entry that stands there twice would vanish. 512 bits, because a sum modulo 2^256 can be forged: with some tens of
entries of the forger's choice, a generalised birthday search (Wagner, 2002) finds others with the same sum in about
2^40 steps; with 512 bits that is about 2^75. Both are far beyond accidents, against which this guards in the first
place; that nobody changed a file on its way is proved by the SHA-256 of the file.
*/
export const createEntrySum = (): EntrySum => {
	// Sixteen bits to a lane, carried over at the end: exact up to 2^37 entries.
	const sums = new Float64Array(lanes);
	const second = Buffer.alloc(33, 1);
	let entries = 0;

	return {
		add(entryHash) {
			entries += 1;
			addLanes(sums, 0, entryHash);
			for (let index = 0; index < 32; index += 1) {
				second[index + 1] = entryHash.charCodeAt(index);
			}

			addLanes(sums, 16, hash('sha256', second, 'binary'));
		},
		digest() {
			const total = Buffer.alloc(2 * lanes + 8);
			let carry = 0;
			for (let lane = lanes - 1; lane >= 0; lane -= 1) {
				const sum = sums[lane]! + carry;
				total.writeUInt16BE(sum % 65_536, 2 * lane);
				carry = Math.floor(sum / 65_536);
			}

			total.writeBigUInt64BE(BigInt(entries), 2 * lanes);
			return createHash('sha256').update('unroot ldif digest 1\n').update(total).digest('hex');
		},
	};
};
