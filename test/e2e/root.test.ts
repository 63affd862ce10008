import {describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import {images} from './cluster.js';
import {withLoadedWorld} from './loaded-world.js';
import {prepareRun} from './program.js';

describe('the same workload, running on as root, by the program', () => {
	const loaded = withLoadedWorld({volumes: 1});

	test('ends well', async () => {
		const {world} = loaded();
		const run = await prepareRun(world, 'root');
		const {exitCode, stdout} = await run.migrate();
		expect(exitCode, stdout).toBe(0);
	});

	test('runs the new image as root, on the old volume, with every entry as it was', async () => {
		const {world, before} = loaded();
		expect(
			await world.kubectl('get', 'pod', 'pingdirectory-0', '--output', 'jsonpath={.spec.containers[0].image}'),
		).toBe(images.new);
		const {stdout} = await world.exec('pingdirectory-0', ['id', '-u']);
		expect(stdout).toBe('0\n');
		expect(differences(before, await ask(world, 'pingdirectory-0'))).toEqual([]);
	});
});
