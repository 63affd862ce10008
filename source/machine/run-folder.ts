import type {Stats} from 'node:fs';
import {lstat, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';
import {isAbsent, withPath} from './file-failure.js';

/** Folders in the run's folder that hold entries and secrets. What git and kubectl make lies in others. */
const watchedFolders = ['data', 'secrets'];

/**
Files in the run's folder that tell what was done, or hold for a while what a profile is made of. Others may be the
operator's own: `--run .` is a folder too.
*/
const watchedFiles = [
	'.lock',
	'answers.yaml',
	'certificate.json',
	'debt-before.json',
	'rehearsed.json',
	'export.json',
	'journal.jsonl',
	'lock',
	'plan.json',
	'profile.tar',
	'report.html',
	'report.md',
];

type Finding = {readonly seen: string; readonly todo: string; readonly byHand: string};

const me = (): number | undefined => process.getuid?.();

/** Digits of a mode as chmod takes them. */
const modeOf = ({mode}: Stats): string => (mode % 0o1000).toString(8).padStart(4, '0');

/** Whether others than the owner may do what a digit of the mode stands for: 7 anything, 2 write. */
const mayOthers = ({mode}: Stats, what: 2 | 7): boolean =>
	[Math.trunc(mode / 0o10) % 0o10, mode % 0o10].some(digit => (what === 7 ? digit > 0 : [2, 3, 6, 7].includes(digit)));

/** What is wrong with something of the run: others can do with it what they must not, or a link leads elsewhere. */
const findingOf = (path: string, found: Stats, what: 2 | 7): Finding | undefined => {
	if (found.isSymbolicLink()) {
		return {
			seen: `${path} is a link.`,
			todo: 'Name the folder itself, not a link to it, and remove links from it.',
			byHand: `ls -l ${quoted(path)}`,
		};
	}

	const user = me();
	if (user === undefined) {
		return undefined;
	}

	if (found.uid !== user) {
		return {
			seen: `${path} belongs to the user ${found.uid}, and you are ${user}.`,
			todo: 'Choose a folder of your own with --run.',
			byHand: `ls -ld ${quoted(path)}`,
		};
	}

	return mayOthers(found, what)
		? {
				seen: `${path} has the mode ${modeOf(found)}: others than you may ${what === 7 ? 'open' : 'write to'} it.`,
				todo: 'Let only yourself do that.',
				byHand: `chmod ${found.isDirectory() ? '700' : '600'} ${quoted(path)}`,
			}
		: undefined;
};

/** What is there, or undefined; a Failure where it is not the operator's alone. */
const refuse = async (path: string, what: 2 | 7): Promise<Stats | undefined> => {
	let found: Stats;
	try {
		found = await lstat(path);
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw error;
	}

	const finding = findingOf(path, found, what);
	if (finding) {
		throw new Failure({
			code: 'run-folder-open',
			means:
				"The folder of a run holds every user's entry and password hash, and the record of what was done. " +
				'Nothing was done.',
			exit: 'blocked',
			retryable: true,
			...finding,
		});
	}

	return found;
};

const refuseAll = async (path: string): Promise<void> => {
	const found = await refuse(path, 7);
	for (const name of found?.isDirectory() ? await readdir(path) : []) {
		await refuseAll(join(path, name));
	}
};

/**
Refuses a folder of a run that somebody else owns or may write to, what it holds of the run where others may open it,
and links in its place. Nothing is opened to find out. Rejects with the Failure `run-folder-open`.
*/
export const refuseOpenFolder = async (folder: string): Promise<void> =>
	withPath('looked at', folder, async () => {
		await refuse(folder, 2);
		for (const name of [...watchedFolders, ...watchedFiles]) {
			await refuseAll(join(folder, name));
		}
	});
