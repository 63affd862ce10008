import {expect, test, vi} from 'vitest';
import type {Question} from '../../source/migration/step.js';
import {step} from '../migration/engine/scripted.js';
import {open, sees} from './session.js';
import {story} from './story.js';
import {keys, pasted} from './terminal.js';

// Whether colours are written must depend on the wizard alone, not on where the tests run.
vi.hoisted(() => {
	vi.stubEnv('FORCE_COLOR', '1');
});

const password: Question = {
	kind: 'secret',
	id: 'password',
	title: 'What is the password?',
	why: 'It is forgotten.',
	instead: {question: 'password-file', says: 'its file'},
};

test('text is typed, moved in, pasted and corrected; a bad answer is refused with its reason', async () => {
	const session = open(story());
	const {terminal, engine} = session;
	await sees(terminal, 'recommended');
	terminal.press(keys.enter);
	await sees(terminal, 'Which branch?');
	terminal.press(keys.right);
	await sees(terminal, '❯ unroot/run-1');
	terminal.press('X');
	await sees(terminal, '❯ unroot/run-1X');
	const row = terminal.rows().findIndex(line => line.includes('❯ unroot'));
	const x = terminal.rows()[row]?.indexOf('X') ?? -1;
	await expect.poll(terminal.cursor).toEqual({x: x + 1, y: row});
	terminal.press(keys.enter);
	await sees(terminal, 'Only small letters, digits');
	terminal.press(keys.backspace);
	await expect.poll(() => terminal.rows().find(line => line.includes('❯'))).toMatch(/❯ unroot\/run-1$/v);
	terminal.press('\u{15}');
	await sees(terminal, 'Enter takes what is recommended');
	terminal.press(pasted('my/\nbranch\u{1B}[2J'));
	await sees(terminal, 'my/ branch');
	terminal.press(keys.home);
	terminal.press('é東');
	await sees(terminal, '❯ é東my/ branch');
	terminal.press(keys.end);
	await sees(terminal, '❯ é東my/ branch');
	terminal.press('\u{15}');
	await sees(terminal, 'Enter takes what is recommended');
	terminal.press('other\r');
	await expect.poll(() => engine.view().state.answers.branch).toBe('other');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('a secret is shown as dots, taken to the letter, and written nowhere', async () => {
	const got: string[] = [];
	const session = open([
		step('profile', {
			questions: async () => [password],
			async perform({secrets}) {
				got.push(secrets.get('password') ?? '');
				return {};
			},
		}),
	]);
	const {terminal, engine} = session;
	const shows = async (dots: number): Promise<void> =>
		expect
			.poll(() =>
				terminal
					.rows()
					.find(line => line.includes('❯'))
					?.replace(/^.*❯ /v, ''),
			)
			.toBe('•'.repeat(dots));
	await sees(terminal, 'What is the password?');
	terminal.press('?');
	await shows(1);
	expect(terminal.text()).not.toContain('? help');
	terminal.press('Zq ');
	await shows(4);
	terminal.press(pasted(' Zé\n'));
	await shows(7);
	terminal.press(keys.left);
	terminal.press(keys.backspace);
	await shows(6);
	const row = terminal.rows().findIndex(line => line.includes('❯ •'));
	await expect.poll(terminal.cursor).toEqual({x: terminal.rows()[row]?.lastIndexOf('•') ?? 0, y: row});
	terminal.press(keys.enter);
	await sees(terminal, 'leave');
	expect(got).toEqual(['?Zq  é']);
	terminal.press(keys.enter);
	const {summary} = await session.ending;
	expect(JSON.stringify([terminal.written(), summary, session.journal, engine.view()])).not.toMatch(/Zq|é/v);
});

test('a screen reader is told how much of a secret was typed, not what', async () => {
	const session = open(
		[
			step('profile', {
				questions: async () => [password],
			}),
		],
		{screenReader: true, rows: 40},
	);
	const {terminal} = session;
	await sees(terminal, 'textbox: empty');
	terminal.press('Zq');
	await sees(terminal, 'textbox: hidden, 2 characters');
	expect(terminal.written()).not.toContain('Zq');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	await session.ending;
});

test('a word that must be typed is taken only as it is', async () => {
	const session = open(story({'copy-out': {perform: async () => ({})}}), {given: {strategy: 'fresh', branch: 'b'}});
	const {terminal} = session;
	await sees(terminal, 'What it will do');
	terminal.press(keys.enter);
	await sees(terminal, 'Type «ping» to go on.');
	terminal.press(keys.enter);
	await sees(terminal, 'Type «ping» to go on; «» was typed.');
	terminal.press('prod\r');
	await sees(terminal, '«prod» was typed');
	for (const _ of 'prod') {
		terminal.press(keys.backspace);
	}

	terminal.press('ping\r');
	await sees(terminal, 'kubectl apply -f new.yaml');
	terminal.press(keys.interrupt);
	terminal.press(keys.interrupt);
	const {ending} = await session.ending;
	expect(ending).toEqual({exit: 'interrupted'});
});

test('a long text that is pasted is there, with its end in sight', async () => {
	const session = open([
		step('strategy', {questions: async () => [{kind: 'text', id: 'branch', title: 'Which branch?', why: ''}]}),
	]);
	const {terminal, engine} = session;
	await sees(terminal, 'Which branch?');
	const long = `${'abcdefghi/'.repeat(2000)}the-end`;
	terminal.press(pasted(long));
	await sees(terminal, 'abcdefghi/the-end');
	terminal.press(keys.enter);
	await sees(terminal, 'leave');
	terminal.press(keys.enter);
	await session.ending;
	expect(engine.view().state.answers.branch).toHaveLength(long.length);
});
