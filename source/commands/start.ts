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
import {connect} from './connect.js';
import {continueRun, startRun} from './migrate.js';
import {runsFolder, stateOf} from './runs.js';
import type {Surroundings} from './surroundings.js';

const noTerminal = new Failure({
	code: 'no-terminal',
	seen: 'Standard input or output is not a terminal.',
	means: 'The wizard asks questions and needs one. Nothing was done.',
	todo: 'Name what to do: migrate, resume or rehearse, with --answers FILE or --yes.',
	byHand: 'unroot --help',
	exit: 'usage',
});

const openRuns = async (surroundings: Surroundings, now: number): Promise<readonly RunChoice[]> => {
	const runs = await listRuns(runsFolder(surroundings));
	return runs.flatMap(run => {
		if (!('events' in run)) {
			return [];
		}

		const state = stateOf(run.events);
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

const namespacesOf = async (surroundings: Surroundings, context: string): Promise<readonly NamespaceChoice[]> => {
	const {
		folder,
		options: {values},
	} = surroundings;
	const connection = await connect(surroundings, {
		cacheFolder: join(folder, 'kubectl-cache'),
		context,
		...(values.kubeconfig !== undefined && {kubeconfig: values.kubeconfig}),
	});
	const namespaces = await createReader(connection, createClock()).list('Namespace');
	return namespaces.map(({metadata}) => ({
		name: metadata.name,
		...(metadata.name === connection.namespace && {says: "the context's own"}),
	}));
};

/** `unroot` without a command: asks what is to be done, then does it. */
export const openStartMenu = async (surroundings: Surroundings): Promise<number> => {
	const {stdin, stdout, hasColour, isAscii, isSpoken, isTerminal, program, environment, home, options} = surroundings;
	if (!isTerminal) {
		throw noTerminal;
	}

	const {runStartMenu} = await import('../wizard/start/index.js');
	const choice = await runStartMenu({
		stdin,
		stdout,
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
	});
	switch (choice.kind) {
		case 'quit': {
			return exitStatus.done;
		}

		case 'resume': {
			return continueRun({...surroundings, options: {...options, positionals: [choice.run]}}, false);
		}

		case 'rehearse-sandbox': {
			return startRun(surroundings, {mode: 'rehearse', isSandbox: true});
		}

		case 'migrate':
		case 'rehearse': {
			return startRun(surroundings, {
				mode: choice.kind,
				isSandbox: false,
				context: choice.context,
				namespace: choice.namespace,
			});
		}
	}
};
