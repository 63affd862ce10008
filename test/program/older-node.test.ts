import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {expect, onTestFinished, test} from 'vitest';
import {
	answersFile,
	cli,
	environmentOf,
	freshAnswers,
	journalLines,
	onlyRun,
	temporaryHome,
	temporarySandbox,
} from './program.js';

/** Has a Node take itself for one of version 20, as long as nobody started it with a channel. */
const asOlder = `data:text/javascript,${encodeURIComponent(
	"if (!process.channel) Object.defineProperty(process, 'versions', {value: {...process.versions, node: '20.1.0'}});",
)}`;

test.each([
	['SIGINT to the process group, as Ctrl-C sends it', 'SIGINT', true],
	['SIGTERM to the process group', 'SIGTERM', true],
	['SIGHUP to the process group', 'SIGHUP', true],
	['SIGTERM to the program alone', 'SIGTERM', false],
] as const)('started by an older Node, %s stops the run once, and cleanly', async (_, signal, isForGroup) => {
	const [home, sandbox] = await Promise.all([temporaryHome(), temporarySandbox()]);
	// An exec that never ends by itself: the program is in the middle of something.
	sandbox.faults.tell({kind: 'slow', bytesPerSecond: 1, times: 1000});
	const answers = await answersFile(home, {...freshAnswers, 'profile-repository': join(home, 'profiles')});
	await mkdir(join(home, 'cwd'));
	const child = spawn(process.execPath, ['--import', asOlder, cli, 'migrate', '--yes', '--answers', answers], {
		cwd: join(home, 'cwd'),
		env: await environmentOf(home, sandbox),
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const {pid = NaN} = child;
	onTestFinished(() => {
		try {
			process.kill(-pid, 'SIGKILL');
		} catch {
			// Nothing of it is left.
		}
	});
	const closed = once(child, 'close');
	child.stdout.resume();
	child.stderr.resume();
	await expect
		.poll(async () => journalLines(await onlyRun(home).catch(() => '')), {timeout: 20_000})
		.toContainEqual(expect.objectContaining({type: 'step-verified', step: 'connect'}));
	process.kill(isForGroup ? -pid : pid, signal);
	expect(await closed).toEqual([130, null]);
	const lines = await journalLines(await onlyRun(home));
	expect(lines.at(-1)).toMatchObject({type: 'run-stopped'});
});
