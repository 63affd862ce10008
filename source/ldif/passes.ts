import {hash} from 'node:crypto';
import {Failure} from '../failure/failure.js';
import {bucketOf, createBuckets, type Buckets, type Group} from './buckets.js';
import {
	createCanonical,
	dnStart,
	hashCanonical,
	writeCanonical,
	writeCanonicalDn,
	type Canonical,
} from './canonical.js';
import {createDigest, type DigestResult} from './digest.js';
import {dnText, type EntryView} from './entry-view.js';
import {createScanner} from './scanner.js';

/** A file that can be read again and again. */
export type LdifSource = () => AsyncIterable<Uint8Array>;

/** Which of the two files. */
export type Side = 'a' | 'b';

/** An entry that a pass visits, valid during the call only. */
type Visited = {
	/** The SHA-256 of the DN in its one form, as 32 Latin-1 characters. */
	readonly dnHash: string;
	/** The parts of the DN. */
	readonly depth: number;
	/** The DN as the file writes it. */
	readonly dn: () => string;
	/** The SHA-256 of the entry's canonical form, as 32 Latin-1 characters. */
	readonly entryHash: () => string;
	/** The canonical form and its length. */
	readonly canonical: () => {readonly canonical: Canonical; readonly length: number};
};

/** Reads the two files of a comparison, as often as needed. Failures name the file. */
type Passes = {
	readonly digest: (side: Side) => Promise<{readonly result: DigestResult; readonly buckets: Buckets}>;
	/** Reads a file and visits the entries of a group of buckets. */
	readonly visit: (side: Side, group: Group, visitor: (entry: Visited) => void) => Promise<void>;
	/** Takes text that a visitor wrote; it is handed on before more is read. */
	readonly emit: (text: string) => void;
};

const depthOf = ({bytes, dnEnd}: Canonical): number => {
	let depth = dnEnd > dnStart ? 1 : 0;
	for (let at = dnStart; at < dnEnd; at += 1) {
		if (bytes[at] === 0x2c) {
			depth += 1;
		}
	}

	return depth;
};

const visited = (view: EntryView, canonical: Canonical): Visited => ({
	dnHash: hash('sha256', canonical.bytes.subarray(dnStart, canonical.dnEnd), 'binary'),
	depth: depthOf(canonical),
	dn: () => dnText(view),
	entryHash: () => hashCanonical(canonical, view),
	canonical: () => ({canonical, length: writeCanonical(canonical, view)}),
});

/** Prepares the passes over two files. What visitors emit goes to `onText`, and reading waits for it. */
export const createPasses = (
	sources: Readonly<Record<Side, LdifSource>>,
	names: Readonly<Record<Side, string>>,
	onText?: (text: string) => void | Promise<void>,
): Passes => {
	let texts: string[] = [];

	const handOn = async (): Promise<void> => {
		if (texts.length > 0) {
			const text = texts.join('');
			texts = [];
			await onText?.(text);
		}
	};

	const read = async <Value>(
		side: Side,
		write: (chunk: Uint8Array) => void,
		end: () => Value | Promise<Value>,
	): Promise<Value> => {
		try {
			for await (const chunk of sources[side]()) {
				write(chunk);
				await handOn();
			}

			const value = await end();
			await handOn();
			return value;
		} catch (error) {
			throw error instanceof Failure
				? new Failure({...error.parts, seen: `${names[side]}: ${error.parts.seen}`}, {cause: error})
				: error;
		}
	};

	return {
		async digest(side) {
			const buckets = createBuckets();
			const sink = createDigest({onEntry: buckets.add});
			const result = await read(
				side,
				chunk => {
					sink.write(chunk);
					const problem = sink.failure();
					if (problem) {
						throw problem;
					}
				},
				sink.end,
			);
			return {result, buckets};
		},
		async visit(side, group, visitor) {
			const canonical = createCanonical();
			const scanner = createScanner(view => {
				const dnEnd = writeCanonicalDn(canonical, view);
				if (group.has(bucketOf(canonical.bytes, dnStart, dnEnd))) {
					visitor(visited(view, canonical));
				}
			});
			await read(side, scanner.write, scanner.end);
		},
		emit(text) {
			texts.push(text);
		},
	};
};
