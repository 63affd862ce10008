import {isAbsolute, relative, sep} from 'node:path';
import type {JournalEvent} from '../event.js';
import type {Untimed} from '../journal.js';
import {isOpen, isSameFile, type FilePlace, type ListedFile} from '../listed.js';
import type {RunState} from '../state.js';
import type {RunFacts} from '../step.js';
import type {PodTarget, World} from '../world.js';

/** What it takes to keep the list. */
export type Listing = {
	readonly run: RunFacts;
	readonly state: () => RunState;
	readonly record: (event: Untimed<JournalEvent>) => Promise<void>;
};

const here: FilePlace = {kind: 'here'};

const placeIn = ({pod, container}: PodTarget): FilePlace => ({kind: 'pod', pod, container});

/** Folders of the run whose files are user data or secrets: each file of theirs stands in the list by itself. */
const sensitive = new Set(['data', 'secrets']);

/**
A path as the list has it: undefined outside the run's folder, where only git writes. Of a folder that holds nothing
secret the folder itself.
*/
export const listedPath = ({folder}: Pick<RunFacts, 'folder'>, path: string): string | undefined => {
	const within = relative(folder, path);
	const [first = ''] = within.split(sep);
	if (first === '' || first === '..' || isAbsolute(within)) {
		return undefined;
	}

	return sensitive.has(first) ? within.split(sep).join('/') : first;
};

/**
A world that writes each file to the journal's list before it makes it: no step has to think of it, and none can forget
it. A file that is removed here is looked for again and settled.
*/
export const listingWorld = (world: World, {run, state, record}: Listing): World => {
	const {files, transfer, pods} = world;

	const list = async (place: FilePlace, path: string): Promise<void> => {
		const file: ListedFile = {place, path};
		const known = state().files.find(one => isSameFile(one, file));
		if (known === undefined || known.end !== undefined) {
			await record({type: 'file-listed', place, path});
		}
	};

	const listHere = async (path: string): Promise<void> => {
		const listed = listedPath(run, path);
		if (listed !== undefined) {
			await list(here, listed);
		}
	};

	const settleHere = async (path: string): Promise<void> => {
		const listed = listedPath(run, path);
		const known = state().files.find(one => isSameFile(one, {place: here, path: listed ?? ''}));
		if (known && isOpen(known) && !(await files.stat(path))) {
			await record({type: 'file-settled', place: here, path: known.path, end: {kind: 'removed'}});
		}
	};

	const listIn = async (target: PodTarget, paths: readonly string[]): Promise<void> => {
		for (const path of paths) {
			await list(placeIn(target), path);
		}
	};

	const settleIn = async (target: PodTarget, removed: readonly string[], said: readonly string[]): Promise<void> => {
		const place = placeIn(target);
		for (const path of said.includes('looked') ? removed : []) {
			const known = state().files.find(one => isSameFile(one, {place, path}));
			const isLeft = said.some(line => line.startsWith(`left ${path}`));
			if (known && isOpen(known) && !isLeft) {
				await record({type: 'file-settled', place, path, end: {kind: 'removed'}});
			}
		}
	};

	return {
		...world,
		files: {
			...files,
			async writeText(path, text, mode) {
				await listHere(path);
				await files.writeText(path, text, mode);
			},
			async writeBytes(path, bytes, mode) {
				await listHere(path);
				await files.writeBytes(path, bytes, mode);
			},
			async begin(path) {
				await listHere(path);
				return files.begin(path);
			},
			async seal(path, passphraseFile) {
				await listHere(`${path}.sealed`);
				return files.seal(path, passphraseFile);
			},
			async remove(path) {
				await files.remove(path);
				await settleHere(path);
			},
			async shred(path) {
				await files.shred(path);
				await settleHere(path);
			},
		},
		transfer: {
			...transfer,
			async copyOut(options) {
				await listHere(options.localPath);
				return transfer.copyOut(options);
			},
			async copyIn(options) {
				await listIn(options.target, [options.remotePath]);
				return transfer.copyIn(options);
			},
		},
		pods: {
			...pods,
			async script(target, script, parameters, options = {}) {
				const {makes = [], removes = [], ...rest} = options;
				await listIn(target, makes);
				const result = await pods.script(target, script, parameters, rest);
				await settleIn(target, removes, result.stdout.split('\n'));
				return result;
			},
		},
	};
};
