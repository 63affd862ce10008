import {symlink} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {expect, test} from 'vitest';
import {commands} from '../../source/commands/arguments.js';
import {asCalled, commandNames} from '../../source/failure/called.js';
import {programPath, temporaryDesk, runToEnd, type Result} from './desk.js';

const desk = await temporaryDesk();

/** The program, called by another name. */
const called = async (name: string, ...words: readonly string[]): Promise<Result> =>
	runToEnd([process.execPath, join(desk.folder, name), ...words], {environment: desk.environment, folder: desk.folder});

test('called as a plugin it names itself so, in help, failures and JSON, and never twice', async () => {
	await symlink(programPath, join(desk.folder, 'kubectl-unroot'));
	const [help, own, unknown, json] = await Promise.all([
		called('kubectl-unroot', '--help'),
		called('kubectl-unroot', 'migrate', '--help'),
		called('kubectl-unroot', 'status', 'no-such-run'),
		called('kubectl-unroot', 'status', 'no-such-run', '-o', 'json'),
	]);
	expect(help.stdout).toContain('  kubectl unroot migrate');
	expect(own.stdout).toContain('kubectl unroot migrate --context production');
	expect(unknown.stderr).toContain('  kubectl unroot runs');
	expect(JSON.parse(json.stderr)).toMatchObject({failure: {byHand: 'kubectl unroot runs'}});
	for (const {stdout, stderr} of [help, own, unknown, json]) {
		expect(stdout + stderr).not.toMatch(/kubectl kubectl|(?<!kubectl )\bunroot (?:migrate|runs|resume) /v);
	}
});

test('called by its own name it says unroot', async () => {
	const {stderr} = await desk.unroot(['status', 'no-such-run']);
	expect(stderr).toContain('  unroot runs');
	expect(stderr).not.toContain('kubectl unroot');
});

test('kubectl asks kubectl_complete-unroot what could be typed next', async () => {
	await symlink(programPath, join(desk.folder, 'kubectl_complete-unroot'));
	expect(await called('kubectl_complete-unroot', 'mig')).toMatchObject({status: 0, stdout: 'migrate\n:0\n'});
	expect(await called('kubectl_complete-unroot', 'inspect', '--sev')).toMatchObject({stdout: '--severity\n:0\n'});
});

test.each([
	['Go on: unroot resume 2026-1', 'Go on: kubectl unroot resume 2026-1'],
	['unroot --help', 'kubectl unroot --help'],
	['kubectl unroot resume', 'kubectl unroot resume'],
	['unroot overwrites nothing of theirs', 'unroot overwrites nothing of theirs'],
	['~/.local/state/unroot/runs, branch unroot/resume', '~/.local/state/unroot/runs, branch unroot/resume'],
	['--field-manager=unroot -f', '--field-manager=unroot -f'],
])('«%s» reads «%s» to who called a plugin', (text, said) => {
	expect(asCalled(text, true)).toBe(said);
	expect(asCalled(text, false)).toBe(text);
});

test('every command is known by its name', () => {
	const known = new Set(commandNames.split('|'));
	expect(commands.map(({name}) => name).filter(name => !known.has(name))).toEqual([]);
});
