import {join} from 'node:path';
import {expect, test} from 'vitest';
import {failureLabels} from '../../source/failure/text.js';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {boundariesOf, waitForBoundary} from './journal-watch.js';
import {
	answersFile,
	environmentOf,
	freshAnswers,
	journalLines,
	onlyRun,
	runsOf,
	startProgram,
	temporaryHome,
	temporarySandbox,
	type JournalLine,
	type Program,
} from './program.js';
import {startProgram as startOnTerminal} from './terminal.js';
import {keysOf} from './walk.js';

/** An operator with a home of their own, and the migration they started. */
type Operator = Program & {readonly home: string};

const operator = async (sandbox: Sandbox, ...flags: readonly string[]): Promise<Operator> => {
	const home = await temporaryHome();
	const file = await answersFile(home, {...freshAnswers, 'profile-repository': join(home, 'profiles')});
	return {home, ...(await startProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file, ...flags]}))};
};

/** Waits until the operator's journal says so. */
const reaches = async (program: Operator, boundary: string): Promise<void> => {
	const runs = runsOf(program.home);
	const passed = new Set<string>();
	while (await waitForBoundary(program, runs, passed)) {
		for (const known of await boundariesOf(runs)) {
			passed.add(known);
		}

		if (passed.has(boundary)) {
			return;
		}
	}

	throw new Error(`It ended before «${boundary}»: ${program.stdout()}${program.stderr()}`);
};

/** The line that opened the operator's only run. */
const openingOf = async ({home}: Operator): Promise<JournalLine | undefined> => {
	const [opening] = await journalLines(await onlyRun(home));
	return opening;
};

const lastLine = async ({home}: Operator): Promise<JournalLine | undefined> => {
	const lines = await journalLines(await onlyRun(home));
	return lines.at(-1);
};

const kinds = ['StatefulSet', 'Deployment', 'Service', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Pod', 'Job'];

/** All that a run could change, but the lease that is renewed. */
const inNamespace = (sandbox: Sandbox): string =>
	JSON.stringify(
		kinds.map(kind => sandbox.objects(kind, 'identity')),
		undefined,
		'\t',
	);

const holder = (sandbox: Sandbox): unknown => {
	const [lease] = sandbox.objects('Lease', 'identity');
	return (lease?.spec as {readonly holderIdentity?: unknown} | undefined)?.holderIdentity;
};

/** The labels of the four parts, as often as they were told. */
const told = (said: string): readonly string[] => {
	const labels = new Set(Object.values(failureLabels).map(label => `${label}:`));
	return said.split('\n').filter(line => labels.has(line));
};

const fourParts = ['What was seen:', 'What it means:', 'What to do:', 'By hand:'];

test('a second operator is refused and told who is at work since when; who takes over goes on to the end, and the first one stops', async () => {
	const sandbox = await temporarySandbox();
	sandbox.faults.tell({kind: 'hold-import'});
	const first = await operator(sandbox, '--output', 'json');
	await reaches(first, 'step-started import');
	const opened = await openingOf(first);
	const before = {objects: inNamespace(sandbox), holder: holder(sandbox)};

	const second = await operator(sandbox);
	const refused = await second.ended;
	expect(refused).toMatchObject({status: 3, stdout: ''});
	expect(told(refused.stderr)).toEqual(fourParts);
	expect(refused.stderr).toContain(
		`The namespace «identity» is held by the run ${opened?.run as string} of ${opened?.by as string} on `,
	);
	expect(refused.stderr).toContain(` since ${opened?.at as string}.`);
	expect(refused.stderr).toContain('--take-over');
	expect({objects: inNamespace(sandbox), holder: holder(sandbox)}).toEqual(before);
	expect(await boundariesOf(runsOf(second.home))).toEqual([]);

	const third = await operator(sandbox, '--take-over');
	const lost = await first.ended;
	const taken = await openingOf(third);
	const seen = `The namespace «identity» was taken over by the run ${taken?.run as string} of ${taken?.by as string} on `;
	expect(lost.status, lost.stderr).toBe(3);
	expect(told(lost.stderr)).toEqual(fourParts);
	expect(lost.stderr).toContain(seen);
	expect(JSON.parse(lost.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
		type: 'ended',
		run: opened?.run,
		exit: 'blocked',
		failure: {code: 'lease-lost', seen: expect.stringContaining(seen) as string},
	});
	expect(await lastLine(first)).toMatchObject({type: 'run-stopped', why: expect.stringContaining(seen) as string});
	expect(await boundariesOf(runsOf(first.home))).not.toContain('step-performed import');
	expect(holder(sandbox)).toMatch(new RegExp(`^${taken?.run as string}/`, 'v'));

	sandbox.faults.clear();
	const {status, stdout, stderr} = await third.ended;
	expect(status, stdout + stderr).toBe(0);
	expect(holder(sandbox)).toBeUndefined();
}, 120_000);

test('a run that was suspended while somebody took its namespace changes nothing more when it goes on', async () => {
	const sandbox = await temporarySandbox();
	const first = await operator(sandbox);
	await reaches(first, 'step-verified copy-out');
	first.signal('SIGSTOP');
	const second = await operator(sandbox, '--take-over');
	await reaches(second, 'run-opened');
	second.signal('SIGSTOP');
	const before = inNamespace(sandbox);

	first.signal('SIGCONT');
	const {status, stdout, stderr} = await first.ended;
	const taken = await openingOf(second);
	expect(status, stdout + stderr).toBe(3);
	expect(told(stderr)).toEqual(fourParts);
	expect(stderr).toContain(`was taken over by the run ${taken?.run as string} of `);
	expect(stdout).toMatch(/^Stopped at step \d+ of \d+/mv);
	expect(inNamespace(sandbox)).toBe(before);
	expect(holder(sandbox)).toMatch(new RegExp(`^${taken?.run as string}/`, 'v'));
}, 120_000);

test('on a terminal the first run leaves the screen by itself, and tells the four parts of its loss once', async ({
	onTestFinished,
}) => {
	const sandbox = await temporarySandbox();
	const environment = await environmentOf(await temporaryHome(), sandbox, {TERM: 'xterm-256color'});
	const terminal = startOnTerminal(['migrate'], {
		onTestFinished,
		environment: environment as Readonly<Record<string, string>>,
	});
	await terminal.until(frame => keysOf(frame).startsWith('Enter go on'));
	const second = await operator(sandbox, '--take-over');
	await reaches(second, 'run-opened');
	second.signal('SIGSTOP');

	expect(await terminal.ended).toBe(3);
	expect(terminal.scrollback()).toContain('was taken over by the run ');
	expect(told(terminal.scrollback())).toEqual(fourParts);
}, 120_000);
