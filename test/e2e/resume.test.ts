import {
	afterAll,
	beforeAll,
	describe,
	expect,
	test,
} from 'vitest';
import {ask, differences, type Answer} from './ask.js';
import type {KubeObject} from './cluster.js';
import {generateEntries, loadEntries} from './entries.js';
import {newPodOf} from './new-pod.js';
import {deployOld} from './old-workload.js';
import {prepareRun, type ProgramRun} from './program.js';
import {makeWorld, type World} from './world.js';

type Running = KubeObject & {readonly status?: {readonly containerStatuses?: ReadonlyArray<{readonly state?: {readonly running?: unknown}}>}};

describe('a run that is killed again and again', () => {
	let world: World;
	let before: Answer;
	let run: ProgramRun;

	beforeAll(async () => {
		world = await makeWorld('local', 2);
		await deployOld(world);
		await loadEntries(world, 'pingdirectory-0', generateEntries());
		before = await ask(world, 'pingdirectory-0');
		run = await prepareRun(world, 'fresh');
	});

	afterAll(async () => {
		await world.remove();
	});

	test('goes on after a kill in the export', async () => {
		await run.killAt('migrate', 'Export task');
		await run.killAt('resume', 'Copying userRoot');
	});

	test('goes on after a kill in the import, and one of the server', async () => {
		await run.killAt('resume', 'scheduled to start immediately');
		const pod = await newPodOf(world);
		await world.kubectl('delete', 'pod', pod, '--grace-period', '1');
		await world.until<Running>('pod', pod, ({status}) => status?.containerStatuses?.[0]?.state?.running !== undefined);
		await world.exec(pod, ['timeout', '180', 'sh', '-c', 'until ldapsearch --baseDN cn=monitor --scope base "(&)" >/dev/null 2>&1; do sleep 1; done']);
	});

	test('ends with every entry as it was', async () => {
		const {exitCode, stdout, stderr} = await run.resume();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		const after = await ask(world, await newPodOf(world));
		expect(differences(before, after)).toEqual([]);
	});
});
