import {beforeAll, describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import type {KubeObject} from './cluster.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf} from './new-pod.js';
import {leftRunning} from './processes.js';
import {prepareRun, type ProgramRun} from './program.js';

type Running = KubeObject & {
	readonly status?: {readonly containerStatuses?: ReadonlyArray<{readonly state?: {readonly running?: unknown}}>};
};

/** What the program says in the middle of the steps before the import, where it is killed. */
const before = [
	'[1/15] Connect',
	'[2/15] Inventory',
	'[3/15] Strategy',
	'00-config.dsconfig:',
	'[5/15] Preview',
	'| applied',
	'Export task',
	'Copying userRoot',
];

/**
The same for the steps after it: in the cut-over before the freeze, under it, and between the clients and the old
workload.
*/
const after = [
	'Reading userRoot back',
	'[13/15] Catch up',
	'Copying userRoot of pingdirectory-0',
	'writability-mode:disabled',
	'selects the new pods',
	'[15/15] Clean up',
];

describe('a run that is killed in every step', () => {
	const loaded = withLoadedWorld({volumes: 2});
	let run: ProgramRun;

	beforeAll(async () => {
		const {world} = loaded();
		run = await prepareRun(world, 'fresh');
	});

	test('goes on after each kill up to the import', async () => {
		for (const [index, text] of before.entries()) {
			await run.killAt(index === 0 ? 'migrate' : 'resume', text);
		}
	});

	test('goes on after a kill in the import, and one of the server', async () => {
		const {world} = loaded();
		await run.killAt('resume', 'Import task');
		const pod = await newPodOf(world);
		await world.kubectl('delete', 'pod', pod, '--grace-period', '1');
		await world.until<Running>('pod', pod, ({status}) => status?.containerStatuses?.[0]?.state?.running !== undefined);
		await world.exec(pod, [
			'timeout',
			'180',
			'sh',
			'-c',
			'until ldapsearch --baseDN cn=monitor --scope base "(&)" >/dev/null 2>&1; do sleep 1; done',
		]);
	});

	test('goes on after each kill from there on', async () => {
		for (const text of after) {
			await run.killAt('resume', text);
		}
	});

	test('ends with every entry as it was, and nothing left running in the pod', async () => {
		const {world, before: entries} = loaded();
		const {exitCode, stdout, stderr} = await run.resume();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		const pod = await newPodOf(world);
		expect(differences(entries, await ask(world, pod))).toEqual([]);
		expect(await leftRunning(world, pod)).toEqual([]);
	});
});
