import {Buffer} from 'node:buffer';
import {emptyContent, readContent, truncateContent, writeContent} from './content.js';
import {fileError} from './file-error.js';
import type {FileNode, VirtualNode} from './node.js';
import {takeRoom, type Volume} from './volume.js';

/** A file that is open. */
export type OpenFile = {
	readonly size: () => number;
	/** Pieces of a range. */
	readonly readAt: (offset: number, length?: number) => Iterable<Uint8Array>;
	/** Writes as much as there is room for, then throws ENOSPC. */
	readonly writeAt: (offset: number, bytes: Uint8Array) => void;
	readonly truncate: (size: number) => void;
};

const zeros = new Uint8Array(65_536);

/** `/dev/null` and `/dev/zero`. */
export const openDevice = (device: 'null' | 'zero'): OpenFile => ({
	size: () => 0,
	*readAt(_offset, length = Infinity) {
		for (let left = device === 'zero' ? length : 0; left > 0; left -= zeros.length) {
			yield zeros.subarray(0, left);
		}
	},
	writeAt() {
		/* takes all */
	},
	truncate() {
		/* has no size */
	},
});

/** A file of a volume; what it grows by is taken from the volume's room. */
export const openContent = (node: FileNode, volume: Volume): OpenFile => ({
	size: () => node.content.size,
	readAt: (offset, length) => readContent(node.content, offset, length),
	writeAt(offset, bytes) {
		const growth = Math.max(0, offset + bytes.length - node.content.size);
		const room = Math.max(0, volume.limit - volume.used);
		node.changed = Date.now();
		if (growth > room) {
			const fitting = bytes.subarray(0, Math.max(0, bytes.length - (growth - room)));
			takeRoom(volume, Math.min(growth, room));
			writeContent(node.content, offset, fitting);
			throw fileError('ENOSPC');
		}

		takeRoom(volume, growth);
		writeContent(node.content, offset, bytes);
	},
	truncate(size) {
		takeRoom(volume, size - node.content.size);
		truncateContent(node.content, size);
		node.changed = Date.now();
	},
});

/** A file whose text was made just now. What is written to it is lost. */
export const openVirtual = (node: VirtualNode): OpenFile => {
	const content = emptyContent();
	writeContent(content, 0, Buffer.from(node.read()));
	return {
		size: () => 0,
		readAt: (offset, length) => readContent(content, offset, length),
		writeAt() {
			/* ignored */
		},
		truncate() {
			/* ignored */
		},
	};
};
