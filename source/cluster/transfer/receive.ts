import {type Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import type {Readable} from 'node:stream';
import type {Ledger, RangeRun} from './ledger.js';
import {isHash} from './look.js';
import {endMark} from './scripts.js';
import type {Sink} from './sink.js';
import type {Trouble} from './trouble.js';

/** The longest line there is between two ranges. */
const longestLine = 120;

/** Where what arrives goes. */
export type Receiver = {
	readonly stream: Readable;
	readonly run: RangeRun;
	readonly ledger: Ledger;
	readonly sink: Sink;
	/** Something arrived. */
	readonly onChunk: () => void;
	/** A range is written, and its length and hash agree. */
	readonly onVerified: (range: number, sha256: string) => void;
	/** A range is here, but its hash does not agree. */
	readonly onDiffers: (range: number) => void;
};

const hashOf = (line: string, expected: number): string | undefined => {
	const [word, range, sha256, ...rest] = line.split(' ');
	return word === 'range' && range === String(expected) && rest.length === 0 && isHash(sha256) ? sha256 : undefined;
};

const somethingElse: Trouble = {
	kind: 'refused',
	seen: 'The pod sent something else than the ranges that were asked for.',
};

/**
Reads what the send script prints: for each range its bytes, then a line. Takes exactly what was asked for; whatever
else comes ends it. A range whose hash does not agree does not end it.
*/
export const receive = async ({
	stream,
	run,
	ledger,
	sink,
	onChunk,
	onVerified,
	onDiffers,
}: Receiver): Promise<Trouble | undefined> => {
	const end = run.first + run.count;
	let range = run.first;
	let left = ledger.bytesOf(range);
	let hash = createHash('sha256');
	let line = '';
	let differing: number | undefined;
	let isOver = false;
	sink.seek(ledger.offsetOf(range));

	const takeBytes = async (chunk: Buffer): Promise<number> => {
		const bytes = chunk.subarray(0, left);
		hash.update(bytes);
		await sink.put(bytes);
		left -= bytes.length;
		return bytes.length;
	};

	const closeRange = async (sha256: string): Promise<void> => {
		await sink.flush();
		if (hash.digest('hex') === sha256) {
			onVerified(range, sha256);
		} else {
			differing = range;
			onDiffers(range);
		}

		range += 1;
		if (range < end) {
			left = ledger.bytesOf(range);
			hash = createHash('sha256');
			sink.seek(ledger.offsetOf(range));
		}
	};

	/* Undefined where the line is not one that may come here. */
	const takeLine = async (chunk: Buffer): Promise<number | undefined> => {
		const lineEnd = chunk.indexOf(10);
		const taken = lineEnd === -1 ? chunk.length : lineEnd;
		line += chunk.toString('latin1', 0, Math.min(taken, longestLine));
		if (line.length >= longestLine) {
			return undefined;
		}

		if (lineEnd === -1) {
			return taken;
		}

		const sha256 = range < end ? hashOf(line, range) : undefined;
		isOver = range === end && line === endMark;
		line = '';
		if (sha256 !== undefined) {
			await closeRange(sha256);
		}

		return isOver || sha256 !== undefined ? taken + 1 : undefined;
	};

	const takeChunk = async (chunk: Buffer): Promise<Trouble | undefined> => {
		let at = 0;
		while (at < chunk.length) {
			if (isOver) {
				return undefined;
			}

			const rest = chunk.subarray(at);
			const taken = left > 0 ? await takeBytes(rest) : await takeLine(rest);
			if (taken === undefined) {
				return somethingElse;
			}

			at += taken;
		}

		return undefined;
	};

	for await (const piece of stream) {
		onChunk();
		const trouble = await takeChunk(piece as Buffer);
		if (trouble) {
			return trouble;
		}

		if (isOver) {
			return differing === undefined
				? undefined
				: {kind: 'differs', seen: `The hash of range ${differing} made here is not the one made in the pod.`};
		}
	}

	return {
		kind: 'cut',
		seen: `The stream from the pod ended ${left > 0 && range < end ? 'inside a range' : 'before its end mark'}.`,
	};
};
