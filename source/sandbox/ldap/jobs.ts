import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import type {FaultBook} from '../faults.js';
import type {View} from '../files/view.js';
import type {Backend} from './backend.js';
import {
	isBelow,
	isReplication,
	isOperational,
	normalDn,
	parentDn,
	valuesOf,
	type Entry,
} from './entry.js';
import {formatEntry, parseLdif, type Record} from './ldif.js';
import {seal, unseal, type Key} from './seal.js';

/** Where a job runs: with whose files, and how it waits and tells. */
export type Surroundings = {
	readonly view: View;
	readonly sleep: (milliseconds: number) => Promise<void>;
	readonly tell: (line: string) => Promise<void>;
	readonly faults: FaultBook;
};

export type ExportWish = {
	readonly ldifFile: string;
	readonly key: Key | undefined;
	readonly isCompressed: boolean;
	readonly wrapColumn: number;
	readonly excludeReplication: boolean;
	readonly excludeOperational: boolean;
	readonly includeBranches: readonly string[];
	readonly excludeBranches: readonly string[];
};

export type ImportWish = {
	readonly ldifFile: string;
	readonly keys: readonly Key[];
	readonly rejectFile: string | undefined;
	readonly skipFile: string | undefined;
	readonly overwriteFiles: boolean;
	readonly overwriteExisting: boolean;
	readonly excludeReplication: boolean;
	readonly includeBranches: readonly string[];
};

/** How a job ended: `errors` is the end of an import with rejected entries. */
export type JobEnd = 'done' | 'errors' | 'failed';

const batch = 100;
/** Time that one entry takes, so that a job can be interrupted; large jobs are quicker. */
const millisecondsFor = (entries: number, all: number): number => entries * Math.min(0.2, 2000 / all);

const rate = (entries: number, started: number): string => (entries / Math.max(0.001, (Date.now() - started) / 1000)).toFixed(1);

const seconds = (started: number): number => Math.round((Date.now() - started) / 1000);

const without = (entry: Entry, drops: (name: string) => boolean): Entry => ({...entry, attributes: entry.attributes.filter(([name]) => !drops(name))});

/** Writes a backend to an LDIF file. */
export const exportEntries = async (backend: Backend, wish: ExportWish, {view, sleep, tell}: Surroundings): Promise<JobEnd> => {
	const started = Date.now();
	const all = backend.entries.values().toArray();
	const includes = wish.includeBranches.map(dn => normalDn(dn));
	const excludes = wish.excludeBranches.map(dn => normalDn(dn));
	const drops = (name: string): boolean => (wish.excludeReplication && isReplication(name)) || (wish.excludeOperational && isOperational(name));
	const isWanted = (dn: string): boolean => (includes.length === 0 || includes.some(base => isBelow(dn, base))) && excludes.every(base => !isBelow(dn, base));
	let exported = 0;
	let skipped = 0;
	const sealed: string[] = [];
	const isPlain = wish.key === undefined && !wish.isCompressed;
	try {
		const file = view.open(wish.ldifFile, {write: true, truncate: true, mode: 0o600});
		for (let at = 0; at < all.length; at += batch) {
			const some = all.slice(at, at + batch);
			const wanted = some.filter(({dn}) => isWanted(normalDn(dn)));
			const texts = wanted.map(entry => formatEntry(without(entry, drops), wish.wrapColumn));
			exported += wanted.length;
			skipped += some.length - wanted.length;

			if (isPlain) {
				file.writeAt(file.size(), Buffer.from(texts.join('')));
			} else {
				sealed.push(...texts);
			}

			await sleep(millisecondsFor(batch, all.length));
			if (exported > 0 && exported % 1000 === 0) {
				await tell(`Exported ${exported} records and skipped ${skipped} (recent rate ${rate(exported, started)}/sec)`);
			}
		}

		if (!isPlain) {
			const ldif = Buffer.from(sealed.join(''));
			file.writeAt(0, seal(ldif, wish.key, wish.isCompressed));
		}
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		await tell(`An error occurred while attempting to export the backend ${backend.id}: ${wish.ldifFile} (${error.message})`);
		return 'failed';
	}

	await tell(`Exported ${exported} entries and skipped ${skipped} in ${seconds(started)} seconds (average rate ${rate(exported, started)}/sec)`);
	return 'done';
};

/** Why an entry cannot be taken, as the server words it. */
const problemOf = (record: Record, entries: ReadonlyMap<string, Entry>, baseDn: string, faults: FaultBook): string | undefined => {
	if ('problem' in record) {
		return record.problem;
	}

	const {entry, line} = record;
	const dn = normalDn(entry.dn);
	const fault = faults.take('reject-entries', ({dn: pattern}) => new RegExp(pattern, 'iv').test(entry.dn));
	if (fault) {
		return fault.reason ?? `Entry ${entry.dn} read from LDIF starting at line ${line} is not valid because it violates the server's schema configuration:  Entry ${entry.dn} violates the Directory Server schema configuration because it includes attribute unknownAttribute which is not allowed by any of the objectclasses defined in that entry`;
	}

	if (valuesOf(entry, 'objectClass').length === 0) {
		return `Entry ${entry.dn} read from LDIF starting at line ${line} is not valid because it violates the server's schema configuration:  Entry ${entry.dn} violates the Directory Server schema configuration because it does not include a structural objectclass`;
	}

	if (entries.has(dn)) {
		return `Entry ${entry.dn} could not be added because there is already an entry with that DN`;
	}

	return dn !== normalDn(baseDn) && !entries.has(normalDn(parentDn(entry.dn)))
		? `Entry ${entry.dn} could not be added because its parent entry ${parentDn(entry.dn)} does not exist`
		: undefined;
};

const rejectText = (reason: string, text: string): string => `# ${reason.replaceAll('\n', '\n# ')}\n${text.trimEnd()}\n\n`;

const checkWish = (backend: Backend, wish: ImportWish, view: View): string | undefined => {
	if (!view.exists(wish.ldifFile)) {
		return `The specified LDIF file ${wish.ldifFile} does not exist`;
	}

	if (!wish.overwriteExisting && wish.includeBranches.length === 0 && backend.entries.size > 1) {
		return `The backend ${backend.id} already contains ${backend.entries.size} entries.  The --overwriteExistingEntries argument must be used to replace them`;
	}

	const existing = [wish.rejectFile, wish.skipFile].find(path => path !== undefined && !wish.overwriteFiles && view.exists(path));
	return existing === undefined ? undefined : `The file ${existing} already exists.  The --overwrite argument must be used to replace it`;
};

/** Replaces a backend, or branches of it, by the entries of an LDIF file. */
export const importEntries = async (backend: Backend, wish: ImportWish, surroundings: Surroundings): Promise<JobEnd> => {
	const {view, sleep, tell, faults} = surroundings;
	const started = Date.now();
	try {
		const refusal = checkWish(backend, wish, view);
		if (refusal !== undefined) {
			await tell(refusal);
			return 'failed';
		}

		const opened = unseal(view.read(wish.ldifFile), wish.keys);
		if ('problem' in opened) {
			await tell(opened.problem);
			return 'failed';
		}

		const rejects = wish.rejectFile === undefined ? undefined : view.open(wish.rejectFile, {write: true, truncate: true, mode: 0o600});
		const skips = wish.skipFile === undefined ? undefined : view.open(wish.skipFile, {write: true, truncate: true, mode: 0o600});
		const branches = wish.includeBranches.map(dn => normalDn(dn));
		const entries = new Map([...backend.entries].filter(([dn]) => branches.length > 0 && branches.every(base => !isBelow(dn, base))));
		const records = [...parseLdif(opened.ldif.toString())];
		const counts = {
			processed: 0, imported: 0, skipped: 0, rejected: 0,
		};
		await tell('Import Thread Count: 2 threads');
		// A full import empties the backend first: one that is cut short leaves it empty.
		backend.replace(entries.values().toArray());
		for (const record of records) {
			counts.processed++;
			const dn = 'entry' in record ? normalDn(record.entry.dn) : '';
			const isOutside = 'entry' in record && (!isBelow(dn, normalDn(backend.baseDn)) || (branches.length > 0 && branches.every(base => !isBelow(dn, base))));
			const problem = isOutside ? undefined : problemOf(record, entries, backend.baseDn, faults);
			if (isOutside) {
				counts.skipped++;
				skips?.writeAt(skips.size(), Buffer.from(`${record.text}\n`));
			} else if (problem !== undefined) {
				counts.rejected++;
				rejects?.writeAt(rejects.size(), Buffer.from(rejectText(problem, record.text)));
			} else if ('entry' in record) {
				counts.imported++;
				entries.set(dn, without(record.entry, name => wish.excludeReplication && isReplication(name)));
			}

			if (counts.processed % batch === 0) {
				await sleep(millisecondsFor(batch, records.length));
			}

			if (counts.processed % 1000 === 0) {
				await tell(`Processed ${counts.processed} entries, skipped ${counts.skipped}, rejected ${counts.rejected}, and migrated 0 (recent rate ${rate(counts.processed, started)}/sec)`);
			}
		}

		await tell('Flushing data to disk');
		backend.replace(entries.values().toArray());
		await tell(`Processed ${counts.processed} entries, imported ${counts.imported}, skipped ${counts.skipped}, rejected ${counts.rejected} and migrated 0 in ${seconds(started)} seconds (average rate ${rate(counts.processed, started)}/sec)`);
		return counts.rejected > 0 ? 'errors' : 'done';
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		await tell(`An error occurred while attempting to import the LDIF file ${wish.ldifFile}: ${error.message}`);
		return 'failed';
	}
};
