import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import type {Backend} from './backend.js';
import {isBelow, isOperational, isReplication, normalDn, rdns} from './entry.js';
import {batch, millisecondsFor, rate, seconds, without, type JobEnd, type Surroundings} from './job.js';
import {formatEntry} from './ldif.js';
import {seal, type Key} from './seal.js';

/** What an export is to write, and where. */
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

/** Writes a backend to an LDIF file. */
export const exportEntries = async (
	backend: Backend,
	wish: ExportWish,
	{view, sleep, tell}: Surroundings,
): Promise<JobEnd> => {
	const started = Date.now();
	// An entry that was renamed lies behind those that were not; a parent comes before what is below it all the same.
	const all = backend.entries
		.values()
		.toArray()
		.toSorted((one, other) => rdns(one.dn).length - rdns(other.dn).length);
	const includes = wish.includeBranches.map(dn => normalDn(dn));
	const excludes = wish.excludeBranches.map(dn => normalDn(dn));
	const drops = (name: string): boolean =>
		(wish.excludeReplication && isReplication(name)) || (wish.excludeOperational && isOperational(name));
	const isWanted = (dn: string): boolean =>
		(includes.length === 0 || includes.some(base => isBelow(dn, base))) && excludes.every(base => !isBelow(dn, base));
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

		await tell(
			`An error occurred while attempting to export the backend ${backend.id}: ${wish.ldifFile} (${error.message})`,
		);
		return 'failed';
	}

	await tell(
		`Exported ${exported} entries and skipped ${skipped} in ${seconds(started)} seconds (average rate ` +
			`${rate(exported, started)}/sec)`,
	);
	return 'done';
};
