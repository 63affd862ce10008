import {basename, join} from 'node:path';
import {execa} from 'execa';
import {expect, test} from 'vitest';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {boundariesOf, waitForBoundary} from './journal-watch.js';
import {
	answersFile,
	environmentOf,
	journalLines,
	onlyRun,
	outcomeOf,
	runProgram,
	runsOf,
	startProgram,
	temporaryHome,
	temporarySandbox,
} from './program.js';

const write = String.raw`printf 'dn: dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: written after the way back\n' >/tmp/change.ldif && ldapmodify --ldifFile /tmp/change.ldif`;

/**
Runs a constant script in the old server's pod, by kubectl and not by the program. Gives what it printed; rejects where
it fails.
*/
const inOldPod = async (home: string, sandbox: Sandbox, script: string): Promise<string> => {
	const {stdout, stderr} = await execa(
		'kubectl',
		['--namespace', 'identity', 'exec', 'pingdirectory-0', '--', 'sh', '-c', script],
		{env: await environmentOf(home, sandbox)},
	);
	return stdout + stderr;
};

const replicasOf = (sandbox: Sandbox): Readonly<Record<string, number>> =>
	Object.fromEntries(
		sandbox
			.objects('StatefulSet', 'identity')
			.map(({metadata, spec}) => [metadata.name, (spec as {readonly replicas: number}).replicas]),
	);

type ServiceSpec = {readonly ports: readonly unknown[]; readonly [field: string]: unknown};

const clientService = (sandbox: Sandbox): ServiceSpec =>
	sandbox.objects('Service', 'identity').find(({metadata}) => metadata.name === 'pingdirectory')?.spec as ServiceSpec;

const claimsOf = (sandbox: Sandbox): readonly string[] =>
	sandbox
		.objects('PersistentVolumeClaim', 'identity')
		.map(({metadata}) => metadata.name)
		.toSorted((a, b) => a.localeCompare(b));

test(
	'a rollback after the cut-over, killed whenever it has undone something, leads the clients to the old server, ' +
		'which takes writes again',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox();
		const service = clientService(sandbox);
		const claims = claimsOf(sandbox);
		const file = await answersFile(home, {
			strategy: 'fresh',
			image: '2103-8.2.0.3',
			freeze: 'freeze',
			'cut-over': 'identity',
			'carry-back': 'apply',
			'roll-back': 'identity',
		});
		const migrated = await runProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
		expect(migrated.status, migrated.stdout + migrated.stderr).toBe(0);
		const folder = await onlyRun(home);
		const {newName} = outcomeOf(await journalLines(folder), 'strategy') as {readonly newName: string};
		expect(replicasOf(sandbox)).toEqual({pingdirectory: 0, [newName]: 1});
		const moved = clientService(sandbox);
		expect(moved).not.toEqual(service);
		// Somebody else opens another port meanwhile.
		const added = {name: 'extra', port: 9443, protocol: 'TCP', targetPort: 9443};
		const patch = JSON.stringify({spec: {ports: [...moved.ports, added]}});
		await execa(
			'kubectl',
			['--namespace', 'identity', 'patch', 'service', 'pingdirectory', '--type=merge', '-p', patch],
			{
				env: await environmentOf(home, sandbox),
			},
		);

		const over = await runProgram({home, sandbox, args: ['resume', '--yes']});
		expect(over).toMatchObject({status: 2, stdout: ''});
		expect(over.stderr).toMatch(
			new RegExp(
				`The last was ${basename(folder)}, a migration in the context sandbox, namespace identity; it finished at`,
				'v',
			),
		);
		expect(over.stderr).toMatch(
			new RegExp(
				`^By hand:\n {2}unroot status ${basename(folder)}\n {2}unroot report ${basename(folder)}\n {2}unroot ` +
					`rollback ${basename(folder)}$`,
				'mv',
			),
		);

		const passed = new Set(await boundariesOf(runsOf(home)));
		let kills = 0;
		for (;;) {
			const program = await startProgram({home, sandbox, args: ['rollback', '--yes', '--answers', file]});
			if (!(await waitForBoundary(program, runsOf(home), passed))) {
				const ended = await program.ended;
				expect(ended.status, ended.stdout + ended.stderr).toBe(0);
				break;
			}

			program.signal('SIGKILL');
			await program.ended;
			kills += 1;
			for (const boundary of await boundariesOf(runsOf(home))) {
				passed.add(boundary);
			}
		}

		expect(kills).toBeGreaterThan(3);
		expect(replicasOf(sandbox)).toEqual({pingdirectory: 1, [newName]: 0});
		expect(clientService(sandbox)).toEqual({...service, ports: [...service.ports, added]});
		expect(claimsOf(sandbox)).toEqual([...claims, `out-dir-${newName}-0`].toSorted((a, b) => a.localeCompare(b)));
		expect(await inOldPod(home, sandbox, write)).toContain('dc=example,dc=com');
		const lines = await journalLines(folder);
		expect(lines.at(-1)?.type).toBe('run-rolled-back');
		expect(JSON.stringify(lines.filter(({type, step}) => type === 'undo-done' && step === 'cut-over'))).toContain(
			'changed by somebody else and kept: spec.ports[9443/TCP]',
		);
	},
	240_000,
);

test(
	'a rollback after the proof lifts the freeze, takes the export off the volume, and leaves the new workload ' +
		'without a pod',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox();
		const before = {replicas: replicasOf(sandbox), service: clientService(sandbox), claims: claimsOf(sandbox)};
		// The word before the cut-over has no answer here: there the run stops.
		const file = await answersFile(home, {
			strategy: 'fresh',
			image: '2103-8.2.0.3',
			'profile-repository': join(home, 'profiles'),
			'profile-path': 'pingdirectory',
			encryption: 'none',
			freeze: 'freeze',
			'freeze-budget': '30m',
			'profile-delivery': 'config-map',
			'manifests-commit': 'commit',
		});
		const stopped = await runProgram({home, sandbox, args: ['migrate', '--answers', file]});
		expect(stopped.status, stopped.stdout + stopped.stderr).toBe(4);
		const folder = await onlyRun(home);
		const {files} = outcomeOf(await journalLines(folder), 'export') as {
			readonly files: ReadonlyArray<{readonly file: string}>;
		};
		const {newName} = outcomeOf(await journalLines(folder), 'strategy') as {readonly newName: string};
		const exported = files[0]?.file ?? '';
		expect(exported).toMatch(/^\/opt\/out\/.+\.ldif$/v);
		expect(await inOldPod(home, sandbox, `ls ${exported}`)).toContain(exported);
		await expect(inOldPod(home, sandbox, write)).rejects.toThrow('writability mode');

		const ended = await runProgram({home, sandbox, args: ['rollback', '--yes']});
		expect(ended.status, ended.stdout + ended.stderr).toBe(0);
		await expect(inOldPod(home, sandbox, `ls ${exported}`)).rejects.toThrow();
		expect(await inOldPod(home, sandbox, write)).toContain('dc=example,dc=com');
		expect({replicas: replicasOf(sandbox), service: clientService(sandbox), claims: claimsOf(sandbox)}).toEqual({
			replicas: {...before.replicas, [newName]: 0},
			service: before.service,
			claims: [...before.claims, `out-dir-${newName}-0`].toSorted((a, b) => a.localeCompare(b)),
		});
	},
	120_000,
);
