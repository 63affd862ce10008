import {Buffer} from 'node:buffer';
/** The bytes of a file, in blocks, so that a large file is neither copied to grow nor to be read. */
export type Content = {blocks: Uint8Array[]; size: number};

const blockSize = 65_536;

export const emptyContent = (): Content => ({blocks: [], size: 0});

/** A block that has room for so many bytes; all blocks but the last are full. */
const roomFor = (content: Content, index: number, bytes: number): Uint8Array => {
	for (let i = content.blocks.length; i < index; i++) {
		content.blocks.push(new Uint8Array(blockSize));
	}

	const old = content.blocks[index];
	if (old && old.length >= bytes) {
		return old;
	}

	const grown = new Uint8Array(Math.min(blockSize, Math.max(bytes, (old?.length ?? 0) * 2)));
	grown.set(old ?? []);
	content.blocks[index] = grown;
	return grown;
};

/** Fills the blocks before one to their full size, so that offsets stay true. */
const fillUpTo = (content: Content, index: number): void => {
	const last = content.blocks.length - 1;
	if (last >= 0 && last < index && content.blocks[last]!.length < blockSize) {
		roomFor(content, last, blockSize);
	}
};

/** Writes at an offset; what lies between the old end and the offset becomes zeros. */
export const writeContent = (content: Content, offset: number, bytes: Uint8Array): void => {
	let done = 0;
	while (done < bytes.length) {
		const position = offset + done;
		const index = Math.floor(position / blockSize);
		const start = position % blockSize;
		const length = Math.min(blockSize - start, bytes.length - done);
		fillUpTo(content, index);
		roomFor(content, index, start + length).set(bytes.subarray(done, done + length), start);
		done += length;
	}

	content.size = Math.max(content.size, offset + bytes.length);
};

/** Shortens, or lengthens with zeros. */
export const truncateContent = (content: Content, size: number): void => {
	if (size > content.size) {
		writeContent(content, size - 1, new Uint8Array(1));
		return;
	}

	content.blocks.length = Math.ceil(size / blockSize);
	const last = content.blocks.at(-1);
	if (last && size % blockSize > 0) {
		last.fill(0, size % blockSize);
	}

	content.size = size;
};

/**
Pieces of a range, without copying. The range ends with the file.

@yields views of the blocks
*/
export function* readContent(content: Content, offset = 0, length = Infinity): Generator<Uint8Array> {
	const end = Math.min(content.size, offset + length);
	let position = offset;
	while (position < end) {
		const index = Math.floor(position / blockSize);
		const start = position % blockSize;
		const stop = Math.min(blockSize, start + end - position);
		yield content.blocks[index]!.subarray(start, stop);
		position += stop - start;
	}
}

/** The whole content in one piece. */
export const wholeContent = (content: Content): Buffer => Buffer.concat([...readContent(content)]);
