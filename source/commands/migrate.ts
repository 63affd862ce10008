import {mkdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {exitStatus, Failure} from '../failure/failure.js';
import {readJournal} from '../machine/journal.js';
import {readAnswers} from './answers-file.js';
import {driveRun} from './drive-run.js';
import {
	findRun,
	newRunId,
	runsFolder,
	stateOf,
} from './runs.js';
import {findSandboxProcess, startSandboxProcess} from './sandbox-process.js';
import type {Surroundings} from './surroundings.js';

/** What flags say in the place of answers. */
const answersFrom = ({options: {values}}: Surroundings): Readonly<Record<string, string>> => ({
	...(values.strategy !== undefined && {strategy: values.strategy}),
	...(values['image-tag'] !== undefined && {image: values['image-tag']}),
	...(values.repo !== undefined && {'profile-repository': resolve(values.repo)}),
});

/** Answers of a file, and those of the flags over them. */
const given = async (surroundings: Surroundings) => {
	const {answers: path} = surroundings.options.values;
	const file = path === undefined ? {answers: {}, steps: {}} : await readAnswers(path);
	return {given: {...file.answers, ...answersFrom(surroundings)}, expected: file.steps};
};

const places = ({options: {values}}: Surroundings) => ({
	...(values.kubeconfig !== undefined && {kubeconfig: values.kubeconfig}),
	...(values.context !== undefined && {context: values.context}),
	...(values.namespace !== undefined && {namespace: values.namespace}),
});

/** What a new run is. */
export type NewRun = {readonly mode: 'migrate' | 'rehearse'; readonly isSandbox: boolean; readonly context?: string; readonly namespace?: string};

/** Starts a run and drives it. Gives the exit status. */
export const startRun = async (surroundings: Surroundings, run: NewRun): Promise<number> => {
	const answers = await given(surroundings);
	const id = newRunId(new Date());
	const folder = surroundings.options.values.run === undefined ? join(runsFolder(surroundings), id) : resolve(surroundings.options.values.run);
	const opening = {id, mode: run.mode, sandbox: run.isSandbox};
	if (!run.isSandbox) {
		return driveRun(surroundings, {
			folder, opening, ...answers, ...places(surroundings), ...(run.context !== undefined && {context: run.context}), ...(run.namespace !== undefined && {namespace: run.namespace}),
		});
	}

	await mkdir(folder, {recursive: true, mode: 0o700}).catch((error: unknown) => {
		throw new Failure({
			code: 'folder-not-made', seen: `${folder}: ${error instanceof Error ? error.message : String(error)}`, means: 'The run has nowhere to keep its journal. Nothing was done.', todo: 'Name a folder that can be written, with --run.', byHand: `mkdir -p ${folder}`,
		});
	});
	const sandbox = await startSandboxProcess(folder, surroundings.options.values.entries);
	const status = await driveRun(surroundings, {
		folder, opening, ...answers, kubeconfig: sandbox.kubeconfig, context: 'sandbox', namespace: surroundings.options.values.namespace ?? 'identity',
	});
	if (status === exitStatus.done) {
		sandbox.stop();
	}

	return status;
};

/** Goes on with a run, or goes back from it. Gives the exit status. */
export const continueRun = async (surroundings: Surroundings, isRollback: boolean): Promise<number> => {
	const folder = await findRun(surroundings, isRollback);
	const {sandbox: isSandbox} = stateOf(await readJournal(folder));
	const answers = await given(surroundings);
	if (!isSandbox) {
		return driveRun(surroundings, {folder, ...answers, ...places(surroundings)}, isRollback);
	}

	const sandbox = await findSandboxProcess(folder);
	const status = await driveRun(surroundings, {folder, ...answers, kubeconfig: sandbox.kubeconfig}, isRollback);
	if (status === exitStatus.done) {
		sandbox.stop();
	}

	return status;
};
