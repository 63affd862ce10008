import {rm} from 'node:fs/promises';
import {resolve} from 'node:path';
import {partsOf} from '../failure/failure.js';
import {makeFolder} from '../machine/durable.js';
import {withPath} from '../machine/file-failure.js';
import {readJournal} from '../machine/journal.js';
import {isOver} from '../migration/state.js';
import {readAnswers} from './answers-file.js';
import {givenCertificate} from './certificate.js';
import {driveRun, writeReport} from './drive-run.js';
import {openRun, type OpenSession, type SessionOrder} from './run-session.js';
import {findRun, placeOfNewRun, runStateOf} from './runs.js';
import {findSandboxProcess, startSandboxProcess, type SandboxProcess} from './sandbox-process.js';
import type {Surroundings} from './surroundings.js';

/** A workload as an answer names it: kubectl writes kinds in small letters. */
const workloadKey = (text: string): string => {
	const [kind = '', name] = text.split('/', 2);
	const known = (['StatefulSet', 'Deployment'] as const).find(one => one.toLowerCase() === kind.toLowerCase());
	return known && name !== undefined ? `${known}/${name}` : text;
};

/** What flags say in the place of answers. */
const answersFrom = ({options: {values}}: Surroundings): Readonly<Record<string, string>> => ({
	...(values.workload !== undefined && {workload: workloadKey(values.workload)}),
	...(values.strategy !== undefined && {strategy: values.strategy}),
	...(values['image-tag'] !== undefined && {image: values['image-tag']}),
	...(values.repo !== undefined && {'profile-repository': resolve(values.repo)}),
	...(values['freeze-budget'] !== undefined && {'freeze-budget': values['freeze-budget']}),
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
export type NewRun = {
	readonly mode: 'migrate' | 'rehearse';
	readonly isSandbox: boolean;
	readonly context?: string;
	readonly namespace?: string;
	/** Such as `StatefulSet/pingdirectory`. */
	readonly workload?: string;
	readonly strategy?: 'fresh';
};

/**
What is left of a run in its folder: whether it can be gone on with, whether it is over, or whether it never began.
*/
const standingIn = async (folder: string): Promise<'open' | 'over' | 'none'> => {
	try {
		return isOver(runStateOf(await readJournal(folder))) ? 'over' : 'open';
	} catch (error) {
		return ['journal-missing', 'journal-empty'].includes(partsOf(error).code) ? 'none' : 'open';
	}
};

/** Drives a run on its sandbox, which lives on for as long as the run can be resumed, and no longer. */
const driveOn = async (sandbox: SandboxProcess, folder: string, drive: () => Promise<number>): Promise<number> => {
	try {
		return await drive();
	} finally {
		if ((await standingIn(folder)) !== 'open') {
			await sandbox.stop();
		}
	}
};

const rehearseOnSandbox = async (surroundings: Surroundings, order: SessionOrder): Promise<number> => {
	const {folder} = order;
	const {entries, replicas, backends, namespace = 'identity'} = surroundings.options.values;
	const isMade = await withPath('made', folder, async () => makeFolder(folder));
	try {
		const sandbox = await startSandboxProcess(folder, {entries, replicas, backends});
		return await driveOn(sandbox, folder, async () =>
			driveRun(surroundings, {
				...order,
				kubeconfig: sandbox.kubeconfig,
				context: 'sandbox',
				namespace,
			}),
		);
	} finally {
		if (isMade && (await standingIn(folder)) === 'none') {
			await rm(folder, {recursive: true, force: true});
		}
	}
};

/** Starts a run and drives it. Gives the exit status. */
export const startRun = async (surroundings: Surroundings, run: NewRun): Promise<number> => {
	const answers = await given(surroundings);
	const {certificate: named, answers: path} = surroundings.options.values;
	const certificate = run.mode === 'migrate' ? await givenCertificate(named, path) : undefined;
	const {id, folder} = await placeOfNewRun(surroundings, new Date());
	const order = {
		folder,
		opening: {id, mode: run.mode, sandbox: run.isSandbox},
		...answers,
		...(certificate && {certificate}),
		given: {
			...answers.given,
			...(run.workload !== undefined && {workload: run.workload}),
			...(run.strategy !== undefined && {strategy: run.strategy}),
		},
	};
	return run.isSandbox
		? rehearseOnSandbox(surroundings, order)
		: driveRun(surroundings, {
				...order,
				...places(surroundings),
				...(run.context !== undefined && {context: run.context}),
				...(run.namespace !== undefined && {namespace: run.namespace}),
			});
};

/** Where the run of a command is, and how its cluster is reached. */
const orderOfKnown = async (
	surroundings: Surroundings,
	isAny: boolean,
): Promise<{readonly order: SessionOrder; readonly sandbox?: SandboxProcess}> => {
	const folder = await findRun(surroundings, isAny);
	const {sandbox: isSandbox} = runStateOf(await readJournal(folder));
	const answers = await given(surroundings);
	if (!isSandbox) {
		return {order: {folder, ...answers, ...places(surroundings)}};
	}

	const sandbox = await findSandboxProcess(folder);
	return {order: {folder, ...answers, kubeconfig: sandbox.kubeconfig}, sandbox};
};

/** Goes on with a run, or goes back from it. Gives the exit status. */
export const continueRun = async (surroundings: Surroundings, isRollback: boolean): Promise<number> => {
	const {order, sandbox} = await orderOfKnown(surroundings, isRollback);
	const drive = async (): Promise<number> => driveRun(surroundings, order, isRollback);
	return sandbox ? driveOn(sandbox, order.folder, drive) : drive();
};

/** Opens a known run, holds it for as long as `what` takes, and writes its report. Gives the exit status. */
export const withKnownRun = async (
	surroundings: Surroundings,
	isAny: boolean,
	what: (session: OpenSession) => Promise<number>,
): Promise<number> => {
	const {order} = await orderOfKnown(surroundings, isAny);
	const session = await openRun(surroundings, order);
	try {
		const status = await what(session);
		await writeReport(surroundings, session);
		return status;
	} finally {
		await session.close();
	}
};
