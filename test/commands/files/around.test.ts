import {describe, expect, test} from 'vitest';
import {codesOf, folderWith} from './folder.js';

const set = ({
	image = 'pingidentity/pingdirectory:2102',
	pod = '',
	container = '',
	context = '',
} = {}): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  serviceName: users
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      securityContext: {${context}}
${pod}      containers:
        - name: server
          image: ${image}
${container}  volumeClaimTemplates: [{metadata: {name: out}, spec: {resources: {requests: {storage: 8Gi}}}}]
`;

describe('what stands around a server', () => {
	test('an init container that needs root keeps it, and is named', async () => {
		await using folder = await folderWith({
			'users.yaml': set({
				pod: `      initContainers:
        - {name: owner, image: 'busybox:1.36', command: [sh, -c, 'chown -R 9031 /opt/out']}
        - {name: settings, image: 'busybox:1.36', command: [sh, -c, 'echo ready']}
`,
			}),
		});
		const {written, summary} = await folder.plan('fresh');
		const text = written['kubernetes/users-2109/02-statefulset-users-2109.yaml'] ?? '';
		expect(text.match(/"runAsUser": ?\d+/gv)).toEqual(['"runAsUser": 9031', '"runAsUser":0']);
		expect(text).toMatch(/name: owner.*"runAsUser":0/v);
		expect(summary.notes.join('\n')).toContain('Init container owner needs root (it changes owners) and keeps it');
		expect(summary.notes.join('\n')).not.toContain('Init container settings');
	});

	test.each([
		[
			'a kind of its own beside it',
			'',
			'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: x}\nspec: {to: {name: other}}\n',
		],
		[
			'a user of the range it assigns',
			'runAsUser: 1000650000',
			'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
		],
	])('OpenShift is left its users: %s', async (_name, context, beside) => {
		await using folder = await folderWith({'users.yaml': set({context}), 'beside.yaml': beside});
		const {written, summary} = await folder.plan('fresh');
		expect(written['kubernetes/users-2109/02-statefulset-users-2109.yaml']).not.toMatch(/runAsUser|fsGroup/v);
		expect(summary.notes.join('\n')).toContain('left to the platform');
	});

	test('a licence that is mounted below /opt/out', async () => {
		await using folder = await folderWith({
			'users.yaml': set({
				container:
					'          volumeMounts: [{name: licence, mountPath: /opt/out/instance/PingDirectory.lic, subPath: x}]\n',
			}),
		});
		const {findings} = await folder.inspect();
		expect(codesOf(findings)).toContain('license-in-server-root');
	});

	test('servers that find each other by DNS stay together', async () => {
		await using folder = await folderWith({
			'users.yaml': set({
				image: 'pingidentity/pingfederate:2102-10.2.2',
				container: '          env: [{name: DNS_QUERY_LOCATION, value: pingfederate-cluster}]\n',
			}),
		});
		const {findings} = await folder.inspect();
		expect(codesOf(findings)).toContain('cluster-by-dns');
		const {summary} = await folder.plan('fresh', {tag: '2109'});
		expect(summary.notes.join('\n')).toContain('give all new members of the cluster');
	});
});
