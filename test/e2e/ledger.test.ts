import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf, selectorOf} from './new-pod.js';
import {prepareRun, type ProgramRun} from './program.js';
import {startWriter, type Writer} from './writer.js';

/** Five writes a second, each by a client of its own. */
const pause = 200;

describe('a fresh deployment and its rollback, while a writer never stops', () => {
	const loaded = withLoadedWorld({volumes: 2, entries: 2000});
	let run: ProgramRun;
	let writer: Writer;

	beforeAll(async () => {
		const {world} = loaded();
		run = await prepareRun(world, 'fresh');
		writer = startWriter(world, 1, pause);
	});

	afterAll(async () => {
		// Not there where the old workload did not come up.
		await (writer as Writer | undefined)?.end();
	});

	test('loses no acknowledged write on the way there, and invents none', async () => {
		const {world, before} = loaded();
		const {exitCode, stdout, stderr} = await run.migrate();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		await writer.acknowledges(20);
		await writer.rest();
		expect(writer.counts().acknowledged).toBeGreaterThan(100);
		const pod = await newPodOf(world);
		expect(`${await selectorOf(world)}-0`).toBe(pod);
		expect(await writer.faults(pod, before)).toEqual([]);
	});

	test('loses none on the way back either, with the writer on the new server', async () => {
		const {world, before} = loaded();
		writer.go();
		await writer.acknowledges(100);
		const {exitCode, stdout, stderr} = await run.rollback();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		expect(await selectorOf(world)).toBe('pingdirectory');
		await writer.acknowledges(20);
		await writer.rest();
		expect(await writer.faults('pingdirectory-0', before)).toEqual([]);
	});
});
