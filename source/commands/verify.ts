import {join} from 'node:path';
import {exitStatus, Failure, partsOf} from '../failure/failure.js';
import {readConnection} from '../cluster/kubeconfig.js';
import {readJournal} from '../machine/journal.js';
import {stepOf} from '../migration/state.js';
import type {Evidence, RunFacts, Step} from '../migration/step.js';
import {checklist} from '../steps/index.js';
import {findRun, stateOf} from './runs.js';
import {findSandboxProcess} from './sandbox-process.js';
import type {Surroundings} from './surroundings.js';
import {createWorld} from './world.js';

type Verified = {readonly step: Step['id']; readonly evidence: readonly Evidence[]};

/**
`unroot verify`: looks again, at the cluster as it is now, at what a run says is done. Changes nothing. A step is left out once a later one has changed what it looked at. Exit status 1 where something no longer holds.
*/
export const verifyRun = async (surroundings: Surroundings): Promise<number> => {
	const {environment, home, options, stdout} = surroundings;
	const folder = await findRun(surroundings, true);
	const state = stateOf(await readJournal(folder));
	const sandbox = state.sandbox ? await findSandboxProcess(folder) : undefined;
	const kubeconfig = sandbox?.kubeconfig ?? options.values.kubeconfig;
	const connection = await readConnection({
		environment, home, cacheFolder: join(folder, 'kubectl-cache'), context: options.values.context ?? state.context, namespace: state.namespace, ...(kubeconfig !== undefined && {kubeconfig}),
	});
	const world = createWorld(connection, home);
	const {uid} = await world.cluster.identity();
	if (state.cluster && state.cluster.uid !== uid) {
		throw new Failure({
			code: 'other-cluster',
			seen: `The context ${connection.context} leads to the cluster ${uid}; the run was made on ${state.cluster.uid}.`,
			means: 'What the journal says is done was done elsewhere.',
			todo: 'Name the context of that cluster.',
			byHand: 'unroot verify --context NAME',
			exit: 'blocked',
		});
	}

	const run: RunFacts = {
		id: state.run, folder, mode: state.mode, context: connection.context, namespace: connection.namespace, sandbox: state.sandbox,
	};
	const results: Verified[] = [];
	for (const step of checklist) {
		const later = step.verifiedUntil ? stepOf(state, step.verifiedUntil) : undefined;
		if (stepOf(state, step.id)?.status === 'done' && (later === undefined || later.status === 'waiting' || later.status === 'skipped')) {
			const evidence = await step.verify({
				world,
				run,
				answers: state.answers,
				outcomes: Object.fromEntries(state.steps.filter(({outcome}) => outcome !== undefined).map(({id, outcome}) => [id, outcome])),
				notes: stepOf(state, step.id)?.notes ?? [],
				signal: new AbortController().signal,
			}).catch((error: unknown): readonly Evidence[] => [{label: 'verification', value: partsOf(error).seen, holds: false}]);
			results.push({step: step.id, evidence});
		}
	}

	stdout.write(options.output === 'json'
		? `${JSON.stringify({run: state.run, steps: results}, undefined, 2)}\n`
		: results.flatMap(({step, evidence}) => [`${step}\n`, ...evidence.map(({label, value, holds}) => `  ${holds ? '✓' : '✗'} ${label}: ${value}\n`)]).join(''));
	return results.every(({evidence}) => evidence.every(({holds}) => holds)) ? exitStatus.done : exitStatus.failed;
};
