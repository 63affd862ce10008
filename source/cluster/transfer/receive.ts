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
	return word === 'range' && range === String(expected) && isHash(sha256) && rest.length === 0 ? {sha256} : undefined;
};

/**
Reads what the send script prints: for each range a line, then its bytes. Takes exactly what was asked for; whatever else comes ends it. A range whose hash does not agree does not end it.
*/
export const receive = async ({stream, run, ledger, sink, onChunk, onVerified, onDiffers}: Receiver): Promise<Trouble | undefined> => {
	const end = run.first + run.count;
	let next = run.first;
	let line = '';
	let arriving: Arriving | undefined;
	let differing: number | undefined;

	const close = async ({range, sha256, hash}: Arriving): Promise<void> => {
		await sink.flush();
		if (hash.digest('hex') === sha256) {
			onVerified(range, sha256);
		} else {
			differing = range;
			onDiffers(range);
		}
	};

	for await (const piece of stream) {
		const chunk = piece as Buffer;
		onChunk();
		let at = 0;
		while (at < chunk.length) {
			if (arriving) {
				const bytes = chunk.subarray(at, at + arriving.left);
				arriving.hash.update(bytes);
				await sink.put(bytes);
				arriving.left -= bytes.length;
				at += bytes.length;
				if (arriving.left === 0) {
					await close(arriving);
					arriving = undefined;
				}

				continue;
			}

			const lineEnd = chunk.indexOf(10, at);
			line += chunk.toString('latin1', at, Math.min(lineEnd === -1 ? chunk.length : lineEnd, at + longestLine));
			if (line.length >= longestLine) {
				return {kind: 'refused', seen: 'The pod sent something else than the ranges that were asked for.'};
			}

			if (lineEnd === -1) {
				break;
			}

			at = lineEnd + 1;
			if (line === endMark && next === end) {
				return differing === undefined ? undefined : {kind: 'differs', seen: `The hash of range ${differing} made here is not the one made in the pod.`};
			}

			const header = next < end ? headerOf(line, next) : undefined;
			if (!header) {
				return {kind: 'refused', seen: 'The pod sent something else than the ranges that were asked for.'};
			}

			line = '';
			sink.seek(ledger.offsetOf(next));
			arriving = {
				range: next, sha256: header.sha256, hash: createHash('sha256'), left: ledger.bytesOf(next),
			};
			next += 1;
		}
	}

	return {kind: 'cut', seen: `The stream from the pod ended ${arriving ? `inside range ${arriving.range}` : 'before its end mark'}.`};
};
