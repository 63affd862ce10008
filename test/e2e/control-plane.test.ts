import process from 'node:process';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf} from './new-pod.js';
import {leftRunning} from './processes.js';
import {prepareRun} from './program.js';

/** A command that kills the part of the cluster it is given, and ends when that is there again. */
const {UNROOT_E2E_KILL: killer} = process.env;

/** What the program says when it is at it: the export, the copy out, the copy in, the import. */
const moments = ['Export task', 'Copying userRoot:', 'Copying userRoot in', 'Import task'];

const title =
	killer === undefined
		? 'is not tried: UNROOT_E2E_KILL names no command that kills it'
		: 'in the export, both copies and the import';

describe.skipIf(killer === undefined).each(['kube-apiserver', 'kubelet'])(`a %s that is killed ${title}`, component => {
	const loaded = withLoadedWorld({volumes: 2});

	test('costs no more than a resume each time: every entry is as it was, and nothing is left running in the pods', async () => {
		const {world, before} = loaded();
		const run = await prepareRun(world, 'fresh');
		const waiting = [...moments];
		let oldPodRuns: readonly string[] | undefined;
		const acts = () => [
			...waiting.map(text => ({
				text,
				async act() {
					waiting.shift();
					await execa(killer ?? '', [component]);
				},
			})),
			{
				text: '[14/15] Cut over',
				async act() {
					oldPodRuns = await leftRunning(world, 'pingdirectory-0');
				},
			},
		];

		let ended = await run.during('migrate', acts());
		for (let resumed = 0; ended.exitCode !== 0 && resumed < 2 * moments.length; resumed += 1) {
			// Failed, or blocked by a server that does not answer.
			expect([1, 3], `${ended.stdout}${ended.stderr}`).toContain(ended.exitCode);
			ended = await run.during('resume', acts());
		}

		expect(ended.exitCode, `${ended.stdout}${ended.stderr}`).toBe(0);
		expect(waiting).toEqual([]);
		expect(oldPodRuns).toEqual([]);
		const pod = await newPodOf(world);
		expect(differences(before, await ask(world, pod))).toEqual([]);
		expect(await leftRunning(world, pod)).toEqual([]);
	});
});
