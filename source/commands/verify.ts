import {join} from 'node:path';
import {exitStatus} from '../failure/failure.js';
import {readJournal} from '../machine/journal.js';
import {refuseOtherCluster, verifyAgain} from '../migration/engine/verification.js';
import {checklist} from '../steps/index.js';
import {connectionFor} from './connect.js';
import {structuredText} from './print.js';
import {findRun, runStateOf} from './runs.js';
import {findSandboxProcess} from './sandbox-process.js';
import type {Surroundings} from './surroundings.js';
import {createWorld, noHold} from './world.js';

/**
`unroot verify`: looks again, at the cluster as it is now, at what a run says is done. Changes nothing. A step is left
out once a later one has changed what it looked at. Exit status 1 where something no longer holds.
*/
export const verifyRun = async (surroundings: Surroundings): Promise<number> => {
	const {home, options, stdout} = surroundings;
	const folder = await findRun(surroundings, true);
	const state = runStateOf(await readJournal(folder));
	const sandbox = state.sandbox ? await findSandboxProcess(folder) : undefined;
	const kubeconfig = sandbox?.kubeconfig ?? options.values.kubeconfig;
	const connection = await connectionFor(surroundings, {
		cacheFolder: join(folder, 'kubectl-cache'),
		context: options.values.context ?? state.context,
		namespace: state.namespace,
		...(kubeconfig !== undefined && {kubeconfig}),
	});
	const verifying = {
		steps: checklist,
		world: createWorld(connection, home, noHold),
		run: {
			id: state.run,
			folder,
			mode: state.mode,
			context: connection.context,
			namespace: connection.namespace,
			sandbox: state.sandbox,
		},
		state: () => state,
		stopping: new AbortController().signal,
	};
	await refuseOtherCluster(verifying);
	const verified = await verifyAgain(verifying);
	const results = verified.map(({step, evidence}) => ({step: step.id, evidence}));
	stdout.write(
		options.output === 'text'
			? results
					.flatMap(({step, evidence}) => [
						`${step}\n`,
						...evidence.map(({label, value, holds}) => `  ${holds ? '✓' : '✗'} ${label}: ${value}\n`),
					])
					.join('')
			: structuredText({run: state.run, steps: results}, options.output),
	);
	return results.every(({evidence}) => evidence.every(({holds}) => holds)) ? exitStatus.done : exitStatus.failed;
};
