import {Buffer} from 'node:buffer';
import type {FileHandle} from 'node:fs/promises';

/** Bytes that are gathered for one write. */
const writeBytes = 1024 * 1024;

/** Writes bytes one after the other, from an offset on, with two buffers: one fills while the other is written. */
export type Sink = {
	/** Takes bytes; a promise where it must be waited for. */
	readonly put: (bytes: Uint8Array) => Promise<void> | undefined;
	/** Resolves when everything is written. */
	readonly flush: () => Promise<void>;
	/** Where the next bytes go. Call it after a flush. */
	readonly seek: (offset: number) => void;
};

const writeAll = async (handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> => {
	let done = 0;
	while (done < bytes.length) {
		const {bytesWritten} = await handle.write(bytes, done, bytes.length - done, at + done);
		done += bytesWritten;
	}
};

/** A sink into a file. */
export const createSink = (handle: FileHandle): Sink => {
	let filling = Buffer.allocUnsafe(writeBytes);
	let spare = Buffer.allocUnsafe(writeBytes);
	let filled = 0;
	let offset = 0;
	let writing: Promise<void> = Promise.resolve();

	const turn = async (): Promise<void> => {
		const full = filling.subarray(0, filled);
		const at = offset;
		offset += filled;
		filled = 0;
		await writing;
		[filling, spare] = [spare, filling];
		writing = writeAll(handle, full, at);
		// Whoever puts or flushes next waits for it.
		writing.catch(() => undefined);
	};

	const put = async (bytes: Uint8Array): Promise<void> => {
		let taken = 0;
		while (taken < bytes.length) {
			const piece = bytes.subarray(taken, taken + writeBytes - filled);
			filling.set(piece, filled);
			filled += piece.length;
			taken += piece.length;
			if (filled === writeBytes) {
				await turn();
			}
		}
	};

	return {
		async put(bytes) {
			if (filled + bytes.length < writeBytes) {
				filling.set(bytes, filled);
				filled += bytes.length;
				return undefined;
			}

			return put(bytes);
		},
		async flush() {
			if (filled > 0) {
				await turn();
			}

			await writing;
		},
		seek(next) {
			offset = next;
		},
	};
};
