import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
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
		means: 'Nothing of the plan is in the folder. The files that were read are unchanged.',
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

/** Removes what was made so far. */
const takeBack = async (made: readonly string[]): Promise<void> => {
	for (const entry of made.toReversed()) {
		await rm(entry, {recursive: true, force: true});
	}
};

/** Two files of one plan under one name, also where the file system does not tell capitals from small letters. */
const refuseClash = (files: readonly ManifestFile[]): void => {
	const names = new Map<string, ManifestFile>();
	for (const file of files) {
		const key = file.name.toLowerCase();
		const other = names.get(key);
		if (other && (other.text !== file.text || other.name !== file.name)) {
			throw new Failure({
				code: 'plan-clash',
				seen: `Two files of the plan would be called ${file.name}.`,
				means: 'One would overwrite the other. Nothing was written.',
				todo: 'Plan the folders they come from one at a time.',
				byHand: 'unroot plan -f FOLDER -o DIR',
				exit: 'usage',
				details: [other, file].flatMap(({from}) => (from ? [`from ${from.file}`] : [])),
			});
		}

		names.set(key, file);
	}
};

/**
Writes the files of a plan below a folder, all or none: what is there already is not overwritten. A file that may hold a
secret is for its owner only.
*/
export const writeFiles = async (folder: string, files: readonly ManifestFile[]): Promise<readonly Written[]> => {
	refuseClash(files);
	const places = files.map(({name}) => path.join(folder, ...name.split('/')));
	const there: Array<string | undefined> = [];
	for (const place of places) {
		there.push(await readThere(place));
	}

	const taken = places.filter((_, index) => there[index] !== undefined && there[index] !== files[index]?.text);
	if (taken.length > 0) {
		throw wouldOverwrite(taken);
	}

	const made: string[] = [];
	for (const [index, place] of places.entries()) {
		const text = files[index]?.text ?? '';
		if (there[index] === undefined && !made.includes(place)) {
			try {
				const firstFolder = await mkdir(path.dirname(place), {recursive: true});
				if (firstFolder !== undefined) {
					made.push(firstFolder);
				}

				await writeFile(place, text, {mode: holdsSecrets(text) ? 0o600 : 0o644, flag: 'wx'});
				made.push(place);
			} catch (error) {
				await takeBack(made);
				throw cannotWrite(place, error);
			}
		}
	}

	return there.map(text => (text === undefined ? 'written' : 'same'));
};
