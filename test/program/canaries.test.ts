import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import {lstat, mkdir, readdir, readFile, readlink, rm, writeFile} from 'node:fs/promises';
import {join, relative, sep} from 'node:path';
import {execa} from 'execa';
import {expect, test} from 'vitest';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {rightsOf} from '../../source/steps/run/rights.js';
import {inherited} from './inherited.js';
import {
	answersFile,
	freshAnswers,
	git,
	onlyRun,
	runProgram,
	startProgram,
	temporaryHome,
	temporarySandbox,
	type Ended,
	journalLines,
} from './program.js';

/** What no reject file's reader may repeat: a tool says it of an entry that it refuses. */
const saidByTool = 'Kanarienvogel, der nicht singt';

/** A password that the old workload has in the clear, in the ConfigMap of its environment. */
const inTheClear = 'kestrel4Q9x7Zv2';

/** Changes an object as an operator does, before the run begins. */
const kubectlPatch = async (
	sandbox: Sandbox,
	home: string,
	kind: string,
	name: string,
	patch: Readonly<Record<string, unknown>>,
): Promise<void> => {
	const kubeconfig = join(home, 'before', 'kubeconfig');
	await mkdir(join(home, 'before'));
	await writeFile(kubeconfig, sandbox.kubeconfig);
	await execa(
		'kubectl',
		['--namespace', 'identity', 'patch', kind, name, '--type', 'merge', '--patch', JSON.stringify(patch)],
		{env: {...inherited, HOME: join(home, 'before'), KUBECONFIG: kubeconfig}, extendEnv: false},
	);
	await rm(join(home, 'before'), {recursive: true});
};

/** Values of entries that stand nowhere but in entries. */
const canariesIn = (sandbox: Sandbox): readonly string[] => {
	const people = (sandbox.pod('pingdirectory-0')?.entries() ?? []).filter(({dn}) => dn.startsWith('uid='));
	const found = people
		.slice(0, 20)
		.flatMap(({dn, attributes}) => [
			dn,
			...attributes
				.filter(([name]) => ['mail', 'telephoneNumber', 'userPassword', 'street'].includes(name))
				.map(([, value]) => (typeof value === 'string' ? value : '')),
		])
		.filter(value => value.length > 6);
	if (found.length < 20) {
		throw new Error('the sandbox has no values to look for');
	}

	return [...found, saidByTool];
};

const filesBelow = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	return entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name));
};

/** Arguments of all processes of this machine, until it is told to stop. */
const watchArguments = (): (() => Promise<string>) => {
	const seen = new Set<string>();
	const sample = async (): Promise<void> => {
		const {promise, resolve} = Promise.withResolvers<void>();
		execFile('ps', ['-eo', 'args'], {maxBuffer: 64 * 1024 * 1024}, (_, stdout) => {
			for (const line of stdout.split('\n')) {
				seen.add(line);
			}

			resolve();
		});
		await promise;
	};

	let last = sample();
	const timer = setInterval(() => {
		last = sample();
	}, 250);
	return async () => {
		clearInterval(timer);
		await last;
		return [...seen].join('\n');
	};
};

/** Where user data may be: two folders of the run, whose files only the operator reads. */
const isForUserData = (run: string, path: string): boolean =>
	['data', 'secrets'].includes(relative(run, path).split(sep)[0] ?? '');

test('canaries in entries and in what tools say come out nowhere: after failure, kill, resume, success and rollback', async () => {
	const [home, sandbox] = await Promise.all([temporaryHome(), temporarySandbox()]);
	const canaries = [...canariesIn(sandbox), inTheClear];
	await kubectlPatch(sandbox, home, 'configmap', 'pingdirectory-environment-variables', {
		data: {LDAP_BIND_PASSWORD: inTheClear},
	});
	const temporary = join(home, 'tmp');
	await mkdir(temporary);
	const argumentsSeen = watchArguments();
	const repository = join(home, 'profiles');
	const answers = await answersFile(home, {
		...freshAnswers,
		'profile-repository': repository,
		copies: 'shred',
		'carry-back': 'leave',
	});
	const env = {TMPDIR: temporary};
	const said: Ended[] = [];

	/** Looks for the canaries in all that there is by now. */
	const look = async (when: string): Promise<void> => {
		const run = await onlyRun(home);
		const texts: Array<readonly [string, string]> = [
			...said.flatMap(({stdout, stderr}, index): Array<readonly [string, string]> => [
				[`stdout of ${index}`, stdout],
				[`stderr of ${index}`, stderr],
			]),
			['git', await git(repository, 'log', '-p', '--all')],
		];
		for (const path of await filesBelow(home)) {
			const {mode} = await lstat(path);
			if (isForUserData(run, path)) {
				expect(mode % 0o1000, `${when}: ${path}`).toBe(0o600);
			} else {
				texts.push([path, await readFile(path, 'latin1').catch(async () => readlink(path))]);
			}
		}

		for (const output of ['text', 'json']) {
			for (const command of ['status', 'report']) {
				const {stdout, stderr} = await runProgram({home, sandbox, env, args: [command, run, '-o', output]});
				texts.push([`${command} -o ${output}`, stdout + stderr]);
			}
		}

		for (const [where, text] of texts) {
			const found = canaries.filter(canary => text.includes(canary));
			expect(found, `${when}: ${where}`).toEqual([]);
		}
	};

	/** Nothing of the run is left in the pods that run. */
	const lookInPods = (): void => {
		for (const {metadata} of sandbox.objects('Pod', 'identity')) {
			const pod = metadata.name.startsWith('pingdirectory') ? sandbox.pod(metadata.name) : undefined;
			const left = pod === undefined ? [] : [...pod.list('/opt/out'), ...pod.list('/tmp')];
			expect(left.filter(name => name.startsWith('unroot'))).toEqual([]);
		}
	};

	// A failure: the new server rejects an entry, and says of it what is nobody's business.
	sandbox.faults.tell({kind: 'reject-entries', dn: String.raw`^uid=user\.1,`, reason: saidByTool});
	said.push(await runProgram({home, sandbox, env, args: ['migrate', '--yes', '--answers', answers]}));
	expect(said[0]?.status, said[0]?.stderr).toBe(1);
	expect(said[0]?.stderr).toContain('rejected: 1 entry, for another reason');
	await look('after a failure');
	sandbox.faults.clear();

	// A kill, while the re-export is under way.
	const run = await onlyRun(home);
	const killed = await startProgram({
		home,
		sandbox,
		env,
		args: ['resume', run, '--yes', '--answers', answers, '-o', 'json'],
	});
	await expect
		.poll(async () => journalLines(run), {timeout: 60_000, interval: 20})
		.toContainEqual(expect.objectContaining({type: 'step-verified', step: 'import'}));
	killed.signal('SIGKILL');
	said.push(await killed.ended);
	await look('after a kill');

	said.push(await runProgram({home, sandbox, env, args: ['resume', run, '--yes', '--answers', answers, '-o', 'json']}));
	expect(said[2]?.status, said[2]?.stderr).toBe(0);
	await look('after success');
	lookInPods();
	expect(await readdir(join(run, 'data'))).toEqual([]);
	const made = sandbox
		.objects('Secret', 'identity')
		.map(object => (object as {readonly data?: Readonly<Record<string, string>>}).data?.LDAP_BIND_PASSWORD);
	expect(made).toContain(Buffer.from(inTheClear).toString('base64'));
	const report = await readFile(join(run, 'report.md'), 'utf8');
	const list = report.slice(report.indexOf('\n## Files\n'), report.indexOf('\n## Timings\n'));
	expect(list).toContain('removed, and looked for again');
	expect(list).not.toMatch(/not settled yet|still there/v);

	said.push(await runProgram({home, sandbox, env, args: ['rollback', run, '--yes', '--answers', answers]}));
	expect(said[3]?.status, said[3]?.stderr).toBe(0);
	await look('after a rollback');
	lookInPods();
	expect(await readdir(temporary)).toEqual([]);

	const seen = await argumentsSeen();
	expect(canaries.filter(canary => seen.includes(canary))).toEqual([]);

	// What was asked of the API is what Connect asks whether it may: no more, so that a Role of that list is enough.
	const asked = new Set(
		rightsOf({version: 'v1.35.0'}).map(
			({verb, group, resource, subresource}) => `${verb} ${group}/${resource}${subresource ? `/${subresource}` : ''}`,
		),
	);
	expect(sandbox.used().filter(use => !asked.has(use) && !use.endsWith('/selfsubjectaccessreviews'))).toEqual([]);
}, 300_000);
