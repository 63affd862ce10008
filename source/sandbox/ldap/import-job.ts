import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import type {View} from '../files/view.js';
import type {Backend} from './backend.js';
import {isBelow, isReplication, normalDn} from './entry.js';
import {batch, millisecondsFor, rate, seconds, without, type JobEnd, type Surroundings} from './job.js';
import {parseLdif} from './ldif.js';
import {rejectedText, rejectionOf} from './rejection.js';
import type {Schema} from './schema.js';
import {unseal, type Key} from './seal.js';

/** What an import is to read, and what it may replace. */
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

const checkWish = (backend: Backend, wish: ImportWish, view: View): string | undefined => {
	if (!view.exists(wish.ldifFile)) {
		return `The specified LDIF file ${wish.ldifFile} does not exist`;
	}

	if (!wish.overwriteExisting && wish.includeBranches.length === 0 && backend.entries.size > 1) {
		return (
			`The backend ${backend.id} already contains ${backend.entries.size} entries.  The ` +
			'--overwriteExistingEntries argument must be used to replace them'
		);
	}

	const existing = [wish.rejectFile, wish.skipFile].find(
		path => path !== undefined && !wish.overwriteFiles && view.exists(path),
	);
	return existing === undefined
		? undefined
		: `The file ${existing} already exists.  The --overwrite argument must be used to replace it`;
};

/** Replaces a backend, or branches of it, by the entries of an LDIF file. */
export const importEntries = async (
	backend: Backend,
	wish: ImportWish,
	schema: Schema,
	surroundings: Surroundings,
): Promise<JobEnd> => {
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

		const rejects =
			wish.rejectFile === undefined
				? undefined
				: view.open(wish.rejectFile, {write: true, truncate: true, mode: 0o600});
		const skips =
			wish.skipFile === undefined ? undefined : view.open(wish.skipFile, {write: true, truncate: true, mode: 0o600});
		const branches = wish.includeBranches.map(dn => normalDn(dn));
		const entries = new Map(
			[...backend.entries].filter(([dn]) => branches.length > 0 && branches.every(base => !isBelow(dn, base))),
		);
		const records = [...parseLdif(opened.ldif.toString())];
		const counts = {
			processed: 0,
			imported: 0,
			skipped: 0,
			rejected: 0,
		};
		let isTold = false;
		await tell('Import Thread Count: 2 threads');
		// A full import empties the backend first: one that is cut short leaves it empty.
		backend.replace(entries.values().toArray());
		for (const record of records) {
			counts.processed++;
			const dn = 'entry' in record ? normalDn(record.entry.dn) : '';
			const isOutside =
				'entry' in record &&
				(!isBelow(dn, normalDn(backend.baseDn)) || (branches.length > 0 && branches.every(base => !isBelow(dn, base))));
			const rejection = isOutside ? undefined : rejectionOf(record, entries, backend.baseDn, schema, faults);
			if (isOutside) {
				counts.skipped++;
				skips?.writeAt(skips.size(), Buffer.from(`${record.text}\n`));
			} else if (rejection?.by === 'backend' && faults.take('abort-import', () => true)) {
				await tell(`An error occurred while attempting to process the LDIF import:  ${rejection.reason}`);
				return 'failed';
			} else if (rejection) {
				counts.rejected++;
				isTold ||= rejection.isTold;
				rejects?.writeAt(rejects.size(), Buffer.from(rejectedText(rejection, record)));
			} else if ('entry' in record) {
				counts.imported++;
				entries.set(
					dn,
					without(record.entry, name => wish.excludeReplication && isReplication(name)),
				);
			}

			while (
				counts.processed === Math.ceil(records.length / 2) &&
				faults.pending().some(({kind}) => kind === 'hold-import')
			) {
				await sleep(20);
			}

			if (counts.processed % batch === 0) {
				await sleep(millisecondsFor(batch, records.length));
			}

			if (counts.processed % 1000 === 0) {
				await tell(
					`Processed ${counts.processed} entries, skipped ${counts.skipped}, rejected ${counts.rejected}, and ` +
						`migrated 0 (recent rate ${rate(counts.processed, started)}/sec)`,
				);
			}
		}

		await tell('Flushing data to disk');
		backend.replace(entries.values().toArray());
		await tell(
			`Processed ${counts.processed} entries, imported ${counts.imported}, skipped ${counts.skipped}, rejected ` +
				`${counts.rejected} and migrated 0 in ${seconds(started)} seconds (average rate ` +
				`${rate(counts.processed, started)}/sec)`,
		);
		return isTold ? 'errors' : 'done';
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		await tell(`An error occurred while attempting to import the LDIF file ${wish.ldifFile}: ${error.message}`);
		return 'failed';
	}
};
