import {
	afterAll,
	beforeAll,
	describe,
	expect,
	test,
} from 'vitest';
import {ask, differences, type Answer} from './ask.js';
import {images} from './cluster.js';
import {generateEntries, loadEntries} from './entries.js';
import {deployOld} from './old-workload.js';
import {prepareRun} from './program.js';
import {makeWorld, type World} from './world.js';

describe('the same workload, running on as root, by the program', () => {
	let world: World;
	let before: Answer;

	beforeAll(async () => {
		world = await makeWorld('local', 1);
		await deployOld(world);
		await loadEntries(world, 'pingdirectory-0', generateEntries());
		before = await ask(world, 'pingdirectory-0');
	});

	afterAll(async () => {
		await world.remove();
	});

	test('ends well', async () => {
		const run = await prepareRun(world, 'root');
		const {exitCode, stdout} = await run.migrate();
		expect(exitCode, stdout).toBe(0);
	});

	test('runs the new image as root, on the old volume, with every entry as it was', async () => {
		expect(await world.kubectl('get', 'pod', 'pingdirectory-0', '--output', 'jsonpath={.spec.containers[0].image}')).toBe(images.new);
		const {stdout} = await world.exec('pingdirectory-0', ['id', '-u']);
		expect(stdout).toBe('0\n');
		expect(differences(before, await ask(world, 'pingdirectory-0'))).toEqual([]);
	});
});
