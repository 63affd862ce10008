import {expect, test, vi} from 'vitest';
import type {Scripted} from '../migration/engine/scripted.js';
import {open, sees} from './session.js';
import {createGate, story} from './story.js';
import {keys} from './terminal.js';

// Whether colours are written must depend on the wizard alone, not on where the tests run.
vi.hoisted(() => {
	vi.stubEnv('FORCE_COLOR', '1');
});

/** The sequences that clear a whole screen, as far as they were written. */
const clears = (written: string): readonly string[] =>
	['\u{1B}[2J', '\u{1B}[3J', '\u{1B}[H\u{1B}[J', '\u{1B}[1;1H\u{1B}[J', '\u{1B}c'].filter(sequence =>
		written.includes(sequence),
	);

test('the screen is never cleared while a run goes on, and lines that stay are not written again', async () => {
	const gate = createGate();
	const session = open(
		story({
			'copy-out': {
				async perform({world}, reporter) {
					const clock = world.clock as Scripted['clock'];
					for (let done = 0; done < 50; done++) {
						reporter.progress({
							what: 'Copying the export',
							unit: 'bytes',
							done,
							total: 100,
						});
						clock.advance(200);
						await new Promise<void>(resolve => {
							setImmediate(resolve);
						});
					}

					await gate.wait();
					return {};
				},
			},
		}),
	);
	const {terminal} = session;
	await sees(terminal, 'recommended');
	terminal.press(keys.enter);
	await sees(terminal, 'Which branch?');
	terminal.press(keys.enter);
	await sees(terminal, 'What it will do');
	const before = terminal.written().length;
	terminal.press(keys.enter);
	await sees(terminal, '49 B of 100 B');
	const during = terminal.written().slice(before);
	expect(clears(during)).toEqual([]);
	expect(during).not.toContain('✓ Connect');
	gate.open();
	terminal.press(keys.interrupt);
	await sees(terminal, 'Stop now?');
	terminal.press(keys.interrupt);
	await session.ending;
	expect(clears(terminal.written())).toEqual([]);
});

test('what stands still looks different from what is slow', async () => {
	const gate = createGate();
	const session = open(
		story({
			connect: {
				async perform(_context, reporter) {
					reporter.progress({
						what: 'Copying',
						unit: 'bytes',
						done: 10,
						total: 100,
					});
					await gate.wait();
					return {};
				},
			},
		}),
	);
	await sees(session.terminal, '█');
	await expect
		.poll(() => {
			session.clock.advance(1000);
			return session.terminal.text();
		})
		.toContain('Stalled: nothing has moved');
	expect(session.terminal.text()).toContain('▒');
	expect(session.terminal.text()).not.toContain('█');
	gate.open();
	await sees(session.terminal, 'recommended');
	session.terminal.press(keys.interrupt);
	await sees(session.terminal, 'Stop now?');
	session.terminal.press('y');
	await session.ending;
});

test('a resize lays everything out anew', async () => {
	const session = open(story());
	const {terminal} = session;
	await sees(terminal, 'recommended');
	terminal.resize(50, 14);
	await expect.poll(() => terminal.rows()[2]).toMatch(/^✓▸○○○ 2\/5 Strategy/v);
	expect(terminal.text()).not.toContain('│');
	terminal.resize(120, 40);
	await expect.poll(terminal.text).toContain('│');
	await sees(terminal, 'The old one stays, scaled down.');
	expect(terminal.rows().filter(line => line.includes('unroot  '))).toHaveLength(1);
	terminal.resize(20, 5);
	await expect.poll(() => terminal.rows()[0]).toMatch(/^unroot/v);
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('what pods say cannot command the terminal', async () => {
	const hostile = '\u{1B}[2J\u{1B}]0;owned\u{7}evil\rtext\u{202E}';
	const session = open(
		story({
			strategy: {
				inspect: async () => ({state: 'to-do', facts: [{label: hostile, value: hostile.repeat(20)}]}),
				questions: async () => [
					{
						kind: 'choice',
						id: 'strategy',
						title: hostile,
						why: hostile,
						options: [{value: `raw${hostile}`, label: hostile, reason: hostile}],
					},
				],
			},
		}),
	);
	const {terminal, engine} = session;
	await sees(terminal, 'evil·text');
	expect(clears(terminal.written())).toEqual([]);
	for (const harm of ['owned\u{7}', '\u{7}', '\u{202E}']) {
		expect(terminal.written()).not.toContain(harm);
	}

	expect(terminal.rows()[0]).toContain('unroot');
	terminal.press(keys.enter);
	await expect.poll(() => engine.view().state.answers.strategy).toBe(`raw${hostile}`);
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('with colour, signs are coloured', async () => {
	const session = open(story(), {colour: true});
	await sees(session.terminal, '✗ Runs as');
	expect(session.terminal.written()).toContain('\u{1B}[31m');
	session.terminal.press(keys.interrupt);
	session.terminal.press(keys.interrupt);
	await session.ending;
});

test('without colour nothing is coloured, and every sign is there', async () => {
	const session = open(story(), {colour: false});
	await sees(session.terminal, '✗ Runs as');
	for (const colour of ['31m', '32m', '33m', '36m']) {
		expect(session.terminal.written()).not.toContain(colour);
	}

	session.terminal.press(keys.interrupt);
	session.terminal.press(keys.interrupt);
	await session.ending;
});

test('in ASCII nothing else is drawn', async () => {
	const session = open(story(), {ascii: true});
	await sees(session.terminal, 'NO Runs as');
	expect(session.terminal.text()).toMatch(/^[\n\u{20}-\u{7E}]*$/v);
	session.terminal.press(keys.interrupt);
	session.terminal.press(keys.interrupt);
	const {summary} = await session.ending;
	expect(summary).toMatch(/^[\n\u{20}-\u{7E}]*$/v);
});

test('a screen reader gets plain lines, roles and states, and each settled step once', async () => {
	const session = open(story(), {screenReader: true, rows: 40});
	const {terminal} = session;
	await sees(terminal, 'Step 2 of 5: Strategy');
	for (const said of [
		'Connect: done. connect checked: as it should be',
		'radio: (checked) 1. Fresh deployment, recommended',
		'radio: 2. Keep running as root',
		'Cost A second volume.',
		'Bad: Runs as: 0:0 (root)',
		'Keys: Enter accept',
	]) {
		expect(terminal.text()).toContain(said);
	}

	expect(terminal.text()).not.toMatch(/[─│█▸○❯]/v);
	expect(terminal.written()).not.toContain('\u{1B}[?1049h');
	terminal.press(keys.enter);
	await sees(terminal, 'textbox: empty, recommended: unroot/run-1');
	terminal.press(keys.interrupt);
	await sees(terminal, 'Stop now?');
	terminal.press(keys.interrupt);
	await session.ending;
	expect(terminal.written().split('Connect: done')).toHaveLength(2);
});
