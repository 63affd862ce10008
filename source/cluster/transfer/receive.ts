import {type Buffer} from 'node:buffer';
import {createHash, type Hash} from 'node:crypto';
import type {Readable} from 'node:stream';
import {isHash} from './look.js';
import {endMark} from './scripts.js';
import type {Ledger, Run} from './ledger.js';
import type {Sink} from './sink.js';
import type {Trouble} from './trouble.js';

/** The longest line there is between two ranges. */
const longestLine = 120;

/** Where what arrives goes. */
export type Receiver = {
	readonly stream: Readable;
	readonly run: Run;
	readonly ledger: Ledger;
	readonly sink: Sink;
	/** Something arrived. */
	readonly onChunk: () => void;
	/** A range is written, and its length and hash agree. */
	readonly onVerified: (range: number, sha256: string) => void;
	/** A range is here, but its hash does not agree. */
	readonly onDiffers: (range: number) => void;
};

type Arriving = {readonly range: number; readonly sha256: string; readonly hash: Hash; left: number};

const headerOf = (line: string, expected: number): {readonly sha256: string} | undefined => {
	const [word, range, sha256, ...rest] = line.split(' ');
	return word === 'range' && range === String(expected) && rest.length === 0 && isHash(sha256) ? {sha256} : undefined;
};

const somethingElse: Trouble = {kind: 'refused', seen: 'The pod sent something else than the ranges that were asked for.'};

/**
Reads what the send script prints: for each range a line, then its bytes. Takes exactly what was asked for; whatever else comes ends it. A range whose hash does not agree does not end it.
*/
export const receive = async ({stream, run, ledger, sink, onChunk, onVerified, onDiffers}: Receiver): Promise<Trouble | undefined> => {
	const end = run.first + run.count;
	let next = run.first;
	let line = '';
	let arriving: Arriving | undefined;
	let differing: number | undefined;
	let isOver = false;

	const takeBytes = async (chunk: Buffer, range: Arriving): Promise<number> => {
		const bytes = chunk.subarray(0, range.left);
		range.hash.update(bytes);
		await sink.put(bytes);
		range.left -= bytes.length;
		if (range.left > 0) {
			return bytes.length;
		}

		await sink.flush();
		arriving = undefined;
		if (range.hash.digest('hex') === range.sha256) {
			onVerified(range.range, range.sha256);
		} else {
			differing = range.range;
			onDiffers(range.range);
		}

		return bytes.length;
	};

	/* Undefined where the line is not one that may come here. */
	const takeLine = (chunk: Buffer): number | undefined => {
		const lineEnd = chunk.indexOf(10);
		const taken = lineEnd === -1 ? chunk.length : lineEnd;
		line += chunk.toString('latin1', 0, Math.min(taken, longestLine));
		if (lineEnd === -1 || line.length >= longestLine) {
			return line.length >= longestLine ? undefined : taken;
		}

		isOver = next === end && line === endMark;
		const header = next < end ? headerOf(line, next) : undefined;
		if (header) {
			sink.seek(ledger.offsetOf(next));
			arriving = {
				range: next, sha256: header.sha256, hash: createHash('sha256'), left: ledger.bytesOf(next),
			};
			line = '';
			next += 1;
		}

		return isOver || header !== undefined ? taken + 1 : undefined;
	};

	const takeChunk = async (chunk: Buffer): Promise<Trouble | undefined> => {
		let at = 0;
		while (at < chunk.length) {
			if (isOver) {
				return undefined;
			}

			const rest = chunk.subarray(at);
			const taken = arriving ? await takeBytes(rest, arriving) : takeLine(rest);
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
			return differing === undefined ? undefined : {kind: 'differs', seen: `The hash of range ${differing} made here is not the one made in the pod.`};
		}
	}

	return {kind: 'cut', seen: `The stream from the pod ended ${arriving ? 'inside a range' : 'before its end mark'}.`};
};
