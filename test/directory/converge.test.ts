import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, it, test} from 'vitest';
import {readConnection} from '../../source/cluster/api/kubeconfig.js';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {agreementOf, converge, notConverged, type ConvergeOrder} from '../../source/directory/converge.js';
import type {DirectoryServer} from '../../source/directory/server.js';
import {isLockedDown, readServer, type ServerReading} from '../../source/directory/topology.js';
import {setWritability} from '../../source/directory/writability.js';
import {createClock} from '../../source/machine/clock.js';
import {startSandbox, type Sandbox} from '../../source/sandbox/sandbox.js';

const reading = (pod: string, change: Partial<ServerReading['replicas'][number]> = {}, entries = 9): ServerReading => ({
	pod,
	instanceName: pod,
	version: '8.2.0.1',
	backends: [
		{id: 'userRoot', baseDns: [{dn: 'dc=example, dc=com', entries}], entries, writability: 'internal-only'},
		{id: 'own', baseDns: [{dn: 'o=own', entries: 1}], entries: 1, writability: 'enabled'},
	],
	replicas: [{baseDn: 'dc=example,dc=com', generationId: '7', backlog: 0, pending: 0, conflicts: 0, ...change}],
	members: [],
	alerts: [],
});

test('replicas that say the same agree, and a backend that none of them replicates is counted only', () => {
	expect(agreementOf([reading('a'), reading('b'), reading('c')])).toMatchObject({changes: 0, restless: []});
});

test.each([
	['a backlog', reading('b', {backlog: 12}), 'dc=example, dc=com: backlog 12', 12],
	['a backlog that is not said', reading('b', {backlog: null}), 'dc=example, dc=com: backlog not said', 0],
	['a backlog that is no number', reading('b', {backlog: 'N/A'}), 'dc=example, dc=com: backlog «N/A»', 0],
	['pending updates', reading('b', {pending: 3}), 'dc=example, dc=com: pending updates 3', 3],
	[
		'another generation',
		reading('b', {generationId: '8'}),
		'dc=example, dc=com: generation id 8, where others have 7',
		0,
	],
	[
		'a generation that is not said',
		reading('b', {generationId: null}),
		'dc=example, dc=com: generation id not said, where others have 7',
		0,
	],
	['another count', reading('b', {}, 8), 'dc=example, dc=com: 8 entries, where others have 9', 0],
	['nothing of replication', {...reading('b'), replicas: []}, 'dc=example, dc=com: it reports no replication of it', 0],
])('a replica with %s is named with it', (_, server, reason, changes) => {
	expect(agreementOf([reading('a'), server, reading('c')])).toMatchObject({
		changes,
		restless: [{pod: 'b', reasons: [reason]}],
	});
});

test('a topology that says nothing of replication is not taken for one at rest', () => {
	const silent = ['a', 'b'].map(pod => ({...reading(pod), replicas: []}));
	expect(agreementOf(silent).restless.map(({pod}) => pod)).toEqual(['a', 'b']);
});

test('a server without replicas is at rest', () => {
	expect(agreementOf([{...reading('a'), replicas: []}]).restless).toEqual([]);
});

describe('on replicas', () => {
	let sandbox: Sandbox;
	let folder: string;
	let servers: readonly DirectoryServer[];
	let order: ConvergeOrder;
	beforeAll(async () => {
		sandbox = await startSandbox({entries: 40, replicas: 3, backends: 2});
		folder = await mkdtemp(join(tmpdir(), 'unroot-test-'));
		await writeFile(join(folder, 'kubeconfig'), sandbox.kubeconfig, {mode: 0o600});
		const connection = await readConnection({
			kubeconfig: join(folder, 'kubeconfig'),
			environment: {},
			home: folder,
			cacheFolder: join(folder, 'cache'),
		});
		const pods = createPodShell(connection);
		servers = [0, 1, 2].map(ordinal => ({
			pods,
			target: {pod: `pingdirectory-${ordinal}`, container: 'pingdirectory'},
			ldapsPort: 636,
		}));
		order = {servers, clock: createClock()};
	});
	afterEach(() => {
		sandbox.faults.clear();
	});
	afterAll(async () => {
		await sandbox.close();
		await rm(folder, {recursive: true, force: true});
	});

	const add = async (ordinal: number, uid: string) => {
		const {pods, target} = servers[ordinal]!;
		await pods.run(target, ['ldapmodify', '--defaultAdd'], {
			input:
				`dn: uid=${uid},ou=People,dc=example,dc=com\nobjectClass: top\nobjectClass: person\nuid: ${uid}\ncn: ` +
				`${uid}\nsn: ${uid}\n`,
		});
	};

	const entriesOn = (ordinal: number): number | undefined =>
		sandbox.pod(`pingdirectory-${ordinal}`)?.entries('userRoot').length;

	it('reads each of them', async () => {
		expect(await readServer(servers[1]!)).toMatchObject({
			pod: 'pingdirectory-1',
			instanceName: 'pingdirectory-1.pingdirectory-cluster',
			version: '8.2.0.1',
			backends: [{id: 'appintegrations'}, {id: 'userRoot'}],
			replicas: [
				{baseDn: 'dc=example,dc=com', backlog: 0, pending: 0, conflicts: 0},
				{baseDn: 'o=appintegrations', backlog: 0, pending: 0, conflicts: 0},
			],
			members: [0, 1, 2].map(ordinal => ({
				address: `pingdirectory-${ordinal}.pingdirectory-cluster:636`,
				isReached: true,
			})),
		});
	});

	it('waits under a freeze until an entry that one took last is everywhere', async () => {
		sandbox.faults.tell({kind: 'lag-replication', pod: 'pingdirectory-0', milliseconds: 600_000});
		await add(2, 'last-of-all');
		await Promise.all(servers.map(async server => setWritability(server, 'userRoot', 'internal-only')));
		const changes: number[] = [];
		const result = await converge({
			...order,
			onReading(state) {
				changes.push(state.changes);
				sandbox.faults.clear();
			},
		});
		expect(result.isAtRest).toBe(true);
		expect(changes[0]).toBe(1);
		expect(changes.slice(-3)).toEqual([0, 0, 0]);
		expect([0, 1, 2].map(ordinal => entriesOn(ordinal))).toEqual(Array.from({length: 3}, () => entriesOn(2)));
		await Promise.all(servers.map(async server => setWritability(server, 'userRoot', 'enabled')));
	});

	it('names one that does not come to rest, with its figures', async () => {
		sandbox.faults.tell({kind: 'stop-replication', pod: 'pingdirectory-1'});
		await add(1, 'kept-back');
		await add(0, 'not-taken');
		const result = await converge({...order, patienceMilliseconds: 300});
		expect(result).toMatchObject({isAtRest: false, changes: 2, restless: [{pod: 'pingdirectory-1'}]});
		expect(notConverged(result, servers, 'Nothing was exported.').parts.seen).toMatch(
			/^The replicas do not settle: pingdirectory-1 \(dc=example,dc=com: backlog 1; dc=example,dc=com: pending updates 1/v,
		);
	});

	it('sees what replication does not notice: an entry that one has lost, and lockdown', async () => {
		expect(await converge(order)).toMatchObject({isAtRest: true});
		sandbox.faults.tell({kind: 'diverge', pod: 'pingdirectory-2', dn: 'uid=kept-back,'});
		sandbox.faults.tell({kind: 'lockdown', pod: 'pingdirectory-2'});
		const result = await converge({...order, patienceMilliseconds: 300});
		expect(result).toMatchObject({isAtRest: false, changes: 0, restless: [{pod: 'pingdirectory-2'}]});
		expect(result.servers.map(server => isLockedDown(server))).toEqual([false, false, true]);
	});
});
