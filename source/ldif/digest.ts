import {Failure} from '../failure/failure.js';
import {createBranchCounter, type Branch} from './branches.js';
import {createCanonical, dnStart, hashCanonical, type Canonical} from './canonical.js';
import {createReversibleCounter} from './reversible.js';
import {createScanner, type ScanOptions} from './scanner.js';
import {createEntrySum} from './sum.js';

/** What the digest of a file says. */
export type DigestResult = {
	/**
	64 hexadecimal digits. The same for two files if, and practically only if, they hold the same entries: whatever the
	order of entries, attributes and values, the folding, base64, line ends, comments, the case of attribute names, and
	the spelling of DNs. See `writeCanonical` and `sum.ts` for what exactly is hashed.
	*/
	readonly digest: string;
	readonly entries: number;
	/** Length of the LDIF, in bytes. */
	readonly bytes: number;
	/** Entries by topmost DN, sorted by DN; undefined where the file has more than 64 topmost entries. */
	readonly branches: readonly Branch[] | undefined;
	/** Whether the file ends with a blank line, as export-ldif writes it. If not, the last entry may have lost lines. */
	readonly endsWithBlankLine: boolean;
	/** Passwords by scheme whose keys do not travel with the file; left out where there are none. */
	readonly reversible?: Readonly<Record<string, number>>;
};

/** Options of a digest. */
type DigestOptions = ScanOptions & {
	/**
	Sees each entry: the SHA-256 of its canonical form, as 32 Latin-1 characters, and that form, which is valid during the
	call only.
	*/
	readonly onEntry?: (entryHash: string, canonical: Canonical) => void;
};

/** A sink for the bytes of an LDIF file that computes its digest. */
type DigestSink = {
	/** Takes the next bytes. Never throws, so that a copy goes on whatever the bytes are; the chunk is not kept. */
	readonly write: (chunk: Uint8Array) => void;
	/** The first problem, as soon as there is one: nothing more is read after it. */
	readonly failure: () => Failure | undefined;
	/** The result; rejects with the first problem. */
	readonly end: () => Promise<DigestResult>;
};

/**
Makes a digest sink: the canonical digest, the number of entries and the branches, computed while the bytes stream by.
Memory: about the size of the largest entry.
*/
export const createDigest = (options: DigestOptions = {}): DigestSink => {
	const canonical = createCanonical();
	const sum = createEntrySum();
	const branches = createBranchCounter();
	const passwords = createReversibleCounter();
	const scanner = createScanner(view => {
		passwords.add(view);
		const entryHash = hashCanonical(canonical, view);
		sum.add(entryHash);
		options.onEntry?.(entryHash, canonical);
		branches.add(canonical.bytes, dnStart, canonical.dnEnd);
	}, options);
	let problem: Failure | undefined;

	return {
		write(chunk) {
			if (problem) {
				return;
			}

			try {
				scanner.write(chunk);
			} catch (error) {
				if (!(error instanceof Failure)) {
					throw error;
				}

				problem = error;
			}
		},
		failure: () => problem,
		async end() {
			if (problem) {
				throw problem;
			}

			const summary = scanner.end();
			const reversible = passwords.counts();
			return {
				digest: sum.digest(),
				branches: branches.branches(),
				...summary,
				...(Object.keys(reversible).length > 0 && {reversible}),
			};
		},
	};
};

/** The digest of a stream. Rejects with a Failure at the first problem, without reading on. */
export const digestOf = async (
	source: AsyncIterable<Uint8Array>,
	options: DigestOptions = {},
): Promise<DigestResult> => {
	const sink = createDigest(options);
	for await (const chunk of source) {
		sink.write(chunk);
		const problem = sink.failure();
		if (problem) {
			throw problem;
		}
	}

	return sink.end();
};
