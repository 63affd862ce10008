import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {person} from '../sandbox/person.js';
import {lookForRun} from './journal-watch.js';
import {
	answersFile,
	freshAnswers,
	journalLines,
	onlyRun,
	runProgram,
	runsOf,
	startProgram,
	temporaryHome,
	temporarySandbox,
	type JournalLine,
	type Program,
} from './program.js';

const answers = {...freshAnswers, freeze: 'catch-up', 'catch-up-until': 'now', 'freeze-budget': '60s'};

/** Whether a pod takes a write. */
const takes = (sandbox: Sandbox, pod: string, uid: string): boolean =>
	sandbox.pod(pod)?.change(person(uid)) === undefined;

const has = (sandbox: Sandbox, pod: string, uid: string): boolean =>
	sandbox
		.pod(pod)
		?.entries()
		.some(({dn}) => dn.startsWith(`uid=${uid},`)) ?? false;

const podsBehind = (sandbox: Sandbox): string => {
	const endpoints = sandbox.objects('Endpoints', 'identity').find(({metadata}) => metadata.name === 'pingdirectory');
	return JSON.stringify(endpoints?.subsets ?? []);
};

const scaleOf = (sandbox: Sandbox, name: string): number =>
	(
		sandbox.objects('StatefulSet', 'identity').find(({metadata}) => metadata.name === name)?.spec as {
			readonly replicas: number;
		}
	).replicas;

/** Waits until the journal holds such a line, looking as often as it can. */
const saidInJournal = async (home: string, program: Program, isSuch: (line: JournalLine) => boolean): Promise<void> => {
	await expect
		.poll(
			async () => {
				const lines = await journalLines((await lookForRun(runsOf(home))) ?? '');
				return lines.some(line => isSuch(line)) || program.child.exitCode !== null;
			},
			{timeout: 120_000, interval: 2},
		)
		.toBe(true);
};

/** Kills the program when its journal holds such a line. */
const killAt = async (program: Program, home: string, isSuch: (line: JournalLine) => boolean): Promise<void> => {
	await saidInJournal(home, program, isSuch);
	program.signal('SIGKILL');
	await program.ended;
};

test(
	'killed within the last round: status says that writes are refused, the pods lift the freeze at the deadline, ' +
		'and the next start says so and loses nothing; killed between switch and scale-down it ends right',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({entries: 30, replicas: 2});
		const file = await answersFile(home, {...answers, 'profile-repository': join(home, 'profiles')});
		const begun = await startProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
		await saidInJournal(home, begun, ({type, step}) => type === 'freeze-begun' && step === 'cut-over');
		let asked = 0;
		const isRefused = (): boolean => {
			asked += 1;
			return (
				!takes(sandbox, 'pingdirectory-0', `probe-${asked}`) && !takes(sandbox, 'pingdirectory-1', `probe-${asked}`)
			);
		};

		await expect.poll(isRefused, {timeout: 60_000, interval: 2}).toBe(true);
		begun.signal('SIGKILL');
		await begun.ended;
		const folder = await onlyRun(home);
		const status = await runProgram({home, sandbox, args: ['status']});
		expect(status.stdout.split('\n', 1)[0]).toMatch(
			/^Writes are refused since .* on pingdirectory-0, pingdirectory-1, until .* at the latest\.$/v,
		);
		await expect
			.poll(() => takes(sandbox, 'pingdirectory-0', 'late-0') && takes(sandbox, 'pingdirectory-1', 'late-1'), {
				timeout: 120_000,
				interval: 200,
			})
			.toBe(true);
		expect(podsBehind(sandbox)).toMatch(/pingdirectory-0.*pingdirectory-1/v);
		const over = await runProgram({home, sandbox, args: ['status']});
		expect(over.stdout).toContain('That time is over: the pods were to lift it by themselves.');

		const resumed = await startProgram({
			home,
			sandbox,
			args: ['resume', '--yes', '--answers', file, '--freeze-budget', '10m', '--take-over'],
		});
		await killAt(resumed, home, ({type, note}) => type === 'step-noted' && (note as {kind?: string}).kind === 'moving');
		const lines = await journalLines(folder);
		expect(lines.filter(({type}) => type === 'freeze-ended')).toMatchObject([{how: 'expired'}]);
		expect(resumed.stdout() + resumed.stderr()).toContain('The time for the freeze of pingdirectory was over');

		const ended = await runProgram({
			home,
			sandbox,
			args: ['resume', '--yes', '--answers', file, '--freeze-budget', '10m', '--take-over'],
		});
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);
		const newName = /"pod":"(?<name>pingdirectory-[^"]+)-0"/v.exec(JSON.stringify(await journalLines(folder)))?.groups
			?.name;
		expect(newName).toBeDefined();
		expect(scaleOf(sandbox, 'pingdirectory')).toBe(0);
		for (const pod of [`${newName}-0`, `${newName}-1`]) {
			expect(podsBehind(sandbox)).toContain(pod);
			expect([has(sandbox, pod, 'late-0'), has(sandbox, pod, 'late-1')]).toEqual([true, true]);
		}

		const report = await readFile(join(folder, 'report.md'), 'utf8');
		expect(report).toContain('taken again: the time for the freeze was over');
	},
	360_000,
);

test(
	'a last round that does not come to its end within the budget ends with status 3, says that writes are taken ' +
		'again on every replica, and that nothing moved',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({entries: 30, replicas: 2});
		const file = await answersFile(home, {...answers, 'profile-repository': join(home, 'profiles')});
		const program = await startProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
		await expect
			.poll(
				async () => {
					const lines = await journalLines((await lookForRun(runsOf(home))) ?? '');
					return lines.some(({type, step}) => type === 'step-verified' && step === 'catch-up');
				},
				{timeout: 120_000, interval: 2},
			)
			.toBe(true);
		// From here on the replicas do not agree.
		sandbox.faults.tell({kind: 'stop-replication', pod: 'pingdirectory-1'});
		expect(takes(sandbox, 'pingdirectory-0', 'not-passed-on')).toBe(true);
		const ended = await program.ended;
		const said = ended.stdout + ended.stderr;
		expect(ended.status, said).toBe(3);
		expect(said).toContain('the freeze was allowed to last 1 min');
		expect(said).toMatch(/Writes are allowed again on\s+pingdirectory-0, pingdirectory-1, which was read back/v);
		expect(said).toContain('The time for the freeze that began at');
		expect(podsBehind(sandbox)).toMatch(/pingdirectory-0.*pingdirectory-1/v);
		expect([takes(sandbox, 'pingdirectory-0', 'after-0'), takes(sandbox, 'pingdirectory-1', 'after-1')]).toEqual([
			true,
			true,
		]);
		expect(sandbox.objects('StatefulSet', 'identity')[0]?.metadata.annotations).not.toHaveProperty('unroot/freeze');
		const status = await runProgram({home, sandbox, args: ['status']});
		expect(status.stdout).toContain('writes are taken again on pingdirectory-0, pingdirectory-1');
	},
	360_000,
);
