import {describe, expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {applyEdits, remove as removeField, set as setField} from '../../source/manifests/objects/edit.js';
import {isSelectedBy, podLabelsOf} from '../../source/manifests/objects/selector.js';
import {planManifests} from '../../source/manifests/plan.js';
import type {Decisions, ManifestPlan} from '../../source/manifests/strategy.js';
import {fieldOf, listOf, mapOf} from '../../source/ping/fields.js';
import type {Manifest} from '../../source/ping/workload.js';
import {clients, environment, facts, fresh, governing, namespaceObjects, oldSet} from './live.js';

const planWith = (decisions: Partial<Decisions> = {}, objects = namespaceObjects): ManifestPlan =>
	planManifests({workload: facts, objects, decisions: {...fresh, ...decisions}});
const of = ({apply}: ManifestPlan, kind: string): Manifest => apply.find(object => object.kind === kind)!;
const podSpec = ['spec', 'template', 'spec'];
const server = [...podSpec, 'containers', 0];

const codeOf = (act: () => unknown): string => {
	try {
		act();
	} catch (error) {
		return error instanceof Failure ? error.parts.code : String(error);
	}

	return 'no failure';
};

describe('a fresh deployment of live objects', () => {
	const plan = planWith();
	const set = of(plan, 'StatefulSet');
	const container = mapOf(fieldOf(set, ...server));

	test('leaves what it was given untouched', () => {
		const before = structuredClone(namespaceObjects);
		planWith();
		expect(namespaceObjects).toEqual(before);
	});

	test('makes a new StatefulSet with one pod, its own headless Service and labels of its own', () => {
		expect(set.metadata.name).toBe('users-2109');
		expect(set.metadata.namespace).toBe('identity');
		expect(set.spec).toMatchObject({
			replicas: 1,
			serviceName: 'users-2109-cluster',
			podManagementPolicy: 'OrderedReady',
			selector: {matchLabels: {app: 'users-2109'}},
		});
		expect(podLabelsOf(set)).toEqual({app: 'users-2109', team: 'iam'});
	});

	test('never lets an old selector select a new pod, or a new one an old pod', () => {
		const services = [clients, governing];
		expect(services.filter(service => isSelectedBy(fieldOf(service, 'spec', 'selector'), podLabelsOf(set)))).toEqual(
			[],
		);
		expect(
			plan.apply
				.filter(({kind}) => kind === 'Service')
				.filter(service => isSelectedBy(fieldOf(service, 'spec', 'selector'), podLabelsOf(oldSet))),
		).toEqual([]);
	});

	test('names a label apart when a Service selects by one the workload does not', () => {
		const labelled = applyEdits(oldSet, [setField(['spec', 'template', 'metadata', 'labels', 'role'], 'directory')]);
		const byRole: Manifest = {
			...clients,
			metadata: {name: 'by-role'},
			spec: {selector: {role: 'directory'}, ports: [{port: 636}]},
		};
		const next = planWith({}, [labelled, environment, governing, byRole]);
		expect(podLabelsOf(of(next, 'StatefulSet'))).toMatchObject({role: 'users-2109', team: 'iam'});
		expect(next.switches).toHaveLength(1);
	});

	test('sets user, group and fsGroup at pod level, a group of 0 too', () => {
		expect(fieldOf(set, ...podSpec, 'securityContext')).toEqual({runAsUser: 9031, runAsGroup: 0, fsGroup: 0});
	});

	test('leaves user and fsGroup to the platform where that assigns them', () => {
		const assigned = of(planWith({fsGroup: undefined}), 'StatefulSet');
		expect(fieldOf(assigned, ...podSpec, 'securityContext')).toEqual({runAsGroup: 0});
	});

	test('moves container ports, probes and commands that call the server itself', () => {
		expect(listOf(container.ports).map(port => fieldOf(port, 'containerPort'))).toEqual([1389, 1636, 1443, 8989]);
		expect(container.livenessProbe).toEqual({tcpSocket: {port: 1636}, periodSeconds: 30});
		expect(fieldOf(container, 'readinessProbe', 'exec', 'command', 2)).toBe(
			'ldapsearch -p 1389 -b "" && nc -z localhost:1636',
		);
	});

	test('changes a variable where it is set: in the container, or in a copy of the ConfigMap', () => {
		expect(container.env).toEqual([
			{name: 'LDAPS_PORT', value: '1636'},
			{name: 'ROOT_USER_PASSWORD_FILE', value: '/run/secrets/root-user-password'},
		]);
		expect(listOf(container.envFrom)[0]).toEqual({configMapRef: {name: 'users-2109-environment-variables'}});
		expect(listOf(container.envFrom)[1]).toEqual({secretRef: {name: 'devops-secret', optional: true}});
		const copy = of(plan, 'ConfigMap');
		expect(copy.metadata.name).toBe('users-2109-environment-variables');
		expect(copy.data).toEqual({
			K8S_STATEFUL_SET_NAME: 'users-2109',
			K8S_STATEFUL_SET_SERVICE_NAME: 'users-2109-cluster',
			MAKELDIF_USERS: '0',
			LDAP_PORT: '1389',
			PING_IDENTITY_ACCEPT_EULA: 'YES',
		});
		expect(plan.apply.some(({metadata}) => metadata.name === environment.metadata.name)).toBe(false);
	});

	test('sets everything in the container where the ConfigMap was not seen', () => {
		const unseen = planWith({}, [oldSet, clients, governing]);
		const names = listOf(fieldOf(of(unseen, 'StatefulSet'), ...server, 'env')).map(entry => fieldOf(entry, 'name'));
		expect(names).toEqual(
			expect.arrayContaining([
				'LDAP_PORT',
				'LDAPS_PORT',
				'HTTPS_PORT',
				'JMX_PORT',
				'MAKELDIF_USERS',
				'K8S_STATEFUL_SET_NAME',
			]),
		);
		expect(unseen.notes.join('\n')).toContain('ConfigMap users-environment-variables was not seen');
	});

	test('points the server to the profile that was decided on', () => {
		const withProfile = of(
			planWith({profile: {url: 'https://git.example.com/profiles.git', branch: 'unroot', path: 'directory'}}),
			'StatefulSet',
		);
		expect(fieldOf(withProfile, ...server, 'env')).toEqual(
			expect.arrayContaining([
				{name: 'SERVER_PROFILE_URL', value: 'https://git.example.com/profiles.git'},
				{name: 'SERVER_PROFILE_BRANCH', value: 'unroot'},
				{name: 'SERVER_PROFILE_PATH', value: 'directory'},
			]),
		);
	});

	test('keeps the claim template and mounts no claim of the old pods', () => {
		expect(fieldOf(set, 'spec', 'volumeClaimTemplates')).toEqual([
			{
				apiVersion: 'v1',
				kind: 'PersistentVolumeClaim',
				metadata: {name: 'out-dir'},
				spec: fieldOf(oldSet, 'spec', 'volumeClaimTemplates', 0, 'spec'),
			},
		]);
		expect(fieldOf(set, ...podSpec, 'volumes')).toEqual([
			{name: 'ssh', secret: {secretName: 'profile-key', defaultMode: 256}},
		]);
		expect(container.volumeMounts).toEqual([
			{name: 'out-dir', mountPath: '/opt/out'},
			{name: 'ssh', mountPath: '/home/ping/.ssh'},
		]);
	});

	test('makes a claim like the old one where it is claimed by name', () => {
		const byName = applyEdits(oldSet, [removeField(['spec', 'volumeClaimTemplates'])]);
		const claim: Manifest = {
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: {name: 'out-dir'},
			spec: {volumeName: 'pv-7', accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
		};
		const next = planWith({}, [byName, environment, clients, governing, claim]);
		expect(of(next, 'PersistentVolumeClaim')).toMatchObject({
			metadata: {name: 'users-2109-out-dir'},
			spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
		});
		expect(of(next, 'PersistentVolumeClaim').spec).not.toHaveProperty('volumeName');
		expect(fieldOf(of(next, 'StatefulSet'), ...podSpec, 'volumes', 0)).toEqual({
			name: 'out-dir',
			persistentVolumeClaim: {claimName: 'users-2109-out-dir'},
		});
	});

	test('refuses to give a new pod the old data of a host path', () => {
		const onHost = applyEdits(oldSet, [
			removeField(['spec', 'volumeClaimTemplates']),
			setField([...podSpec, 'volumes', 0], {name: 'out-dir', hostPath: {path: '/data'}}),
		]);
		expect(codeOf(() => planWith({}, [onHost, environment]))).toBe('volume-not-fresh');
	});

	test('adds no volume where there was none, and says so', () => {
		const without = applyEdits(oldSet, [
			removeField(['spec', 'volumeClaimTemplates']),
			setField([...podSpec, 'volumes'], []),
			setField([...server, 'volumeMounts'], []),
		]);
		const next = planManifests({workload: {...facts, volumes: []}, objects: [without, environment], decisions: fresh});
		expect(fieldOf(of(next, 'StatefulSet'), 'spec', 'volumeClaimTemplates')).toBeUndefined();
		expect(next.notes.join('\n')).toContain('has no volume for /opt/out');
	});

	test("makes a headless Service of the new container's ports that finds pods before they are ready", () => {
		expect(of(plan, 'Service')).toMatchObject({
			metadata: {
				name: 'users-2109-cluster',
				annotations: {'service.alpha.kubernetes.io/tolerate-unready-endpoints': 'true'},
			},
			spec: {
				clusterIP: 'None',
				publishNotReadyAddresses: true,
				selector: {app: 'users-2109'},
				ports: [
					{name: 'ldap', port: 1389, protocol: 'TCP'},
					{name: 'ldaps', port: 1636, protocol: 'TCP'},
					{name: 'https', port: 1443, protocol: 'TCP'},
					{name: 'replication', port: 8989, protocol: 'TCP'},
				],
			},
		});
	});

	test("moves the clients' Service with its ports as they are, and back", () => {
		expect(plan.switches).toHaveLength(1);
		const [move] = plan.switches;
		expect(move!.patch).toEqual({
			spec: {
				selector: {app: 'users-2109'},
				ports: [
					{
						name: 'ldaps',
						port: 636,
						targetPort: 1636,
						protocol: 'TCP',
					},
					{
						name: 'ldap',
						port: 389,
						targetPort: 'ldap',
						protocol: 'TCP',
					},
					{
						name: 'https',
						port: 443,
						targetPort: 1443,
						protocol: 'TCP',
					},
				],
			},
		});
		expect(move!.back).toEqual({spec: {selector: {app: 'users'}, ports: fieldOf(clients, 'spec', 'ports')}});
		expect(move!.before.spec).not.toHaveProperty('clusterIP');
	});

	test('moves a Service of one pod to the pod of the same number', () => {
		const single: Manifest = {
			...clients,
			metadata: {name: 'users-0'},
			spec: {selector: {'statefulset.kubernetes.io/pod-name': 'users-0'}, ports: [{port: 636}]},
		};
		const {switches} = planWith({}, [...namespaceObjects, single]);
		expect(switches.at(-1)!.patch).toEqual({
			spec: {
				selector: {'statefulset.kubernetes.io/pod-name': 'users-2109-0'},
				ports: [{port: 636, targetPort: 1636, protocol: 'TCP'}],
			},
		});
	});

	test('keeps rules that keep the pods apart', () => {
		expect(
			fieldOf(
				set,
				...podSpec,
				'affinity',
				'podAntiAffinity',
				'requiredDuringSchedulingIgnoredDuringExecution',
				0,
				'labelSelector',
				'matchExpressions',
				0,
				'values',
			),
		).toEqual(['users-2109']);
	});

	test('carries nothing of the server and no mark of the old owner', () => {
		const owned: Manifest = {
			...oldSet,
			metadata: {
				...oldSet.metadata,
				ownerReferences: [{kind: 'X'}],
				annotations: {'meta.helm.sh/release-name': 'users', 'argocd.argoproj.io/tracking-id': 'x', owner: 'iam'},
			},
		};
		const text = JSON.stringify(planWith({}, [owned, environment, clients, governing]).apply);
		expect(text).not.toMatch(
			/uid"|resourceVersion|managedFields|creationTimestamp|"status"|last-applied|ownerReferences|meta\.helm|argocd/v,
		);
		expect(text).toContain('"owner":"iam"');
	});

	test('copies a NetworkPolicy and a disruption budget for the new pods, with the ports the pods have', () => {
		const policy: Manifest = {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata: {name: 'users'},
			spec: {
				podSelector: {matchLabels: {app: 'users'}},
				ingress: [
					{
						ports: [{port: 636}],
						from: [{podSelector: {matchLabels: {app: 'users'}}}, {podSelector: {matchLabels: {app: 'shop'}}}],
					},
				],
			},
		};
		const ofShop: Manifest = {
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata: {name: 'shop'},
			spec: {
				podSelector: {matchLabels: {app: 'shop'}},
				egress: [{to: [{podSelector: {matchLabels: {app: 'users'}}}], ports: [{port: 636}]}],
			},
		};
		const budget: Manifest = {
			apiVersion: 'policy/v1',
			kind: 'PodDisruptionBudget',
			metadata: {name: 'users'},
			spec: {minAvailable: 1, selector: {matchLabels: {app: 'users'}}},
		};
		const next = planWith({}, [...namespaceObjects, policy, ofShop, budget]);
		expect(of(next, 'NetworkPolicy')).toMatchObject({
			metadata: {name: 'users-2109'},
			spec: {
				podSelector: {matchLabels: {app: 'users-2109'}},
				ingress: [
					{
						ports: [{port: 1636}],
						from: [{podSelector: {matchLabels: {app: 'users-2109'}}}, {podSelector: {matchLabels: {app: 'shop'}}}],
					},
				],
			},
		});
		expect(of(next, 'PodDisruptionBudget').spec).toEqual({
			minAvailable: 1,
			selector: {matchLabels: {app: 'users-2109'}},
		});
		expect(next.notes.join('\n')).toContain(
			'NetworkPolicy shop lets its pods reach the old pods; before the cut-over it must let them reach ' +
				'app=users-2109 on 1389, 1636, 1443, 1689 too.',
		);
	});

	test('plans the same when its own objects are there already, and shows them as they are', () => {
		const again = planWith({}, [...namespaceObjects, ...plan.apply]);
		expect(again.apply).toEqual(plan.apply);
		expect(again.before).toEqual(plan.apply);
		expect(again.switches).toEqual(plan.switches);
	});

	test('refuses the old name, an impossible name and a name that somebody else has taken', () => {
		expect(codeOf(() => planWith({newName: 'users'}))).toBe('new-name');
		expect(codeOf(() => planWith({newName: 'Users_2'}))).toBe('new-name');
		expect(
			codeOf(() => planWith({}, [...namespaceObjects, {...governing, metadata: {name: 'users-2109-cluster'}}])),
		).toBe('name-taken');
	});

	test('says what comes later: the other pods, the old claims, a claim left over', () => {
		const left: Manifest = {
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: {name: 'out-dir-users-2109-0'},
			spec: {},
		};
		const notes = planWith({}, [...namespaceObjects, left]).notes.join('\n');
		expect(notes).toContain('Once the import is proved, users-2109 grows to 3, pod by pod');
		expect(notes).toContain(
			'New claim out-dir-users-2109-0, 10Gi, storage class fast; the old claims stay as they are.',
		);
		expect(notes).toContain('A claim out-dir-users-2109-0 is there already');
	});

	test('writes one numbered file for each object, the Service that moves apart, the same text each time', () => {
		expect(plan.files.map(({name}) => name)).toEqual([
			'01-configmap-users-2109-environment-variables.yaml',
			'02-service-users-2109-cluster.yaml',
			'03-statefulset-users-2109.yaml',
			'cut-over/01-service-users.yaml',
		]);
		expect(planWith().files).toEqual(plan.files);
		expect(plan.files[0]!.text).toContain('PING_IDENTITY_ACCEPT_EULA: "YES"');
	});

	test('tells that another tool owns the workload', () => {
		const {notes} = planManifests({
			workload: {...facts, manager: {kind: 'helm', release: 'users', chart: 'ping-devops-0.5.1'}},
			objects: namespaceObjects,
			decisions: fresh,
		});
		expect(notes.join('\n')).toContain('Helm release users (chart ping-devops-0.5.1) owns users');
	});
});
