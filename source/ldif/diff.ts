import {groupsOf, type Group} from './buckets.js';
import {changesTo, fingerprintOf, valuesOf, type Fingerprint} from './compare.js';
import type {DiffOptions, DiffResult} from './differences.js';
import {changedMeanwhile} from './failures.js';
import {createPasses, type LdifSource, type Side} from './passes.js';
import {addRecord, deleteRecord, modifyRecord, repairHead} from './repair.js';
import {bytesPerDn, createTable, state, type Table} from './table.js';

export type {Difference, DiffOptions, DiffResult} from './differences.js';
export type {LdifSource} from './passes.js';

/**
A round of telling differences: first what goes, from the deepest up; then what comes, from the top down; then what
changes.
*/
type Round = {readonly kind: 'extra' | 'missing'; readonly depth: number} | {readonly kind: 'differs'};

/** What a fingerprint takes in memory, about: for the entry, and for each attribute. */
const bytesPerFingerprint = 200;

const roundsOf = (
	depths: Readonly<Record<'extra' | 'missing', ReadonlySet<number>>>,
	differing: number,
): readonly Round[] => [
	...[...depths.extra].toSorted((x, y) => y - x).map(depth => ({kind: 'extra' as const, depth})),
	...[...depths.missing].toSorted((x, y) => x - y).map(depth => ({kind: 'missing' as const, depth})),
	...(differing > 0 ? [{kind: 'differs' as const}] : []),
];

/**
Compares two LDIF files of any size in bounded memory, without temporary files: first the digests, with a sum for each
of 4096 buckets of DNs; then only the entries in buckets whose sums differ, as hashes, in further passes over the files.
The same files cost one pass over each; a few differences about three. Attributes that the server owns are left out
(`owned.ts`).
*/
export const diffLdif = async (a: LdifSource, b: LdifSource, options: DiffOptions = {}): Promise<DiffResult> => {
	const {onDifference, onRepair, memoryMebibytes = 96, names = {a: 'first file', b: 'second file'}} = options;
	const memory = memoryMebibytes * 1024 * 1024;
	const passes = createPasses({a, b}, names, onRepair);

	/** Fills a table with the state of each DN of a group. */
	const classify = async (group: Group, onDuplicate: (file: Side, dn: string) => void): Promise<Table> => {
		const table = createTable(group.entries);
		const {states} = table;
		await passes.visit('b', group, ({dnHash, entryHash, depth, dn}) => {
			const slot = table.find(dnHash);
			if (states[slot] === state.none) {
				table.fill(slot, dnHash, entryHash(), depth);
				states[slot] = state.onlyB;
			} else {
				onDuplicate('b', dn());
			}
		});
		await passes.visit('a', group, ({dnHash, entryHash, depth, dn}) => {
			const slot = table.find(dnHash);
			if (states[slot] === state.none) {
				table.fill(slot, dnHash, dnHash, depth);
				states[slot] = state.onlyA;
			} else if (states[slot] === state.onlyB) {
				states[slot] = table.hasEntry(slot, entryHash()) ? state.same : state.differs;
			} else {
				onDuplicate('a', dn());
			}
		});
		return table;
	};

	const tellOneSided = async (
		group: Group,
		{find, states, depths}: Table,
		{kind, depth}: {readonly kind: 'extra' | 'missing'; readonly depth: number},
	): Promise<void> => {
		const wanted = kind === 'extra' ? state.onlyB : state.onlyA;
		await passes.visit(kind === 'extra' ? 'b' : 'a', group, entry => {
			const slot = find(entry.dnHash);
			if (states[slot] !== wanted || depths[slot] !== depth) {
				return;
			}

			states[slot] = state.told;
			const dn = entry.dn();
			onDifference?.({kind, dn});
			if (onRepair && kind === 'extra') {
				passes.emit(deleteRecord(dn));
			} else if (onRepair) {
				passes.emit(addRecord(dn, valuesOf(entry.canonical())));
			}
		});
	};

	/** Tells as many differing entries as their fingerprints fit into memory, and gives how many. */
	const tellSomeDiffering = async (group: Group, {find, states}: Table): Promise<number> => {
		const theirs = new Map<number, Fingerprint>();
		let used = 0;
		let told = 0;
		await passes.visit('b', group, ({dnHash, canonical}) => {
			const slot = find(dnHash);
			if (states[slot] === state.differs && used < memory && !theirs.has(slot)) {
				const fingerprint = fingerprintOf(valuesOf(canonical()));
				theirs.set(slot, fingerprint);
				used += bytesPerFingerprint * (1 + fingerprint.size);
			}
		});
		await passes.visit('a', group, ({dnHash, dn, canonical}) => {
			const slot = find(dnHash);
			const fingerprint = theirs.get(slot);
			if (!fingerprint || states[slot] !== state.differs) {
				return;
			}

			states[slot] = state.told;
			told += 1;
			const changes = changesTo(valuesOf(canonical()), fingerprint);
			onDifference?.({kind: 'differs', dn: dn(), attributes: changes.map(({name}) => name)});
			if (onRepair) {
				passes.emit(modifyRecord(dn(), changes));
			}
		});
		return told;
	};

	const tellDiffering = async (group: Group, table: Table): Promise<void> => {
		let left = table.count(state.differs);
		while (left > 0) {
			const told = await tellSomeDiffering(group, table);
			if (told === 0) {
				throw changedMeanwhile();
			}

			left -= told;
		}
	};

	const first = await passes.digest('a');
	const second = await passes.digest('b');
	const counts = {
		missing: 0,
		extra: 0,
		differing: 0,
		duplicates: 0,
	};
	const both = {a: first.result, b: second.result};
	if (first.result.digest === second.result.digest) {
		return {same: true, ...both, ...counts};
	}

	await onRepair?.(repairHead);
	const groups = groupsOf(first.buckets, second.buckets, Math.max(1, Math.floor(memory / bytesPerDn)));
	const depths = {extra: new Set<number>(), missing: new Set<number>()};
	let kept: Table | undefined;
	for (const group of groups) {
		kept = await classify(group, (file, dn) => {
			counts.duplicates += 1;
			onDifference?.({kind: 'duplicate', dn, file});
		});
		counts.differing += kept.count(state.differs);
		for (const [kind, only] of [
			['extra', state.onlyB],
			['missing', state.onlyA],
		] as const) {
			counts[kind] += kept.count(only);
			for (const depth of kept.depthsOf(only)) {
				depths[kind].add(depth);
			}
		}
	}

	for (const round of roundsOf(depths, counts.differing)) {
		for (const group of groups) {
			// One table at a time: where there are several groups, it is made again.
			const table = kept && groups.length === 1 ? kept : await classify(group, () => undefined);
			await (round.kind === 'differs' ? tellDiffering(group, table) : tellOneSided(group, table, round));
		}
	}

	return {same: false, ...both, ...counts};
};
