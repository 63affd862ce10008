import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {makeRig, stdoutOf, type Rig} from './kubectl.js';
import {newWorkload, profileMap, profileVolume} from './new-workload.js';

const replicas = ['pingdirectory-0', 'pingdirectory-1', 'pingdirectory-2'] as const;

describe('Replication in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig({replicas: 3, backends: 2, entries: 60});
	});
	afterEach(() => {
		rig.sandbox.faults.clear();
	});
	afterAll(async () => {
		await rig.close();
	});

	const add = async (pod: string, uid: string, base = 'ou=People,dc=example,dc=com') =>
		rig.kubectl(
			['exec', '-i', pod, '--', 'ldapmodify', '--defaultAdd'],
			`dn: uid=${uid},${base}\nobjectClass: top\nobjectClass: person\nobjectClass: inetOrgPerson\nuid: ` +
				`${uid}\ncn: ${uid}\nsn: ${uid}\n`,
		);

	const has = (pod: string, uid: string): boolean =>
		rig.sandbox
			.pod(pod)
			?.entries()
			.some(({dn}) => dn.startsWith(`uid=${uid},`)) ?? false;

	const replica = async (pod: string, baseDn = 'dc=example,dc=com'): Promise<Readonly<Record<string, string>>> => {
		const text = await stdoutOf(
			rig.kubectl([
				'exec',
				pod,
				'--',
				'ldapsearch',
				'--baseDN',
				'cn=monitor',
				`(&(objectClass=ds-replica-monitor-entry)(base-dn=${baseDn}))`,
			]),
		);
		return Object.fromEntries(
			text
				.split('\n')
				.filter(line => line.includes(': '))
				.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
		);
	};

	const setWritability = async (pod: string, mode: string) =>
		rig.kubectl([
			'exec',
			pod,
			'--',
			'dsconfig',
			'set-backend-prop',
			'--backend-name',
			'userRoot',
			'--set',
			`writability-mode:${mode}`,
			'--no-prompt',
		]);

	it('begins with replicas that agree, in both backends', async () => {
		const generations = new Set<string>();
		for (const pod of replicas) {
			const {'generation-id': generation, 'replication-backlog': backlog} = await replica(pod);
			expect(backlog).toBe('0');
			generations.add(generation!);
			expect(await replica(pod, 'o=appintegrations')).toMatchObject({'pending-updates': '0'});
			expect(rig.sandbox.pod(pod)?.entries('appintegrations').length).toBeGreaterThan(6);
		}

		expect(generations.size).toBe(1);
		const status = await stdoutOf(rig.exec('dsreplication', 'status', '--displayServerTable', '--showAll'));
		expect(status).toContain('--- Replication Status for dc=example,dc=com: Enabled ---');
		expect(status.match(/pingdirectory-\d\.pingdirectory-cluster:636/gv)).toHaveLength(6);
	});

	it('carries a change of any replica to all others, in any backend', async () => {
		await add('pingdirectory-1', 'carried');
		await add('pingdirectory-2', 'carried-too', 'ou=People,o=appintegrations');
		for (const pod of replicas) {
			await expect.poll(() => has(pod, 'carried') && has(pod, 'carried-too')).toBe(true);
		}
	});

	it('lags and stops as it is told, and catches up', async () => {
		rig.sandbox.faults.tell({kind: 'stop-replication', pod: 'pingdirectory-1'});
		await add('pingdirectory-1', 'kept-back');
		await add('pingdirectory-0', 'not-taken');
		await expect.poll(() => has('pingdirectory-2', 'not-taken')).toBe(true);
		expect(has('pingdirectory-2', 'kept-back')).toBe(false);
		expect(await replica('pingdirectory-1')).toMatchObject({'pending-updates': '1', 'replication-backlog': '1'});
		rig.sandbox.faults.clear();
		await expect.poll(() => has('pingdirectory-2', 'kept-back') && has('pingdirectory-1', 'not-taken')).toBe(true);
		rig.sandbox.faults.tell({kind: 'lag-replication', pod: 'pingdirectory-2', milliseconds: 60_000});
		await add('pingdirectory-0', 'late');
		await expect.poll(async () => replica('pingdirectory-2')).toMatchObject({'replication-backlog': '1'});
		rig.sandbox.faults.clear();
		await expect.poll(() => has('pingdirectory-2', 'late')).toBe(true);
	});

	it('goes on under internal-only and stands still under disabled', async () => {
		await setWritability('pingdirectory-1', 'internal-only');
		await setWritability('pingdirectory-2', 'disabled');
		await add('pingdirectory-0', 'internal');
		await expect.poll(() => has('pingdirectory-1', 'internal')).toBe(true);
		expect(has('pingdirectory-2', 'internal')).toBe(false);
		expect(await replica('pingdirectory-2')).toMatchObject({'replication-backlog': '1'});
		await setWritability('pingdirectory-1', 'enabled');
		await setWritability('pingdirectory-2', 'enabled');
		await expect.poll(() => has('pingdirectory-2', 'internal')).toBe(true);
	});

	it('catches up after its pod was killed', async () => {
		const before = rig.sandbox.objects('Pod').find(({metadata}) => metadata.name === 'pingdirectory-2')?.metadata.uid;
		rig.sandbox.faults.tell({kind: 'kill-pod', pod: 'pingdirectory-2'});
		await add('pingdirectory-0', 'meanwhile');
		await expect
			.poll(() => rig.sandbox.objects('Pod').find(({metadata}) => metadata.name === 'pingdirectory-2')?.metadata.uid, {
				timeout: 20_000,
			})
			.not.toBe(before);
		await expect.poll(() => has('pingdirectory-2', 'meanwhile'), {timeout: 20_000}).toBe(true);
	});

	it('names strangers, conflicts and lockdown, and does not notice what was lost', async () => {
		rig.sandbox.faults.tell({kind: 'stranger', pod: 'pingdirectory-0', hostname: 'gone.other-cluster'});
		rig.sandbox.faults.tell({kind: 'diverge', pod: 'pingdirectory-1', dn: 'uid=carried,', by: 'conflict'});
		rig.sandbox.faults.tell({kind: 'diverge', pod: 'pingdirectory-2', dn: 'uid=late,'});
		rig.sandbox.faults.tell({kind: 'lockdown', pod: 'pingdirectory-2'});
		const summary = await stdoutOf(
			rig.exec('ldapsearch', '--baseDN', 'cn=monitor', '--dontWrap', '(cn=Replication Summary dc_example_dc_com)'),
		);
		expect(summary).toContain('missing-replica: ldap-server="gone.other-cluster:636"');
		expect(await replica('pingdirectory-1')).toMatchObject({'conflict-entry-count': '1', 'replication-backlog': '0'});
		expect(await replica('pingdirectory-2')).toMatchObject({'replication-backlog': '0'});
		expect(has('pingdirectory-2', 'late')).toBe(false);
		expect(
			await stdoutOf(
				rig.kubectl([
					'exec',
					'pingdirectory-2',
					'--',
					'ldapsearch',
					'--baseDN',
					'cn=monitor',
					'--scope',
					'base',
					'(&)',
				]),
			),
		).toContain('unavailable-alert-type: entering-lockdown-mode');
	});

	it('gives a server that imports a generation of its own, until it is initialised', async () => {
		await rig.inPod(
			'export-ldif --task --backendID userRoot --ldifFile /tmp/whole.ldif --doNotEncrypt --hostname localhost ' +
				'--port 636 --useSSL --trustAll && import-ldif --task --backendID userRoot --ldifFile /tmp/whole.ldif ' +
				'--overwriteExistingEntries --excludeReplication --hostname localhost --port 636 --useSSL --trustAll',
			[],
			'pingdirectory-1',
		);
		const [first, other] = [await replica('pingdirectory-0'), await replica('pingdirectory-1')];
		expect(other['generation-id']).not.toBe(first['generation-id']);
		await add('pingdirectory-0', 'not-for-others');
		await expect.poll(() => has('pingdirectory-2', 'not-for-others')).toBe(true);
		expect(has('pingdirectory-1', 'not-for-others')).toBe(false);
		await rig.exec(
			...(
				'dsreplication initialize --hostSource pingdirectory-0.pingdirectory-cluster --portSource 636 ' +
				'--hostDestination pingdirectory-1.pingdirectory-cluster --portDestination 636 --baseDN ' +
				'dc=example,dc=com --no-prompt'
			).split(' '),
		);
		expect(await replica('pingdirectory-1')).toMatchObject({'generation-id': first['generation-id']});
		expect(has('pingdirectory-1', 'not-for-others')).toBe(true);
	});

	it('joins a new pod by its hook, and leaves one without data where the hook was cut off', async () => {
		const files = {'pd.profile/ldif/userRoot/11-users.template': 'template: user\n'};
		await rig.apply(profileMap('grown', files));
		const set = newWorkload('grown', {
			...profileVolume('grown', files),
			environment: {
				ORCHESTRATION_TYPE: 'KUBERNETES',
				K8S_STATEFUL_SET_NAME: 'grown',
				K8S_STATEFUL_SET_SERVICE_NAME: 'grown',
				MAKELDIF_USERS: '5',
			},
		});
		const isReady = (pod: string) =>
			(
				rig.sandbox.objects('Pod').find(({metadata}) => metadata.name === pod)?.status as
					| {readonly containerStatuses?: ReadonlyArray<{readonly ready?: boolean}>}
					| undefined
			)?.containerStatuses?.[0]?.ready;
		await rig.apply({
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name: 'grown', namespace: 'identity'},
			spec: {
				clusterIP: 'None',
				publishNotReadyAddresses: true,
				selector: {app: 'grown'},
				ports: [{name: 'ldaps', port: 1636}],
			},
		});
		rig.sandbox.faults.tell({kind: 'fail-initialize', pod: 'grown-2'});
		await rig.apply({...set, spec: {...set.spec, replicas: 3}});
		await expect.poll(() => isReady('grown-2'), {timeout: 30_000}).toBe(true);
		const log = await stdoutOf(rig.kubectl(['logs', 'grown-1']));
		expect(log).toContain('Replication enable for POD Server result=0');
		expect(log).toContain('Replication initialize result=0');
		expect(rig.sandbox.pod('grown-1')?.entries()).toHaveLength(7);
		expect(await stdoutOf(rig.kubectl(['logs', 'grown-2', '--previous']))).toContain(
			'Replication initialize result=12',
		);
		expect(await stdoutOf(rig.kubectl(['logs', 'grown-2']))).toContain('No need to enable replication');
		expect(rig.sandbox.pod('grown-2')?.entries()).toHaveLength(1);
	});
});
