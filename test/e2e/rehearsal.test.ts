import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {describe, expect, test} from 'vitest';
import {keys, startProgram} from '../program/terminal.js';
import {isDone, paneOf, walk} from '../program/walk.js';
import {ask, differences} from './ask.js';
import {kubectl} from './cluster.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf, selectorOf} from './new-pod.js';
import {prepareRun} from './program.js';

describe('a rehearsal in one namespace, and the real run from its answers in another', () => {
	const staging = withLoadedWorld({volumes: 2, entries: 2000});
	const production = withLoadedWorld({volumes: 2, entries: 2000});
	let answers = '';

	test('the rehearsal ends well and keeps its answers', async () => {
		const run = await prepareRun(staging().world, 'fresh');
		const {exitCode, stdout, stderr} = await run.rehearse();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		answers = join(run.folder, 'answers.yaml');
	});

	test('the real run takes them, by keys in a terminal, and asks only what no rehearsal may decide', async ({
		onTestFinished,
	}) => {
		const {world, before} = production();
		const context = await kubectl(['config', 'current-context']);
		const {PATH = '', HOME = '', KUBECONFIG = ''} = process.env;
		const panes: string[] = [];
		const terminal = startProgram(
			['migrate', '--context', context.trim(), '--namespace', world.namespace, '--answers', answers],
			{
				onTestFinished,
				onFrame(frame) {
					panes.push(paneOf(frame));
				},
				environment: {
					PATH,
					HOME,
					KUBECONFIG,
					LANG: 'C.UTF-8',
					TERM: 'xterm-256color',
					XDG_STATE_HOME: await mkdtemp(join(tmpdir(), 'unroot-e2e-')),
				},
			},
		);
		await walk(terminal, isDone);
		terminal.press(keys.enter);
		expect(await terminal.ended, terminal.scrollback()).toBe(0);
		expect(panes.filter(pane => pane.includes(`Type «${world.namespace}» to go on`))).not.toEqual([]);
		expect(panes.filter(pane => pane.includes('Which image is it to run?'))).toEqual([]);
		const pod = await newPodOf(world);
		expect(`${await selectorOf(world)}-0`).toBe(pod);
		expect(differences(before, await ask(world, pod))).toEqual([]);
	});
});
