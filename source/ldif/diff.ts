import {hash} from 'node:crypto';
import {Failure} from '../failure/failure.js';
import {
	bucketOf,
	createBuckets,
	groupsOf,
	type Group,
} from './buckets.js';
import {createCanonical, dnStart, type Canonical} from './canonical.js';
import {
	changesTo,
	fingerprintOf,
	valuesOf,
	type Fingerprint,
} from './compare.js';
import {createDigest, type DigestResult} from './digest.js';
import {changedMeanwhile} from './failures.js';
import {
	addRecord,
	deleteRecord,
	modifyRecord,
	repairHead,
} from './repair.js';
import {createScanner, dnText, type EntryView} from './scanner.js';
import {
	bytesPerDn,
	createTable,
	state,
	type Table,
} from './table.js';

/** One difference. It names DNs and attributes, never values. */
export type Difference =
	/** In the first file only. */
	| {readonly kind: 'missing'; readonly dn: string}
	/** In the second file only. */
	| {readonly kind: 'extra'; readonly dn: string}
	/** In both, with different values of these attributes. */
	| {readonly kind: 'differs'; readonly dn: string; readonly attributes: readonly string[]}
	/** More than once in one file. */
	| {readonly kind: 'duplicate'; readonly dn: string; readonly file: 'a' | 'b'};

/** What a comparison found. */
export type DiffResult = {
	/** Whether the digests are the same. */
	readonly same: boolean;
	readonly a: DigestResult;
	readonly b: DigestResult;
	readonly missing: number;
	readonly extra: number;
	readonly differing: number;
	readonly duplicates: number;
};

/** A file that can be read again and again. */
export type LdifSource = () => AsyncIterable<Uint8Array>;

/** Options of a comparison. */
export type DiffOptions = {
	/** Sees each difference, as soon as it is known. */
	readonly onDifference?: (difference: Difference) => void;
	/**
	Takes the repair LDIF piece by piece: change records that make the second directory like the first. Deletions come first, the deepest entries before those above them; then additions, parents first; then modifications. The text holds user data: it belongs into a file of mode 0600 and nowhere else. Reading waits for it.
	*/
	readonly onRepair?: (text: string) => void | Promise<void>;
	/** Memory for remembering entries, in MiB. Default 96. Less memory means more passes over the files, not another result. */
	readonly memoryMebibytes?: number;
	/** What the files are called in a Failure. Default «first file» and «second file». */
	readonly names?: {readonly a: string; readonly b: string};
};

type Visit = (view: EntryView, canonical: Canonical, dnHash: string) => void;
type Phase = {readonly kind: 'extra' | 'missing'; readonly depth: number} | {readonly kind: 'differs'};

const depthOf = ({bytes, dnEnd}: Canonical): number => {
	let depth = dnEnd > dnStart ? 1 : 0;
	for (let at = dnStart; at < dnEnd; at += 1) {
		depth += bytes[at] === 0x2C ? 1 : 0;
	}

	return depth;
};

const entryHashOf = (canonical: Canonical, length: number): string => hash('sha256', canonical.bytes.subarray(0, length), 'binary');

/**
Compares two LDIF files of any size in bounded memory, without temporary files: first the digests, with a sum for each of 4096 buckets of DNs; then only the entries in buckets whose sums differ, as hashes, in further passes over the files. The same files cost one pass over each; a few differences about three. Attributes that the server owns are left out (`owned.ts`).
*/
export const diffLdif = async (a: LdifSource, b: LdifSource, options: DiffOptions = {}): Promise<DiffResult> => {
	const {onDifference, onRepair, memoryMebibytes = 96, names = {a: 'first file', b: 'second file'}} = options;
	const memory = memoryMebibytes * 1024 * 1024;
	const sources = {a, b};
	let repairs: string[] = [];

	const read = async (file: 'a' | 'b', sink: {readonly write: (chunk: Uint8Array) => void; readonly failure?: () => Failure | undefined}): Promise<void> => {
		for await (const chunk of sources[file]()) {
			sink.write(chunk);
			const problem = sink.failure?.();
			if (problem) {
				throw problem;
			}

			if (repairs.length > 0) {
				const text = repairs.join('');
				repairs = [];
				await onRepair?.(text);
			}
		}
	};

	/** Names the file in a Failure. */
	const naming = async <Value>(file: 'a' | 'b', work: () => Promise<Value>): Promise<Value> => {
		try {
			return await work();
		} catch (error) {
			throw error instanceof Failure ? new Failure({...error.parts, seen: `${names[file]}: ${error.parts.seen}`}, {cause: error}) : error;
		}
	};

	const digestFile = async (file: 'a' | 'b') => naming(file, async () => {
		const buckets = createBuckets();
		const sink = createDigest({onEntry: buckets.add});
		await read(file, sink);
		return {result: await sink.end(), buckets};
	});

	/** One pass over a file that visits the entries of a group. */
	const pass = async (file: 'a' | 'b', group: Group, visit: Visit): Promise<void> => naming(file, async () => {
		const canonical = createCanonical();
		const scanner = createScanner(view => {
			const end = canonical.writeDn(view);
			if (group.has(bucketOf(canonical.bytes, dnStart, end))) {
				visit(view, canonical, hash('sha256', canonical.bytes.subarray(dnStart, end), 'binary'));
			}
		});
		await read(file, scanner);
		scanner.end();
		if (repairs.length > 0) {
			const text = repairs.join('');
			repairs = [];
			await onRepair?.(text);
		}
	});

	/** Fills a table with the state of each DN of a group. */
	const classify = async (group: Group, onDuplicate: (file: 'a' | 'b', dn: string) => void): Promise<Table> => {
		const table = createTable(group.entries);
		const {states, depths} = table;
		await pass('b', group, (view, canonical, dnHash) => {
			const slot = table.find(dnHash);
			if (states[slot] !== state.none) {
				onDuplicate('b', dnText(view));
				return;
			}

			table.fill(slot, dnHash, entryHashOf(canonical, canonical.write(view)), depthOf(canonical));
			states[slot] = state.onlyB;
		});
		await pass('a', group, (view, canonical, dnHash) => {
			const slot = table.find(dnHash);
			if (states[slot] === state.none) {
				table.fill(slot, dnHash, '', depthOf(canonical));
				states[slot] = state.onlyA;
			} else if (states[slot] === state.onlyB) {
				states[slot] = table.hasEntry(slot, entryHashOf(canonical, canonical.write(view))) ? state.same : state.differs;
			} else {
				onDuplicate('a', dnText(view));
			}
		});
		// Typed arrays of the table are what the phases read.
		return {...table, states, depths};
	};

	const tellOneSided = async (group: Group, table: Table, {kind, depth}: {readonly kind: 'extra' | 'missing'; readonly depth: number}): Promise<void> => {
		const wanted = kind === 'extra' ? state.onlyB : state.onlyA;
		await pass(kind === 'extra' ? 'b' : 'a', group, (view, canonical, dnHash) => {
			const slot = table.find(dnHash);
			if (table.states[slot] !== wanted || table.depths[slot] !== depth) {
				return;
			}

			table.states[slot] = state.told;
			const dn = dnText(view);
			onDifference?.({kind, dn});
			if (onRepair) {
				repairs.push(kind === 'extra' ? deleteRecord(dn) : addRecord(dn, valuesOf(canonical, canonical.write(view))));
			}
		});
	};

	const tellDiffering = async (group: Group, table: Table): Promise<void> => {
		let left = table.states.reduce((sum, each) => sum + (each === state.differs ? 1 : 0), 0);
		while (left > 0) {
			const theirs = new Map<number, Fingerprint>();
			let used = 0;
			await pass('b', group, (view, canonical, dnHash) => {
				const slot = table.find(dnHash);
				if (table.states[slot] === state.differs && used < memory && !theirs.has(slot)) {
					const fingerprint = fingerprintOf(valuesOf(canonical, canonical.write(view)));
					theirs.set(slot, fingerprint);
					used += 200 + (200 * fingerprint.size);
				}
			});
			const before = left;
			await pass('a', group, (view, canonical, dnHash) => {
				const slot = table.find(dnHash);
				const fingerprint = theirs.get(slot);
				if (!fingerprint || table.states[slot] !== state.differs) {
					return;
				}

				table.states[slot] = state.told;
				left -= 1;
				const dn = dnText(view);
				const changes = changesTo(valuesOf(canonical, canonical.write(view)), fingerprint);
				onDifference?.({kind: 'differs', dn, attributes: changes.map(({name}) => name)});
				if (onRepair) {
					repairs.push(modifyRecord(dn, changes));
				}
			});
			if (left === before) {
				throw changedMeanwhile();
			}
		}
	};

	const first = await digestFile('a');
	const second = await digestFile('b');
	const counts = {
		missing: 0, extra: 0, differing: 0, duplicates: 0,
	};
	if (first.result.digest === second.result.digest) {
		return {
			same: true, a: first.result, b: second.result, ...counts,
		};
	}

	await onRepair?.(repairHead);
	const groups = groupsOf(first.buckets, second.buckets, Math.max(1, Math.floor(memory / bytesPerDn)));
	const depths = {extra: new Set<number>(), missing: new Set<number>()};
	let only: Table | undefined;
	for (const group of groups) {
		const table = await classify(group, (file, dn) => {
			counts.duplicates += 1;
			onDifference?.({kind: 'duplicate', dn, file});
		});
		for (const [slot, each] of table.states.entries()) {
			if (each === state.differs) {
				counts.differing += 1;
			} else if (each === state.onlyB || each === state.onlyA) {
				const kind = each === state.onlyB ? 'extra' : 'missing';
				counts[kind] += 1;
				depths[kind].add(table.depths[slot]!);
			}
		}

		only = groups.length === 1 ? table : undefined;
	}

	const phases: readonly Phase[] = [
		...[...depths.extra].toSorted((x, y) => y - x).map(depth => ({kind: 'extra' as const, depth})),
		...[...depths.missing].toSorted((x, y) => x - y).map(depth => ({kind: 'missing' as const, depth})),
		...(counts.differing > 0 ? [{kind: 'differs' as const}] : []),
	];
	for (const phase of phases) {
		for (const group of groups) {
			// A table for one group at a time: where there are several, it is made again.
			const table = only ?? await classify(group, () => undefined);
			await (phase.kind === 'differs' ? tellDiffering(group, table) : tellOneSided(group, table, phase));
		}
	}

	return {
		same: false, a: first.result, b: second.result, ...counts,
	};
};
