import {Buffer} from 'node:buffer';
/** A piece of memory that grows to hold what is not used up yet. */
type Window = {
	/** The memory. Another one after `append`, where it had to grow. The byte at `end()` is a newline. */
	readonly bytes: Buffer;
	/** The same memory, for reading several bytes at a time. There are four more bytes behind the content than it has. */
	readonly data: DataView;
	/** Where the content ends. */
	readonly end: () => number;
	/**
	Adds bytes behind the content. What lies before `keepFrom` may be dropped to make room.

	@returns by how many bytes the content moved towards the start.
	*/
	readonly append: (piece: Uint8Array, keepFrom: number) => number;
};

// The newline behind the content, and what may be read with it.
const spare = 8;

/**
Makes a window of twice `pieceBytes` to begin with. It doubles, so that large entries cost no more than linear time.
*/
export const createWindow = (pieceBytes: number): Window => {
	let bytes = Buffer.allocUnsafeSlow(2 * pieceBytes);
	let data = new DataView(bytes.buffer);
	let end = 0;
	bytes[0] = 0x0a;
	return {
		get bytes() {
			return bytes;
		},
		get data() {
			return data;
		},
		end: () => end,
		append(piece, keepFrom) {
			let moved = 0;
			if (end + piece.length + spare > bytes.length) {
				const kept = end - keepFrom;
				const target =
					kept + piece.length + spare > bytes.length / 2
						? Buffer.allocUnsafeSlow(Math.max(bytes.length, 2 * (kept + piece.length + spare)))
						: bytes;
				bytes.copy(target, 0, keepFrom, end);
				if (target !== bytes) {
					bytes = target;
					data = new DataView(bytes.buffer);
				}

				moved = keepFrom;
				end = kept;
			}

			bytes.set(piece, end);
			end += piece.length;
			bytes[end] = 0x0a;
			return moved;
		},
	};
};
