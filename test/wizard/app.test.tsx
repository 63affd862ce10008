import {cleanup, render} from 'ink-testing-library';
import {afterEach, expect, test} from 'vitest';
import type {Step} from '../../source/migration/step.js';
import {createWaits} from '../../source/migration/waits.js';
import {App} from '../../source/wizard/app.js';
import {themeOf} from '../../source/wizard/theme.js';
import {preview, scripted, step, type ScriptedOptions} from '../migration/engine/scripted.js';
import {story, strategy} from './story.js';

afterEach(cleanup);

const open = (steps: readonly Step[], options: ScriptedOptions = {}) => {
	const {engine, clock} = scripted(steps, options);
	const running = engine.run();
	const theme = themeOf({colour: false, ascii: false});
	const app = render(
		<App
			engine={engine}
			running={running}
			theme={theme}
			expected={{'copy-out': 240}}
			isSpoken={false}
			waits={createWaits(() => clock.now().getTime())}
			now={() => clock.now().getTime()}
		/>,
	);
	const sees = async (what: string): Promise<void> => expect.poll(app.lastFrame).toContain(what);
	return {
		...app,
		engine,
		running,
		sees,
	};
};

test('a question stands alone on its screen: the recommended option first, with reason, cost and way back', async () => {
	const {sees, lastFrame} = open(story());
	await sees('Which way for pingdirectory?');
	expect(lastFrame()).toMatch(
		/❯ 1 Fresh deployment {2}recommended\n.* {2}2 Keep running as root\n[ │]*\n.*Why {7}Nothing of root is left\.\n.*Cost {6}A second volume\.\n.*Way back {2}The old one stays, scaled down\./v,
	);
	expect(lastFrame()).not.toContain('The old volume stays.');
});

test('what the rehearsal took stands in the checklist', async () => {
	const {sees} = open(story());
	await sees('○ Copy out                ~4m00s');
});

test('a preview shows summary, way back, commands, files and the diff, and is scrolled through', async () => {
	const diff = `--- before\n+++ after\n${Array.from({length: 40}, (_, index) => `+line ${index}`).join('\n')}`;
	const {sees, stdin, lastFrame} = open([
		step('apply', {
			effect: 'cluster',
			preview: async () =>
				preview({
					summary: ['Applies one object.'],
					commands: ['kubectl apply -f new.yaml'],
					files: ['/runs/run-1/new.yaml'],
					diffs: [{title: 'StatefulSet new', text: diff}],
					wayBack: 'Delete it.',
				}),
		}),
	]);
	await sees('· Applies one object.');
	for (const said of [
		'Way back  Delete it.',
		'$ kubectl apply -f new.yaml',
		'/runs/run-1/new.yaml',
		'StatefulSet new',
		'below (PgDn)',
	]) {
		expect(lastFrame()).toContain(said);
	}

	expect(lastFrame()).not.toContain('+line 39');
	stdin.write('\u{1B}[F');
	await sees('+line 39');
	await sees('above (PgUp)');
	stdin.write('\u{1B}[H');
	await sees('Applies one object.');
});

test('a failure that cannot be helped by trying again says so', async () => {
	const {sees, lastFrame} = open([
		step('connect', {
			inspect: async () => ({
				state: 'blocked',
				facts: [],
				failure: {
					code: 'rights',
					seen: 'The right to create pods/exec is missing.',
					means: 'Nothing can be run in a pod.',
					todo: 'Apply the Role.',
					byHand: 'kubectl apply -f role.yaml',
					details: ['get pods/exec: yes'],
				},
			}),
		}),
	]);
	await sees('✗ The right to create pods/exec is missing.');
	for (const said of [
		'get pods/exec: yes',
		'What it means',
		'Nothing can be run in a pod.',
		'What to do',
		'Apply the Role.',
		'By hand',
		'$ kubectl apply -f role.yaml',
		'Trying again helps only once',
	]) {
		expect(lastFrame()).toContain(said);
	}
});

test('Enter pressed twice at a question answers it and starts nothing', async () => {
	let performed = 0;
	const {sees, stdin, engine} = open([
		step('strategy', {questions: async () => [strategy]}),
		step('apply', {
			effect: 'cluster',
			async perform() {
				performed++;
				return {};
			},
		}),
	]);
	await sees('recommended');
	stdin.write('\r');
	stdin.write('\r');
	await sees('What it will do');
	expect(performed).toBe(0);
	expect(engine.view().next).toContain('start');
});

test('a resumed run says what is partly done', async () => {
	const {sees} = open([
		step('apply', {
			effect: 'cluster',
			inspect: async () => ({state: 'partly', facts: [], what: 'The Service is there, the StatefulSet is not.'}),
		}),
	]);
	await sees('Partly done  The Service is there, the StatefulSet is not.');
});
