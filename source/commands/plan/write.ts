import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Failure} from '../../failure/failure.js';
import type {ManifestFile} from '../../manifests/strategy.js';

/** What became of a file: it was written, or it was there already with the same text. */
export type Written = 'written' | 'same';

const readThere = async (file: string): Promise<string | undefined> =>
	readFile(file, 'utf8').catch((error: unknown) => {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return undefined;
		}

		throw cannotWrite(file, error);
	});

const cannotWrite = (file: string, error: unknown): Failure =>
	new Failure({
		code: 'plan-write',
		seen: `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
		means: 'The plan is not, or not completely, in the folder. The files that were read are unchanged.',
		todo: 'Give a folder that can be written, or make room.',
		byHand: `ls -ld ${path.dirname(file)}`,
	});

const wouldOverwrite = (files: readonly string[]): Failure =>
	new Failure({
		code: 'plan-exists',
		seen: `${files[0] ?? ''} is there already and holds something else.`,
		means: 'The plan would overwrite it. Nothing was written.',
		todo: 'Give another folder, or move what is in this one.',
		byHand: 'unroot plan -f FILE -o OTHER-DIR',
		exit: 'usage',
		details: files.slice(1, 20),
	});

const holdsSecrets = (text: string): boolean =>
	/\bkind["']?\s{0,5}:\s{0,5}["']?secret\b|(?:password|secret|token|_key)\w{0,40}["']?\s{0,5}[:=]/iv.test(text);

/** Writes the files of a plan below a folder, all or none: what is there already is not overwritten. A file that may hold a secret is for its owner only. */
export const writeFiles = async (folder: string, files: readonly ManifestFile[]): Promise<readonly Written[]> => {
	const places = files.map(({name}) => path.join(folder, ...name.split('/')));
	const there: Array<string | undefined> = [];
	for (const place of places) {
		there.push(await readThere(place));
	}

	const taken = places.filter((_, index) => there[index] !== undefined && there[index] !== files[index]?.text);
	if (taken.length > 0) {
		throw wouldOverwrite(taken);
	}

	for (const [index, place] of places.entries()) {
		const text = files[index]?.text ?? '';
		if (there[index] === undefined) {
			try {
				await mkdir(path.dirname(place), {recursive: true});
				await writeFile(place, text, {mode: holdsSecrets(text) ? 0o600 : 0o644, flag: 'wx'});
			} catch (error) {
				throw cannotWrite(place, error);
			}
		}
	}

	return there.map(text => (text === undefined ? 'written' : 'same'));
};
