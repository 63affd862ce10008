import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import type {Connection} from '../../source/cluster/connection.js';
import {answerFailure} from '../../source/cluster/failures/api-failure.js';
import {applyChanges} from '../../source/directory/changes.js';
import {notConverged} from '../../source/directory/converge.js';
import type {DirectoryServer} from '../../source/directory/server.js';
import {readServer} from '../../source/directory/topology.js';
import {notTaken} from '../../source/directory/writability.js';
import {Failure} from '../../source/failure/failure.js';
import {createFiles} from '../../source/machine/files.js';
import {createGit} from '../../source/machine/git.js';
import {planManifests} from '../../source/manifests/plan.js';
import type {PlanInput} from '../../source/manifests/strategy.js';
import {recogniseFailure} from '../../source/ping/failures.js';
import {collectProfile} from '../../source/profile/collect.js';
import {commitFiles} from '../../source/profile/commit.js';
import {createFastClock} from '../cluster/hand-clock.js';
import {facts, fresh, namespaceObjects, root} from '../manifests/live.js';
import {literalWorld} from '../steps/literal/world.js';

/** The code of what an act ends with. */
const codeOf = async (act: () => unknown): Promise<string> => {
	try {
		await act();
	} catch (error) {
		return error instanceof Failure ? error.parts.code : String(error);
	}

	return 'no failure';
};

/** A server whose scripts all say this. */
const saying = (stdout: string): DirectoryServer => ({
	target: {pod: 'p', container: 'c'},
	ldapsPort: 1636,
	pods: {
		script: async () => ({exitCode: 0, stdout, stderr: ''}),
		run: async () => expect.unreachable(),
		byHand: (_, argv) => argv.join(' '),
	},
});

const connection: Connection = {kubeconfig: '/k', context: 'c', namespace: 'identity', cacheFolder: '/cache'};
const call = {method: 'GET', path: '/x', verb: 'list', resource: 'pods', isNamespaced: true} as const;

test.each([
	[404, 'namespaces "identity" not found', 'namespace-unknown'],
	[404, 'page not found', 'not-served'],
	[403, 'no', 'forbidden'],
	[401, 'no', 'unauthorized'],
	[503, 'later', 'server-busy'],
	[429, 'later', 'server-busy'],
	[422, 'no', 'server-refuses'],
])('an answer of %i that says «%s» is told as %s', (status, message, code) => {
	expect(answerFailure(connection, call, status, JSON.stringify({message})).parts).toMatchObject({code});
});

test.each([
	['tar: write error: No space left on device', 'out-of-space'],
	['reason: OOMKilled', 'out-of-memory'],
	['java.lang.OutOfMemoryError: Java heap space', 'out-of-memory'],
	['Unable to import bulk config', 'bulk-import-failed'],
	['Security Violations Found!', 'security-violation'],
])('a start that logs «%s» failed for a reason that is known: %s', (line, code) => {
	expect(recogniseFailure(line, true)?.code).toBe(code);
});

test.each<readonly [string, Partial<PlanInput>, string]>([
	[
		'a server that is no root is not made one',
		{workload: {...facts, identity: {uid: 9031, gid: 0, from: 'running'}}},
		'not-root',
	],
	['a Job cannot be changed in place', {workload: {...facts, kind: 'Job'}}, 'template-immutable'],
	['a workload that was not read cannot be planned', {objects: []}, 'workload-not-seen'],
])('as root, %s', async (_, changes, code) => {
	const input = {workload: facts, objects: namespaceObjects, decisions: root, ...changes};
	expect(await codeOf(() => planManifests(input))).toBe(code);
});

test('a workload that was not read is not planned anew either', async () => {
	expect(await codeOf(() => planManifests({workload: facts, objects: [], decisions: fresh}))).toBe('workload-not-seen');
});

test('a server whose monitor names no backend was not read', async () => {
	expect(await codeOf(async () => readServer(saying('')))).toBe('no-reading');
	expect(await codeOf(async () => readServer(saying('dn: cn=monitor\nobjectClass: ds-general-monitor-entry\n')))).toBe(
		'no-reading',
	);
});

test('replicas that do not agree are named with what keeps them from it', () => {
	const server = saying('');
	const {parts} = notConverged(
		{servers: [], restless: [{pod: 'p', reasons: ['backlog 12']}], changes: 12},
		[server],
		'Nothing has moved.',
	);
	expect(parts).toMatchObject({code: 'not-converged', means: 'Nothing has moved.'});
	expect(parts.seen).toContain('p (backlog 12)');
});

test('a writability mode that was not taken says on which side the harm is', () => {
	const code = 'writability';
	expect(notTaken(saying(''), 'enabled', 'disabled', []).parts).toMatchObject({
		code,
		means: expect.stringMatching(/refuses writes/v) as string,
	});
	expect(notTaken(saying(''), 'disabled', 'enabled', []).parts).toMatchObject({
		code,
		means: expect.stringMatching(/takes writes/v) as string,
	});
});

test('a tool that ends with a status and names no rejected change has applied nobody knows what', async () => {
	const server = saying('');
	const script = async (_: unknown, text: string) => ({
		exitCode: 0,
		stderr: '',
		stdout: text.includes('wc -c') ? '0\n0\n0\n' : 'exit 81\nThe connection was refused\n',
	});
	const abilities: Parameters<typeof applyChanges>[2]['abilities'] = {
		rejectFile: true,
		ignoreNoUserModification: true,
		passwordUpdateBehavior: true,
		suppressOperationalAttributeUpdates: true,
		suppressReferentialIntegrityUpdates: true,
		usePermissiveModify: true,
		useManageDsaIT: true,
	};
	const order: Parameters<typeof applyChanges>[2] = {file: '/f', log: '/l', rejectFile: '/r', abilities};
	expect(
		await codeOf(async () => applyChanges({...server, pods: {...server.pods, script}}, createFastClock(), order)),
	).toBe('changes-not-applied');
});

test('a server that makes no profile is told, and nothing is copied', async () => {
	const {pods, target} = saying('Generating…\nAn error occurred\n');
	const collector: Parameters<typeof collectProfile>[0] = {
		...literalWorld().context().world,
		pods,
		target,
		folder: '/runs/r',
		run: 'r',
	};
	expect(await codeOf(async () => collectProfile(collector, () => undefined))).toBe('profile-not-generated');
});

test('a branch that cannot be moved is left as it is', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'unroot-branch-'));
	onTestFinished(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	const git = createGit();
	const order = {
		repository: join(folder, 'repository'),
		branch: 'unroot/run',
		worktree: join(folder, 'worktree'),
		path: 'pingdirectory',
		files: new Map([['a.txt', new TextEncoder().encode('one\n')]]),
		message: 'Save the server profile',
		identity: {name: 'Ada', email: 'ada@example.com'},
	};
	const refusing: typeof git = {
		...git,
		run: async (where, argv, options) =>
			argv[0] === 'update-ref'
				? {exitCode: 1, stdout: '', stderr: 'fatal: cannot lock ref: is at another commit\n'}
				: git.run(where, argv, options),
	};
	const files = createFiles({home: folder});
	expect(await codeOf(async () => commitFiles(refusing, files, order))).toBe('branch-moved');
	const branches = await git.run(order.repository, ['branch', '--list', 'unroot/*']);
	expect(branches.stdout).toBe('');
});
