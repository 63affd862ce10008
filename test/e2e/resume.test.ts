import {
	beforeAll,
	describe,
	expect,
	test,
} from 'vitest';
import {ask, differences} from './ask.js';
import type {KubeObject} from './cluster.js';
import {newPodOf} from './new-pod.js';
import {withLoadedWorld} from './loaded-world.js';
import {prepareRun, type ProgramRun} from './program.js';

type Running = KubeObject & {readonly status?: {readonly containerStatuses?: ReadonlyArray<{readonly state?: {readonly running?: unknown}}>}};

describe('a run that is killed again and again', () => {
	const loaded = withLoadedWorld(2);
	let run: ProgramRun;

	beforeAll(async () => {
		const {world} = loaded();
		run = await prepareRun(world, 'fresh');
	});

	test('goes on after a kill in the export', async () => {
		await run.killAt('migrate', 'Export task');
		await run.killAt('resume', 'Copying userRoot');
	});

	test('goes on after a kill in the import, and one of the server', async () => {
		const {world} = loaded();
		await run.killAt('resume', 'scheduled to start immediately');
		const pod = await newPodOf(world);
		await world.kubectl('delete', 'pod', pod, '--grace-period', '1');
		await world.until<Running>('pod', pod, ({status}) => status?.containerStatuses?.[0]?.state?.running !== undefined);
		await world.exec(pod, ['timeout', '180', 'sh', '-c', 'until ldapsearch --baseDN cn=monitor --scope base "(&)" >/dev/null 2>&1; do sleep 1; done']);
	});

	test('ends with every entry as it was', async () => {
		const {world, before} = loaded();
		const {exitCode, stdout, stderr} = await run.resume();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		const after = await ask(world, await newPodOf(world));
		expect(differences(before, after)).toEqual([]);
	});
});
