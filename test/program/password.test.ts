import {expect, test} from 'vitest';
import {administration, filesBelow, password} from './administration.js';
import {journalLines} from './program.js';
import {keys, type Frame, type ProgramTerminal} from './terminal.js';
import {keysOf, paneOf} from './walk.js';

const wrong = 'wrong-password-of-the-operator';

/** Types what is shown as dots, and starts the step. */
const typeAndStart = async (terminal: ProgramTerminal, typed: string): Promise<void> => {
	await terminal.until(frame => paneOf(frame).includes('What is the password of administrator?'));
	terminal.press(typed);
	await terminal.until(({text}) => text.includes(`❯ ${'•'.repeat(typed.length)}`));
	terminal.press(keys.enter);
	await terminal.until(frame => keysOf(frame).startsWith('Enter start'));
};

test('a password that is typed opens the administration API, and stands in no file, no frame and no argument', async () => {
	const {home, atTerminal, resumeAlone, folder} = await administration('pingfederate', '2103-10.2.2');
	const frames: Frame[] = [];
	const keep = (frame: Frame): void => {
		frames.push(frame);
	};

	const first = await atTerminal(['migrate'], keep);
	await first.until(frame => keysOf(frame).startsWith('Enter go on'));
	first.press(keys.enter);
	await first.until(frame => paneOf(frame).includes('Enter alone: you are asked to type the password.'));
	first.press(keys.enter);
	await typeAndStart(first, wrong);
	first.press(keys.enter);
	await first.until(frame => paneOf(frame).includes('refuses the password of administrator (401)'));
	first.press('r');
	await typeAndStart(first, password);
	first.kill('SIGKILL');
	await first.ended;

	const alone = await resumeAlone();
	expect(alone.status, alone.stdout + alone.stderr).toBe(4);
	expect(alone.stderr).toContain('{"answers": {"profile-admin-password-file": "…"}}');

	const second = await atTerminal(['resume'], keep);
	await typeAndStart(second, password);
	second.press(keys.enter);
	await second.until(({text}) => /^✓{4}/mv.test(text));
	second.press(keys.interrupt);
	second.press(keys.interrupt);
	expect(await second.ended).toBe(130);

	const run = await folder();
	const lines = await journalLines(run);
	expect(lines.filter(({type, step}) => type === 'step-verified' && step === 'profile')).toHaveLength(1);
	const files = await filesBelow(home);
	expect(
		files
			.keys()
			.map(path => path.split('/').at(-1))
			.toArray(),
	).toEqual(expect.arrayContaining(['journal.jsonl', 'report.md', 'profile.env', 'argv.log', 'answers.json']));
	for (const text of [
		...files.values(),
		...frames.map(frame => frame.text),
		first.written(),
		second.written(),
		first.scrollback(),
		second.scrollback(),
		alone.stdout,
		alone.stderr,
	]) {
		expect(text).not.toMatch(/wrong-password|admin\\*" pass/v);
	}
}, 120_000);
