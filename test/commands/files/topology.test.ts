import {describe, expect, test} from 'vitest';
import {codesOf, folderWith} from './folder.js';

const image = 'pingidentity/pingdirectory:2102-8.2.0.1';

const setOf = (spec = '', container = '', pod = ''): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  replicas: 3
  serviceName: users-cluster
  selector: {matchLabels: {app: users}}
${spec}  template:
    metadata: {labels: {app: users}}
    spec:
${pod}      containers:
        - name: server
          image: ${image}
${container}          volumeMounts: [{name: out, mountPath: /opt/out}]
  volumeClaimTemplates: [{metadata: {name: out}, spec: {resources: {requests: {storage: 8Gi}}}}]
---
`;

const job = (command: string): string =>
	'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: backup}\nspec:\n  schedule: "0 1 * * *"\n  jobTemplate: ' +
	'{spec: {template: {spec: {restartPolicy: Never, containers: [{name: k, image: kubectl, command: [sh, -c, ' +
	`"${command}"]}]}}}}\n---\n`;

const scaler = (kind: string, apiVersion: string, target: string): string =>
	`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: scaler}\nspec: {${target}: {kind: StatefulSet, ` +
	'name: users}}\n---\n';

const client = (placing: string): string =>
	'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  selector: {matchLabels: {app: app}}\n' +
	`  template:\n    metadata: {labels: {app: app}}\n    spec:\n${placing}\n      containers: [{name: a, image: ` +
	'x/app}]\n---\n';

const selector = '{topologyKey: zone, labelSelector: {matchLabels: {app: users}}}';

describe('What speaks of the pods of a topology', () => {
	test.each([
		[
			'a hook that takes it apart',
			setOf('', '          lifecycle: {preStop: {exec: {command: [/opt/staging/hooks/90-shutdown-sequence.sh]}}}\n'),
			'topology-taken-apart',
		],
		['other clusters', setOf('', '          env: [{name: K8S_CLUSTERS, value: "eu us"}]\n'), 'topology-of-clusters'],
		[
			'a first pod that always starts empty',
			setOf('', '          env: [{name: PARALLEL_POD_MANAGEMENT_POLICY, value: "true"}]\n'),
			'topology-in-parallel',
		],
		['pods that start at once', setOf('  podManagementPolicy: Parallel\n'), 'topology-in-parallel'],
		[
			'claims that go with their pods',
			setOf('  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}\n'),
			'claims-removed',
		],
		[
			'an autoscaler',
			setOf() + scaler('HorizontalPodAutoscaler', 'autoscaling/v2', 'scaleTargetRef'),
			'scaled-by-others',
		],
		[
			'a vertical one',
			setOf() + scaler('VerticalPodAutoscaler', 'autoscaling.k8s.io/v1', 'targetRef'),
			'scaled-by-others',
		],
		['one of KEDA', setOf() + scaler('ScaledObject', 'keda.sh/v1alpha1', 'scaleTargetRef'), 'scaled-by-others'],
		['a job that goes into a pod', setOf() + job('kubectl exec users-0 -- backup --task'), 'pod-named'],
		['a job that names its host', setOf() + job('ldapsearch -h users-2.users-cluster -p 1636'), 'pod-named'],
	])('%s is foreseen', async (_name, text, code) => {
		await using folder = await folderWith({'all.yaml': text});
		const {findings} = await folder.inspect();
		expect(findings.filter(finding => finding.code === code)).toMatchObject([
			{severity: 'warns', where: {line: expect.any(Number) as number}},
		]);
	});

	test('what speaks of others is no finding, nor is a set that is on the new side', async () => {
		await using folder = await folderWith({
			'all.yaml':
				setOf() +
				job('kubectl exec users-replica-0 -- true; echo other-0 my-users-0') +
				scaler('HorizontalPodAutoscaler', 'autoscaling/v2', 'scaleTargetRef').replace('name: users', 'name: app'),
			'new/all.yaml':
				setOf().replaceAll('users', 'fresh').replace('2102-8.2.0.1', '2109-8.3.0.0') +
				job('kubectl exec fresh-0 -- true').replace('backup', 'other'),
		});
		const {findings} = await folder.inspect();
		const codes = codesOf(findings);
		for (const code of ['pod-named', 'scaled-by-others', 'topology-taken-apart', 'claims-removed']) {
			expect(codes).not.toContain(code);
		}
	});

	test.each([
		['a job', job('kubectl exec users-0 -- true'), 'CronJob backup names the pod users-0', 'users-2109-0'],
		[
			'affinity',
			client(`      affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [${selector}]}}`),
			'Deployment app is placed by the old pods',
			'app=users-2109',
		],
		[
			'preferred affinity',
			client(
				'      affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, ' +
					`podAffinityTerm: ${selector}}]}}`,
			),
			'Deployment app is placed by the old pods',
			'app=users-2109',
		],
		[
			'spread',
			client(`      topologySpreadConstraints: [${selector}]`),
			'Deployment app is placed by the old pods',
			'',
		],
		[
			'a monitor',
			'apiVersion: v1\nkind: Service\nmetadata: {name: users, labels: {use: metrics}}\nspec: {selector: {app: ' +
				'users}, ' +
				'ports: [{port: 443}]}\n---\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: ' +
				'{name: m}\n' +
				'spec: {selector: {matchLabels: {use: metrics}}}\n',
			'ServiceMonitor m watches through the Service users',
			'',
		],
		['KEDA', scaler('ScaledObject', 'keda.sh/v1alpha1', 'scaleTargetRef'), 'ScaledObject scaler scales users', ''],
	])('%s is named in the plan', async (_name, text, note, names) => {
		await using folder = await folderWith({'all.yaml': setOf() + text});
		const {summary} = await folder.plan('fresh');
		const found = summary.notes.filter(one => one.includes(note));
		expect(found).toHaveLength(1);
		expect(found[0]).toContain(names);
	});
});

test('a password in the environment is said to lie on the volume, and a path to one is not', async () => {
	await using folder = await folderWith({
		'all.yaml': setOf(
			'',
			'          env: [{name: PING_IDENTITY_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}, {name: ' +
				'ROOT_USER_PASSWORD_FILE, value: /run/secrets/x}]\n',
		),
	});
	const {findings} = await folder.inspect();
	expect(findings.filter(({code}) => code === 'state-holds-secret')).toMatchObject([
		{severity: 'informs', seen: 'PING_IDENTITY_PASSWORD is set in the environment'},
	]);
});
