import {join} from 'node:path';
import {contextsOf} from '../cluster/api/kubeconfig.js';
import {createReader} from '../cluster/api/reader.js';
import {exitStatus, Failure} from '../failure/failure.js';
import {createClock} from '../machine/clock.js';
import {listRuns} from '../machine/runs.js';
import {frozenNow} from '../migration/freeze.js';
import {isOver} from '../migration/state.js';
import {checklistOf} from '../migration/words/checklist.js';
import {positionOf} from '../migration/words/closing.js';
import {freezeSentence} from '../migration/words/freeze.js';
import {checklist} from '../steps/index.js';
import type {NamespaceChoice, RunChoice} from '../wizard/start/choice.js';
import {connectionFor} from './connect.js';
import {continueRun, startRun} from './migrate.js';
import {runsFolder, runStateOf} from './runs.js';
import type {Surroundings} from './surroundings.js';
import {verifyRun} from './verify.js';
import {surveyNamespace} from './workloads/survey.js';

const noTerminal = new Failure({
	code: 'no-terminal',
	seen: 'Standard input or output is not a terminal.',
	means: 'The wizard asks questions and needs one. Nothing was done.',
	todo: 'Name what to do: migrate, resume or rehearse, with --answers FILE or --yes. workloads lists what there is.',
	byHand: 'unroot --help',
	exit: 'usage',
});

const openRuns = async (surroundings: Surroundings, now: number): Promise<readonly RunChoice[]> => {
	const runs = await listRuns(runsFolder(surroundings));
	return runs.flatMap(run => {
		if (!('events' in run)) {
			return [];
		}

		const state = runStateOf(run.events);
		const freeze = frozenNow(state.freezes);
		const last = run.events.at(-1)?.at ?? state.openedAt;
		return isOver(state)
			? []
			: [
					{
						run: run.id,
						context: state.context,
						namespace: state.namespace,
						mode: state.mode,
						step: positionOf(state, checklistOf(checklist)).title,
						ageSeconds: (now - Date.parse(last)) / 1000,
						...(freeze && {frozen: freezeSentence(freeze)}),
					},
				];
	});
};

/** How a place is reached. */
const connectTo = async (surroundings: Surroundings, context?: string, namespace?: string) => {
	const {
		folder,
		options: {values},
	} = surroundings;
	return connectionFor(surroundings, {
		cacheFolder: join(folder, 'kubectl-cache'),
		...(context !== undefined && {context}),
		...(namespace !== undefined && {namespace}),
		...(values.kubeconfig !== undefined && {kubeconfig: values.kubeconfig}),
	});
};

/** The place that the operator named: a namespace, in a context that is named or the current one. */
const placeOf = async (surroundings: Surroundings) => {
	const {context, namespace} = surroundings.options.values;
	if (namespace === undefined) {
		return undefined;
	}

	const connection = await connectTo(surroundings, context, namespace);
	return {context: connection.context, namespace};
};

const namespacesOf = async (surroundings: Surroundings, context: string): Promise<readonly NamespaceChoice[]> => {
	const connection = await connectTo(surroundings, context);
	const namespaces = await createReader(connection, createClock()).list('Namespace');
	const own = namespaces.filter(({metadata}) => metadata.name === connection.namespace);
	return [
		...own.map(({metadata}) => ({name: metadata.name, says: "the context's own"})),
		...namespaces.filter(each => !own.includes(each)).map(({metadata}) => ({name: metadata.name})),
	];
};

/** `unroot` without a command: asks what is to be done, then does it. */
export const openStartMenu = async (surroundings: Surroundings): Promise<number> => {
	const {stdin, screen, hasColour, isAscii, isSpoken, isTerminal, program, environment, home, options} = surroundings;
	if (!isTerminal) {
		throw noTerminal;
	}

	const place = await placeOf(surroundings);
	const {runStartMenu} = await import('../wizard/start/index.js');
	const choice = await runStartMenu({
		stdin,
		stdout: screen,
		colour: hasColour,
		ascii: isAscii,
		screenReader: isSpoken,
		program,
		waits: surroundings.waits,
		runs: await openRuns(surroundings, Date.now()),
		contexts: async () =>
			contextsOf({
				environment,
				home,
				...(options.values.kubeconfig !== undefined && {kubeconfig: options.values.kubeconfig}),
			}),
		namespaces: async context => namespacesOf(surroundings, context),
		async workloads(context, namespace) {
			const {rows} = await surveyNamespace(surroundings, await connectTo(surroundings, context, namespace));
			return rows;
		},
		...(place && {place}),
	});
	const onRun = (run: string): Surroundings => ({...surroundings, options: {...options, positionals: [run]}});
	switch (choice.kind) {
		case 'quit': {
			return exitStatus.done;
		}

		case 'resume': {
			return continueRun(onRun(choice.run), false);
		}

		case 'verify': {
			return verifyRun(onRun(choice.run));
		}

		case 'rehearse-sandbox': {
			return startRun(surroundings, {mode: 'rehearse', isSandbox: true});
		}

		case 'migrate':
		case 'rehearse': {
			const {kind: mode, ...where} = choice;
			return startRun(surroundings, {mode, isSandbox: false, ...where});
		}
	}
};
