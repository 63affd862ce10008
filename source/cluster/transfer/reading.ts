import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import type {FileHandle} from 'node:fs/promises';
import type {Ledger} from './ledger.js';

/** A file here that is read by ranges, until the signal is aborted. */
export type Ranged = {readonly handle: FileHandle; readonly ledger: Ledger; readonly signal: AbortSignal};

/** Bytes of one read. */
const readBytes = 256 * 1024;

/**
Bytes of a file from an offset on.

@yields Pieces; each is a buffer of its own where whoever gets it may keep it.
*/
export async function* piecesOf(
	handle: FileHandle,
	offset: number,
	bytes: number,
	isKept: boolean,
): AsyncGenerator<Buffer> {
	const shared = isKept ? undefined : Buffer.allocUnsafe(readBytes);
	let done = 0;
	while (done < bytes) {
		const buffer = shared ?? Buffer.allocUnsafe(readBytes);
		const {bytesRead} = await handle.read(buffer, 0, Math.min(readBytes, bytes - done), offset + done);
		if (bytesRead === 0) {
			return;
		}

		done += bytesRead;
		yield buffer.subarray(0, bytesRead);
	}
}

/** SHA-256 of a range of a file here. */
const hashRange = async (handle: FileHandle, ledger: Ledger, range: number): Promise<string> => {
	const hash = createHash('sha256');
	for await (const piece of piecesOf(handle, ledger.offsetOf(range), ledger.bytesOf(range), false)) {
		hash.update(piece);
	}

	return hash.digest('hex');
};

/**
Looks at every range that an earlier try recorded: where the bytes here still have the recorded hash it is verified,
elsewhere forgotten. Gives the bytes that are verified.
*/
export const recheckRanges = async (
	{handle, ledger, signal}: Ranged,
	recorded: ReadonlyMap<number, string>,
	onVerified: (range: number, sha256: string) => void,
): Promise<number> => {
	let bytes = 0;
	for (const [range, sha256] of recorded) {
		signal.throwIfAborted();
		if (!ledger.isRecorded(range)) {
			continue;
		}

		if ((await hashRange(handle, ledger, range)) === sha256) {
			ledger.verify(range);
			bytes += ledger.bytesOf(range);
			onVerified(range, sha256);
		} else {
			ledger.forget(range);
		}
	}

	return bytes;
};

/** Reads a file's ranges in order, each as soon as it is ready. */
export type Follower = {
	/** Something became ready. */
	readonly advance: () => void;
	/** The SHA-256 of the whole file, once all of it was ready. */
	readonly whole: Promise<string>;
};

/**
Reads the file once and in order behind the copy, from the file itself: what is hashed is what is on disk. `onBytes`
gets each piece; where it throws, the follower rejects.
*/
export const follow = (
	{handle, ledger, signal}: Ranged,
	isReady: (range: number) => boolean,
	onBytes?: (bytes: Uint8Array) => void,
): Follower => {
	const hash = createHash('sha256');
	let wake = Promise.withResolvers<void>();
	const read = async (): Promise<string> => {
		for (let range = 0; range < ledger.count; range += 1) {
			while (!isReady(range)) {
				signal.throwIfAborted();
				await wake.promise;
				wake = Promise.withResolvers<void>();
			}

			for await (const piece of piecesOf(
				handle,
				ledger.offsetOf(range),
				ledger.bytesOf(range),
				onBytes !== undefined,
			)) {
				signal.throwIfAborted();
				hash.update(piece);
				onBytes?.(piece);
			}
		}

		return hash.digest('hex');
	};

	const advance = (): void => {
		wake.resolve();
	};

	signal.addEventListener('abort', advance, {once: true});
	const whole = read();
	// Whoever copies may fail before it waits for the whole.
	whole.catch(() => undefined);
	return {advance, whole};
};
