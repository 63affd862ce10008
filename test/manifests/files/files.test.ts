import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {Failure} from '../../../source/failure/failure.js';
import {kindOfDocument} from '../../../source/manifests/files/source.js';
import {readTag} from '../../../source/manifests/files/target.js';
import {changedLines, planned, textOf} from '../reading.js';

const directory = `# The directory of the shop
apiVersion: v1
kind: Service
metadata:
  name: users   # what clients use
spec:
  selector: {app: users}
  ports:
  - name: ldaps
    port: 636   # stays
  - name: ldap
    port: 389
    targetPort: ldap
---
# Not ours
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
data:
  LDAPS_PORT: "636"
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: users
  labels: &labels
    app: users
spec:
  serviceName: users-cluster
  replicas: 2
  selector:
    matchLabels: *labels
  template:
    metadata:
      labels: *labels
    spec:
      containers:
      - name: pingdirectory
        image: 'pingidentity/pingdirectory:2102-8.2.0.1' # fixed
        ports:
        - {containerPort: 636, name: ldaps}
        - {containerPort: 389, name: ldap}
        volumeMounts:
        - {name: out-dir, mountPath: /opt/out}
  volumeClaimTemplates:
  - metadata: {name: out-dir}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 8Gi}}
`;

const codeOf = (act: () => unknown): string => {
	try {
		act();
	} catch (error) {
		return error instanceof Failure ? `${error.parts.code}, ${error.parts.exit ?? 'failed'}` : String(error);
	}

	return 'no failure';
};

describe('manifests from files', () => {
	test('root edits a file in place: the workload alone, everything else byte for byte', () => {
		const after = textOf(planned('root', {'users.yaml': directory}), 'kubernetes/users.yaml');
		expect(changedLines(directory, after)).toEqual({
			gone: ["        image: 'pingidentity/pingdirectory:2102-8.2.0.1' # fixed"],
			come: [
				"        image: 'pingidentity/pingdirectory:2109-8.3.0.0' # fixed",
				'        env:',
				'        - name: LDAP_PORT',
				'          value: "389"',
				'        - name: LDAPS_PORT',
				'          value: "636"',
				'        - name: HTTPS_PORT',
				'          value: "443"',
				'        - name: JMX_PORT',
				'          value: "689"',
				'      securityContext:',
				'        runAsUser: 0',
				'        runAsGroup: 0',
				'        runAsNonRoot: false',
			],
		});
		const workload = directory.lastIndexOf('---');
		expect(after.slice(0, workload)).toBe(directory.slice(0, workload));
	});

	test('root keeps CRLF line ends throughout', () => {
		const crlf = directory.replaceAll('\n', '\r\n');
		const after = textOf(planned('root', {'users.yaml': crlf}), 'kubernetes/users.yaml');
		expect(after.replaceAll('\r\n', '')).not.toMatch(/[\n\r]/v);
		expect(after.replaceAll('\r\n', '\n')).toBe(
			textOf(planned('root', {'users.yaml': directory}), 'kubernetes/users.yaml'),
		);
	});

	test('fresh writes the new objects from the old texts, comments kept, and the Services after the cut-over', () => {
		const plan = planned('fresh', {'users.yaml': directory});
		expect(plan.files.map(({name}) => name)).toEqual([
			'kubernetes/users-2109/01-service-users-2109-cluster.yaml',
			'kubernetes/users-2109/02-statefulset-users-2109.yaml',
			'kubernetes/users-2109/cut-over/01-service-users.yaml',
		]);
		const set = textOf(plan, 'kubernetes/users-2109/02-statefulset-users-2109.yaml');
		expect(set).toContain("        image: 'pingidentity/pingdirectory:2109-8.3.0.0' # fixed\n");
		expect(set).toContain('        - {containerPort: 1636, name: ldaps}\n');
		expect(parse(set)).toMatchObject({
			metadata: {name: 'users-2109', labels: {app: 'users-2109', 'app.kubernetes.io/managed-by': 'unroot'}},
			spec: {
				replicas: 1,
				serviceName: 'users-2109-cluster',
				selector: {matchLabels: {app: 'users-2109'}},
				template: {
					metadata: {labels: {app: 'users-2109'}},
					spec: {securityContext: {runAsUser: 9031, runAsGroup: 0, fsGroup: 0}},
				},
			},
		});
		expect(textOf(plan, 'kubernetes/users-2109/cut-over/01-service-users.yaml')).toBe(`# The directory of the shop
apiVersion: v1
kind: Service
metadata:
  name: users   # what clients use
spec:
  selector: {app: users-2109}
  ports:
  - name: ldaps
    port: 636   # stays
    targetPort: 1636
  - name: ldap
    port: 389
    targetPort: ldap
`);
	});

	test('takes a List apart, and edits it in place as root', () => {
		const list = JSON.stringify(
			{apiVersion: 'v1', kind: 'List', items: directory.split(/^---$/mv).map(text => parse(text) as unknown)},
			undefined,
			2,
		);
		expect(planned('fresh', {'-': list}).files.map(({name}) => name)).toContain(
			'kubernetes/users-2109/02-statefulset-users-2109.yaml',
		);
		const after = JSON.parse(textOf(planned('root', {'list.json': list}), 'kubernetes/list.json')) as {
			items: unknown[];
		};
		expect(after.items.slice(0, 2)).toEqual((JSON.parse(list) as {items: unknown[]}).items.slice(0, 2));
		expect(after.items[2]).toMatchObject({spec: {template: {spec: {securityContext: {runAsUser: 0}}}}});
	});

	test('takes user and group from the sprint: 9999 until 2108, 0 from 2109', () => {
		expect(
			textOf(
				planned('fresh', {'users.yaml': directory}, '2104'),
				'kubernetes/users-2104/02-statefulset-users-2104.yaml',
			),
		).toContain('runAsUser: 9031\n        runAsGroup: 9999\n        fsGroup: 9999\n');
	});

	test('leaves user and fsGroup to OpenShift where its objects are among the files', () => {
		const route =
			'\n---\napiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: users}\nspec: {to: {name: users}}\n';
		const set = textOf(
			planned('fresh', {'users.yaml': directory + route}),
			'kubernetes/users-2109/02-statefulset-users-2109.yaml',
		);
		expect(set).toContain('securityContext:\n        runAsGroup: 0\n');
		expect(set).not.toContain('fsGroup');
	});

	test('leaves a workload of 2103 or later as it is, and says so', () => {
		const plan = planned('root', {
			'a.yaml': directory,
			'b.yaml': directory.replaceAll('2102-8.2.0.1', '2104-8.2.0.3').replaceAll('users', 'staff'),
		});
		expect(plan.files.map(({name}) => name)).toEqual(['kubernetes/a.yaml']);
		expect(plan.notes.join('\n')).toContain('staff runs an image of 2103 or later already');
	});

	test('keeps objects of the same name in two namespaces apart', () => {
		const inNamespace = (namespace: string): string =>
			directory.replaceAll(/^ {2}name: users\b/gmv, found => `  namespace: ${namespace}\n${found}`);
		const plan = planned('fresh', {'a.yaml': inNamespace('east'), 'b.yaml': inNamespace('west')});
		expect(plan.files.map(({name}) => name)).toContain('kubernetes/east-users-2109/02-statefulset-users-2109.yaml');
		expect(textOf(plan, 'kubernetes/west-users-2109/02-statefulset-users-2109.yaml')).toContain('namespace: west');
	});

	test.each([
		[undefined, 'image-tag-missing, blocked'],
		['latest', 'image-tag-sprint, blocked'],
		['8.3.0.0', 'image-tag-sprint, blocked'],
		['2102-8.2.0.1', 'image-tag-old, blocked'],
	])('refuses %s as the tag to migrate to', (tag, code) => {
		expect(codeOf(() => readTag(tag))).toBe(code);
	});

	test('says that there is nothing to plan', () => {
		expect(
			codeOf(() =>
				planned('fresh', {'x.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {p: "443"}\n'}),
			),
		).toBe('nothing-to-plan, blocked');
	});

	test.each([
		[{apiVersion: 'v1', kind: 'Service', metadata: {name: 'x'}}, 'kubernetes'],
		[{apiVersion: 'v1', kind: 'List', items: []}, 'list'],
		[{resources: ['a.yaml']}, 'kustomization'],
		[{services: {a: {image: 'x'}}}, 'compose'],
		[{global: {}, pingdirectory: {enabled: true}}, 'helm-values'],
		[{global: {a: 1}}, 'other'],
		['docker run -d x', 'docker-run'],
		[[{Config: {}, HostConfig: {}}], 'docker-inspect'],
		[[1], 'other'],
		[null, 'other'],
	])('tells what a document is by its content: %j', (value, kind) => {
		expect(kindOfDocument(value)).toBe(kind);
	});
});
