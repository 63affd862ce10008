import {expect, test, vi} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {scripted, step} from '../migration/engine/scripted.js';
import {open, sees, type Session} from './session.js';
import {confirm, createGate, story} from './story.js';
import {keys} from './terminal.js';

// Whether colours are written must depend on the wizard alone, not on where the tests run.
vi.hoisted(() => {
	vi.stubEnv('FORCE_COLOR', '1');
});

/** A run by keys alone; gives what was on the screen before each of them. */
const walk = async ({terminal}: Session): Promise<readonly string[]> => {
	const screens: string[] = [];
	const at = async (what: string, press: string): Promise<void> => {
		await sees(terminal, what);
		screens.push(terminal.text());
		terminal.press(press);
	};

	await at('recommended', keys.enter);
	await at('Which branch?', keys.enter);
	await at('What it will do', keys.enter);
	await at('try again', 'r');
	await at('What it will do', keys.enter);
	await at('Apply to ping?', 'ping');
	await at('❯ ping', keys.enter);
	await at('kubectl apply -f new.yaml', keys.enter);
	await at('leave', keys.enter);
	return screens;
};

test.each([
	[80, 24],
	[60, 18],
	[100, 40],
	[59, 18],
	[110, 24],
])('a whole run by keys alone on %d by %d', async (columns, rows) => {
	const session = open(story(), {columns, rows});
	const screens = await walk(session);
	const {ending, summary} = await session.ending;
	expect(ending).toEqual({exit: 'done'});
	expect(summary).toContain('5 of 5 checks hold');
	expect(summary).toContain('✓ Digest: the same');
	expect(session.engine.view().state.answers).toEqual({strategy: 'fresh', branch: 'unroot/run-1', confirm: 'ping'});
	for (const screen of screens) {
		const lines = screen.split('\n');
		expect(lines[0]).toContain('unroot');
		expect(lines.at(-1)).toBe('');
		expect(lines.at(-2)).toMatch(/Enter|try again|Ctrl-C/v);
	}
});

test('the checklist shows state, time and proof, and the sum of the proof', async () => {
	const session = open(story(), {columns: 100});
	await sees(session.terminal, 'recommended');
	const rows = session.terminal.rows();
	expect(rows.find(line => line.startsWith('✓ Connect'))).toMatch(/✓ Connect +0\.0s +✓1 │/v);
	expect(rows.find(line => line.startsWith('▸ Strategy'))).toBeDefined();
	expect(rows.find(line => line.startsWith('○ Copy out'))).toBeDefined();
	expect(session.terminal.text()).toContain('1 of 1 checks hold');
});

test('only keys that work now are shown, and others do nothing', async () => {
	const session = open(story());
	const {terminal, engine} = session;
	await sees(terminal, 'recommended');
	expect(terminal.rows().at(-2)).toBe('Enter accept   ↑↓ choose   p proof   ? help   Tab log   q stop');
	terminal.press('r');
	terminal.press('s');
	terminal.press(keys.escape);
	terminal.press('2');
	await sees(terminal, '❯ 2 Keep running as root');
	terminal.press(keys.down);
	await sees(terminal, '❯ 1 Fresh deployment');
	expect(engine.view().state.answers).toEqual({});
	terminal.press(keys.enter);
	await sees(terminal, 'Esc back');
	terminal.press(keys.escape);
	await sees(terminal, 'Which way for pingdirectory?');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('leaving a step out says what that means before', async () => {
	const session = open(story(), {given: {strategy: 'fresh', branch: 'b'}});
	const {terminal} = session;
	await sees(terminal, 'What it will do');
	terminal.press('s');
	await sees(terminal, 'The data stays behind.');
	terminal.press(keys.escape);
	await sees(terminal, 'What it will do');
	terminal.press('s');
	await sees(terminal, 'Leave out «Copy out»?');
	terminal.press(keys.enter);
	await sees(terminal, '✓✓–▸○ 4/5 Apply');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('the first Ctrl-C asks, and Esc goes on', async () => {
	const session = open(story());
	const {terminal} = session;
	await sees(terminal, 'recommended');
	terminal.press(keys.interrupt);
	await sees(terminal, 'Stop now?');
	await sees(terminal, 'unroot resume run-1');
	terminal.press(keys.escape);
	await sees(terminal, 'recommended');
	terminal.press('q');
	await sees(terminal, 'Stop now?');
	terminal.press(keys.enter);
	const {ending, summary} = await session.ending;
	expect(ending).toEqual({exit: 'interrupted'});
	expect(summary).toContain('Stopped at step 2 of 5, «Strategy»');
	expect(summary).toContain('unroot resume run-1');
	expect(session.journal.at(-1)).toMatchObject({type: 'run-stopped'});
});

test('the second Ctrl-C leaves at once, though a step does not come to rest', async () => {
	const session = open(
		story({
			connect: {
				perform: async () =>
					createGate()
						.wait()
						.then(() => ({})),
			},
		}),
	);
	const {terminal} = session;
	await sees(terminal, 'At work');
	terminal.press(keys.interrupt);
	await sees(terminal, 'Stop now?');
	terminal.press(keys.enter);
	await sees(terminal, 'Stopping');
	terminal.press(keys.interrupt);
	await expect(session.ending).resolves.toMatchObject({ending: {exit: 'interrupted'}});
});

test('a failure that ends the run is told after the screen is gone', async () => {
	const session = open(story(), {given: {strategy: 'fresh', branch: 'b'}});
	const {terminal} = session;
	await sees(terminal, 'What it will do');
	terminal.press(keys.enter);
	await sees(terminal, 'The stream was cut.');
	for (const part of [
		'What it means',
		'The copy is not whole.',
		'What to do',
		'By hand',
		'$ kubectl exec pod -- sha256sum',
	]) {
		expect(terminal.text()).toContain(part);
	}

	terminal.press('q');
	await sees(terminal, 'Stop now?');
	terminal.press(keys.enter);
	const {ending, summary} = await session.ending;
	expect(ending).toMatchObject({exit: 'failed', failure: {code: 'stream-cut'}});
	expect(summary).toContain('What was seen:\n  The stream was cut.');
});

test('help lists the keys; the log shows what the tools said', async () => {
	const session = open(
		story({
			connect: {
				async perform(_context, reporter) {
					reporter.log('server said hello');
					return {};
				},
			},
		}),
	);
	const {terminal} = session;
	await sees(terminal, 'recommended');
	terminal.press('?');
	await sees(terminal, 'PgDn');
	terminal.press('?');
	await sees(terminal, 'recommended');
	terminal.press(keys.tab);
	await sees(terminal, 'server said hello');
	terminal.press(keys.tab);
	await expect.poll(terminal.text).not.toContain('server said hello');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('while a finished run is rolled back the screen says so, and Enter does not leave', async () => {
	const gate = createGate();
	const undoable = story({
		apply: {
			undo: {
				kind: 'can',
				says: 'Deletes the new StatefulSet.',
				async run() {
					await gate.wait();
					return [{label: 'gone', value: 'yes', holds: true}];
				},
			},
		},
		'copy-out': {perform: async () => ({})},
	});
	const first = scripted(undoable, {given: {strategy: 'fresh', branch: 'b', confirm: 'ping'}});
	first.engine.subscribe(() => {
		first.engine.send({type: 'start'});
	});
	await expect(first.engine.run()).resolves.toEqual({exit: 'done'});
	const {terminal, ending} = open(undoable, {history: first.journal, rollback: true});
	await sees(terminal, 'Undoing  Deletes the new StatefulSet.');
	expect(terminal.text()).not.toContain('Done in');
	terminal.press(keys.enter);
	terminal.press(keys.interrupt);
	await sees(terminal, 'Stop now?');
	terminal.press(keys.escape);
	await sees(terminal, 'Undoing  Deletes the new StatefulSet.');
	gate.open();
	await sees(terminal, 'Rolled back');
	terminal.press(keys.enter);
	await expect(ending).resolves.toMatchObject({ending: {exit: 'done'}});
});

test('the way back is shown step by step and ends in a word', async () => {
	const undoable = story({
		apply: {
			undo: {
				kind: 'can',
				says: 'Deletes the new StatefulSet.',
				run: async () => [{label: 'gone', value: 'yes', holds: true}],
			},
		},
		'copy-out': {perform: async () => ({})},
	});
	const first = scripted(undoable, {given: {strategy: 'fresh', branch: 'b', confirm: 'ping'}});
	first.engine.subscribe(() => {
		first.engine.send({type: 'start'});
	});
	await first.engine.run();
	const session = open(undoable, {history: first.journal, rollback: true, columns: 100});
	await sees(session.terminal, 'Rolled back: 1 of 1 checks');
	await sees(session.terminal, 'The proof of the way back');
	await sees(session.terminal, 'gone  yes');
	expect(session.terminal.text()).toContain('↶ Apply');
	session.terminal.press(keys.enter);
	const {ending, summary} = await session.ending;
	expect(ending).toEqual({exit: 'done'});
	expect(summary).toContain('Rolled back: 1 of 1 checks of the way back hold.\n  ✓ gone: yes');
});

test(
	'what was decided is listed: what can be decided anew is asked again with the answer before, what cannot says ' +
		'why',
	async () => {
		const session = open(story({prove: {effect: 'cluster'}}), {
			given: {strategy: 'root', branch: 'mine', confirm: 'ping'},
		});
		const {terminal, engine} = session;
		await sees(terminal, 'What it will do');
		terminal.press('d');
		await sees(terminal, '❯ branch  mine');
		terminal.press(keys.up);
		await sees(terminal, '❯ strategy  root');
		await sees(terminal, 'Enter asks this again.');
		terminal.press(keys.enter);
		await sees(terminal, '❯ 2 Keep running as root');
		terminal.press(keys.enter);
		await sees(terminal, '❯ mine');
		terminal.press(keys.enter);
		await sees(terminal, 'What it will do');
		expect(engine.view().state.answers).toMatchObject({strategy: 'root', branch: 'mine'});
		terminal.press(keys.enter);
		await sees(terminal, 'try again');
		terminal.press('r');
		await sees(terminal, 'What it will do');
		terminal.press(keys.enter);
		await sees(terminal, 'kubectl apply -f new.yaml');
		terminal.press(keys.enter);
		await sees(terminal, 'Prove  step 5 of 5');
		await sees(terminal, 'What it will do');
		terminal.press(keys.escape);
		await sees(terminal, 'strategy  root  stands');
		await sees(terminal, '«Apply» has begun to change the cluster by it.');
		await sees(terminal, 'rollback run-1');
		terminal.press(keys.enter);
		terminal.press(keys.escape);
		await sees(terminal, 'What it will do');
		terminal.press('p');
		await sees(terminal, '✓ apply checked  as it should be');
		terminal.press(keys.escape);
		terminal.press(keys.interrupt);
		terminal.press(keys.interrupt);
		await session.ending;
	},
);

test('the proof can be looked at while a word is to be typed', async () => {
	const session = open(story(), {given: {strategy: 'fresh', branch: 'b'}});
	const {terminal} = session;
	await sees(terminal, 'What it will do');
	terminal.press('s');
	await sees(terminal, 'The data stays behind.');
	terminal.press(keys.enter);
	await sees(terminal, 'Apply to ping?');
	terminal.press('p');
	await sees(terminal, '❯ p');
	terminal.press('\u{10}');
	await sees(terminal, '✓ connect checked  as it should be');
	terminal.press('\u{10}');
	await sees(terminal, '❯ p');
	expect(terminal.rows().at(-2)).toContain('Ctrl-P proof');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('at 80x24 the cause, its meaning, the remedy and the command of a failure stand before a log of any length', async () => {
	const session = open(
		[
			step('export', {
				title: 'Export',
				effect: 'local',
				async perform() {
					throw new Failure({
						code: 'tool-failed',
						seen:
							'export-ldif ended with exit status 1 in the pod pingdirectory-0, ' + 'and said much of it. '.repeat(8),
						means: `The export is not whole. ${'Nothing was changed on the old server. '.repeat(4)}`,
						todo: `Make room on the volume, then try again. ${'The step looks for what is there. '.repeat(4)}`,
						byHand: 'kubectl --context staging --namespace ping exec pingdirectory-0 -- df -h /opt/out',
						details: Array.from({length: 60}, (_, index) => `line ${index} of the log`),
					});
				},
			}),
		],
		{columns: 80, rows: 24},
	);
	const {terminal} = session;
	await sees(terminal, 'What it will do');
	terminal.press(keys.enter);
	await sees(terminal, 'try again');
	const text = terminal.text();
	const places = [
		'✗ export-ldif ended',
		'What it means',
		'What to do',
		'By hand',
		'df -h /opt/out',
		'Trying again helps only once',
		'line 0 of the log',
	].map(said => text.indexOf(said));
	expect(
		places.every((place, index) => place > (places[index - 1] ?? -1)),
		text,
	).toBe(true);
	terminal.press(keys.end);
	await sees(terminal, 'line 59 of the log');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('at 80x24 the proof stands above the word that is typed, both in sight', async () => {
	const session = open(
		[
			step('cut-over', {
				title: 'Cut over',
				effect: 'cluster',
				questions: async () => [
					{
						...confirm,
						title: 'Type the name of the namespace to move the clients.',
						why: 'From here on clients talk to the new server. The way back is one command: unroot rollback.',
						proof: ['entries', 'digest', 'freeze', 'last round', 'open points'].map(label => ({
							label,
							value: `What is known of it: ${'words '.repeat(14)}`,
						})),
					},
				],
			}),
		],
		{columns: 80, rows: 24},
	);
	const {terminal} = session;
	await sees(terminal, 'Type «ping» to go on.');
	const text = terminal.text();
	expect(text.indexOf('entries')).toBeGreaterThan(-1);
	expect(text.indexOf('open points')).toBeLessThan(text.indexOf('Type the name of the namespace'));
	expect(text.indexOf('entries')).toBeLessThan(text.indexOf('open points'));
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});
