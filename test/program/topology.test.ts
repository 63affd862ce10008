import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {expect, test} from 'vitest';
import {
	answersFile,
	environmentOf,
	journalLines,
	onlyRun,
	outcomeOf,
	runProgram,
	startProgram,
	temporaryHome,
	temporarySandbox,
} from './program.js';

type Proved = ReadonlyArray<{
	readonly pod: string;
	readonly hook: {readonly initialize: string | null};
	readonly mended: readonly string[];
}>;

test(
	'three replicas with two backends move: each joins, is proved by itself and is repaired where its hook left it ' +
		'empty, past a kill, and what one of the old ones took last is on all',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({replicas: 3, backends: 2, entries: 60});
		const file = await answersFile(home, {
			strategy: 'fresh',
			image: '2103-8.2.0.3',
			freeze: 'freeze',
			'cut-over': 'identity',
		});
		// One replica has taken an entry and not yet passed it on.
		sandbox.faults.tell({kind: 'stop-replication', pod: 'pingdirectory-1'});
		await execa(
			'kubectl',
			['--namespace', 'identity', 'exec', '-i', 'pingdirectory-1', '--', 'ldapmodify', '--defaultAdd'],
			{
				env: await environmentOf(home, sandbox),
				input:
					'dn: uid=late,ou=People,dc=example,dc=com\nobjectClass: top\nobjectClass: person\nuid: late\ncn: ' +
					'late\nsn: late\n',
			},
		);
		const first = await startProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
		await expect
			.poll(() => first.stdout() + first.stderr(), {timeout: 60_000})
			.toContain('The replicas agree on all but 1 change');
		sandbox.faults.clear();
		// The last replica comes up Ready and empty: its hook enables replication, fails to initialize, and finds itself in
		// the topology after the restart.
		await expect
			.poll(() => sandbox.objects('StatefulSet', 'identity').map(({metadata}) => metadata.name), {timeout: 60_000})
			.toHaveLength(2);
		const newName = sandbox
			.objects('StatefulSet', 'identity')
			.map(({metadata}) => metadata.name)
			.find(name => name !== 'pingdirectory')!;
		sandbox.faults.tell({kind: 'fail-initialize', pod: `${newName}-2`});
		await expect
			.poll(
				async () => {
					const folder = await onlyRun(home).catch(() => '');
					const lines = await journalLines(folder);
					return lines.filter(({note}) => (note as {readonly kind?: string} | undefined)?.kind === 'replica-proved')
						.length;
				},
				{timeout: 90_000},
			)
			.toBe(1);
		first.signal('SIGKILL');
		await first.ended;
		const again = await runProgram({home, sandbox, args: ['resume', '--yes', '--answers', file, '--take-over']});
		expect(again.status, again.stdout + again.stderr).toBe(0);

		const folder = await onlyRun(home);
		const lines = await journalLines(folder);
		const {proved} = outcomeOf(lines, 'replicas') as {readonly proved: Proved};
		expect(proved.map(({pod}) => pod)).toEqual([`${newName}-1`, `${newName}-2`]);
		// Hooks of this age replicate the users' base DN only.
		expect(proved[0]).toMatchObject({
			hook: {initialize: '0'},
			mended: ['appintegrations: joined and initialized'],
		});
		expect(proved[1]).toMatchObject({
			hook: {initialize: '12'},
			mended: ['appintegrations: joined and initialized', 'userRoot: initialized'],
		});
		for (const backend of ['userRoot', 'appintegrations']) {
			const counts = [0, 1, 2].map(ordinal => sandbox.pod(`${newName}-${ordinal}`)?.entries(backend).length);
			expect(new Set(counts).size, backend).toBe(1);
			expect(counts[0]).toBeGreaterThan(6);
		}

		for (const ordinal of [0, 1, 2]) {
			const entries = sandbox.pod(`${newName}-${ordinal}`)?.entries('userRoot') ?? [];
			expect(entries.some(({dn}) => dn.startsWith('uid=late,'))).toBe(true);
		}

		const endpoints = sandbox.objects('Endpoints', 'identity').find(({metadata}) => metadata.name === 'pingdirectory');
		expect(JSON.stringify(endpoints?.subsets)).toMatch(new RegExp(`${newName}-0.*${newName}-1.*${newName}-2`, 'v'));
		const report = await readFile(join(folder, 'report.md'), 'utf8');
		expect(report).toContain(`digest of appintegrations on ${newName}-2`);
	},
	240_000,
);

test('a topology that is not fit to be moved is refused before anything is done, with the way out', async () => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox({replicas: 3, entries: 20});
	const refused = async () => runProgram({home, sandbox, args: ['migrate', '--yes']});
	sandbox.faults.tell({kind: 'lockdown', pod: 'pingdirectory-2'});
	const locked = await refused();
	expect(locked.status, locked.stdout).toBe(3);
	expect(locked.stdout + locked.stderr).toContain('pingdirectory-2 is in lockdown mode.');
	sandbox.faults.clear();
	sandbox.faults.tell({kind: 'stranger', pod: 'pingdirectory-0', hostname: 'pingdirectory-0.other-cluster'});
	sandbox.faults.tell({kind: 'diverge', pod: 'pingdirectory-1', dn: 'uid=user.1,', by: 'conflict'});
	const strange = await refused();
	expect(strange.status).toBe(3);
	expect(strange.stdout + strange.stderr).toMatch(/pingdirectory-1 has naming conflicts/v);
	// A pod of another cluster has the name of one of these.
	expect(strange.stdout + strange.stderr).toContain('no pods of this workload: pingdirectory-0.other-cluster:636');
}, 60_000);

test(
	'as root three replicas restart by a partition, the last one first, and none before the one above it has ' +
		'caught up',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({replicas: 3, entries: 20});
		const spec = () =>
			sandbox.objects('StatefulSet', 'identity')[0]?.spec as {
				readonly updateStrategy: {readonly rollingUpdate?: {readonly partition?: number}};
			};
		const imageOf = (ordinal: number): string | undefined => {
			const pod = sandbox.objects('Pod', 'identity').find(({metadata}) => metadata.name === `pingdirectory-${ordinal}`);
			return (pod?.spec as {readonly containers: ReadonlyArray<{readonly image: string}>} | undefined)?.containers[0]
				?.image;
		};

		const file = await answersFile(home, {
			strategy: 'root',
			image: '2103-8.2.0.3',
			freeze: 'open',
			restart: 'identity',
		});
		const run = await startProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
		await expect.poll(() => spec().updateStrategy.rollingUpdate?.partition, {timeout: 60_000}).toBe(2);
		// What the first takes meanwhile does not reach the last.
		sandbox.faults.tell({kind: 'stop-replication', pod: 'pingdirectory-2'});
		await execa('kubectl', ['--namespace', 'identity', 'exec', '-i', 'pingdirectory-0', '--', 'ldapmodify'], {
			env: await environmentOf(home, sandbox),
			input: 'dn: dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: meanwhile\n',
		});
		await expect
			.poll(() => run.stdout() + run.stderr(), {timeout: 60_000})
			.toContain('pingdirectory-2 catches up, 1 change on the way');
		expect(imageOf(2)).toContain('2103');
		expect([imageOf(0), imageOf(1)].every(image => image?.includes('2102'))).toBe(true);
		sandbox.faults.clear();
		const ended = await run.ended;
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);
		expect(ended.stdout + ended.stderr).toMatch(
			/pingdirectory-2: uid 0,[^\n]*\n[\s\S]*pingdirectory-1: uid 0,[^\n]*\n[\s\S]*pingdirectory-0: uid 0,/v,
		);
		expect(spec().updateStrategy.rollingUpdate?.partition ?? 0).toBe(0);
		const back = await runProgram({home, sandbox, args: ['rollback', '--yes']});
		expect(back.status, back.stdout + back.stderr).toBe(0);
		expect([0, 1, 2].map(ordinal => imageOf(ordinal)).every(image => image?.includes('2102'))).toBe(true);
	},
	180_000,
);
