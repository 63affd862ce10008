import {describe, expect, test} from 'vitest';
import {findProblems, sortDocuments} from '../../source/ping/findings/index.js';
import {planned, reading} from './reading.js';

const set = (image: string, more = ''): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: users
spec:
  serviceName: users-cluster
  replicas: 1
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      terminationGracePeriodSeconds: 300
      containers:
      - name: server
        image: ${image}
        imagePullPolicy: IfNotPresent
        ports:
        - containerPort: 636
        - containerPort: 443
        livenessProbe: {tcpSocket: {port: 636}, timeoutSeconds: 5}
        env:
        - {name: LDAPS_PORT, value: "636"}
        - {name: MAKELDIF_USERS, value: "20000"}
        - {name: PING_CONTAINER_PRIVILEGED, value: "true"}
        volumeMounts:
        - {name: out-dir, mountPath: /opt/out}
        - {name: key, mountPath: /root/.ssh}
${more}
      volumes:
      - {name: key, secret: {secretName: key, defaultMode: 0400}}
  volumeClaimTemplates:
  - metadata: {name: out-dir}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: users}
spec:
  selector: {app: users}
  ports: [{name: ldaps, port: 636}, {name: https, port: 443, targetPort: 443}]
---
apiVersion: v1
kind: Service
metadata: {name: users-cluster}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: users}
  ports: [{name: ldaps, port: 636}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: users}
spec:
  podSelector: {matchLabels: {app: users}}
  ingress: [{ports: [{port: 636}]}]
`;
const hardened =
	'        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsUser: 0}';

const inputs: Readonly<Record<string, string>> = {
	'a directory': set('pingidentity/pingdirectory:2102-8.2.0.1'),
	'a directory that drops capabilities': set('pingidentity/pingdirectory:2102-8.2.0.1', hardened),
	'a directory of a sliding tag': set('pingidentity/pingdirectory:edge'),
	'a proxy': set('pingidentity/pingdirectoryproxy:2102'),
	'a synchroniser': set('pingidentity/pingdatasync:2102'),
	'a governance server': set('pingidentity/pingdatagovernance:2102'),
	'a deployment without a volume': `apiVersion: apps/v1
kind: Deployment
metadata: {name: federate}
spec:
  replicas: 2
  selector: {matchLabels: {app: federate}}
  template:
    metadata: {labels: {app: federate}}
    spec:
      containers:
      - {name: pingfederate, image: 'pingidentity/pingfederate:2102', ports: [{containerPort: 9999}, {containerPort: 9031}]}
`,
	'values of the chart': `pingdirectory:
  enabled: true
  image: {tag: "2102", pullPolicy: IfNotPresent}
  container: {replicaCount: 1, securityContext: {}}
  envs: {SERVER_PROFILE_URL: 'https://git.example.com/p.git', MAKELDIF_USERS: "20000"}
  services: {ldaps: {containerPort: 636, servicePort: 636}}
  workload: {securityContext: {}}
`,
	'a Compose file': `services:
  users:
    image: pingidentity/pingdirectory:2102
    environment: {LDAPS_PORT: 636, MAKELDIF_USERS: 10}
    ports: ["1636:636", "1443:443"]
    volumes: ["users-out:/opt/out"]
  federate:
    image: pingidentity/pingfederate:2102
    user: root
    command: wait-for users:389 -- entrypoint.sh start-server
    environment: [LDAP=ldaps://users:636]
volumes:
  users-out:
`,
	'a Compose file that drops capabilities': `services:
  users: {image: "pingidentity/pingdirectory:2102", cap_drop: [ALL], cap_add: [CHOWN]}
`,
	'a docker run line that drops capabilities':
		'#!/bin/sh\ndocker run --cap-drop=ALL --cap-add CAP_CHOWN pingidentity/pingdirectory:2102\n',
	'docker run lines': String.raw`#!/bin/sh
# the old days: docker run pingidentity/pingdirectory:2101
docker run -d --name users -p 1636:636 -p 1443:443 \
  -e LDAPS_PORT=636 -e MAKELDIF_USERS=10 -e PING_CONTAINER_PRIVILEGED=true \
  -v users-out:/opt/out -v keys:/root/.ssh \
  pingidentity/pingdirectory:2102
docker run -d --name federate -e LDAP=ldaps://users:636 pingidentity/pingfederate:2102 wait-for users:389 -- start-server
`,
};

const nameOf = (text: string): string => (text.startsWith('#!') ? 'in.sh' : 'in.yaml');

const problems = (strategy: 'fresh' | 'root', text: string, tag: string): readonly string[] => {
	const {files} = planned(strategy, {[nameOf(text)]: text}, tag);
	expect(files.length).toBeGreaterThan(0);
	const documents = files.flatMap(({name, text: written}) =>
		reading(name, written).documents.map(({value}) => ({value, file: name})),
	);
	return (
		findProblems({documents: sortDocuments(documents), target: {strategy}})
			// A server that restarts on its volume makes no sample users, so they are left as they are.
			.filter(({code}) => strategy === 'fresh' || code !== 'makeldif-users')
			.map(({code, seen, where}) => `${code} at ${where.file ?? ''} ${where.field}: ${seen}`)
	);
};

describe.each(Object.entries(inputs))('what was planned for %s', (_, text) => {
	test.each(['2104', '2109'])('has no problem as a fresh deployment of sprint %s', tag => {
		expect(problems('fresh', text, tag)).toEqual([]);
	});

	test.each(['2104', '2109'])('has no problem as root on sprint %s', tag => {
		expect(problems('root', text, tag)).toEqual([]);
	});
});

/** Lines of one text that the other has too, in their order. */
const shared = (text: string, other: string): readonly string[] => {
	const lines = new Set(other.split('\n'));
	return text.split('\n').filter(line => lines.has(line));
};

const remarks = '# a remark:  "kept"   \n\n#  - and one more\t!\n';

describe.each(Object.entries(inputs).filter(([, text]) => !text.startsWith('apiVersion')))(
	'%s, edited in place',
	(_, text) => {
		test.each(['fresh', 'root'] as const)(
			'%s: what was not to change is byte for byte the same and in its order',
			strategy => {
				const name = nameOf(text);
				const before = text.startsWith('#!')
					? text
							.split('\n')
							.toSpliced(1, 0, ...remarks.trimEnd().split('\n'))
							.join('\n')
					: remarks + text;
				const after =
					planned(strategy, {[name]: before}).files.find(
						file => file.from?.file === name || file.name === `docker/${name}`,
					)?.text ?? '';
				expect(shared(after, before)).toEqual(shared(before, after));
				expect(after).toContain(remarks);
				expect(shared(before, after).length).toBeGreaterThan(before.split('\n').length / 3);
			},
		);
	},
);

test.each(Object.entries(inputs).filter(([, text]) => text.startsWith('apiVersion')))(
	'%s: staying root changes the one workload in the file, the rest byte for byte the same',
	(_, text) => {
		const before = `${remarks}---\n${text}`;
		const after = planned('root', {'in.yaml': before}).files.find(file => file.from?.file === 'in.yaml')?.text ?? '';
		expect(shared(after, before)).toEqual(shared(before, after));
		expect(after.startsWith(remarks)).toBe(true);
		expect(after.split('\n---\n').slice(2)).toEqual(before.split('\n---\n').slice(2));
	},
);

test('the same manifests had problems before', () => {
	const found = Object.entries(inputs).map(
		([name, text]) =>
			[name, findProblems({documents: sortDocuments(reading(nameOf(text), text).documents)}).length] as const,
	);
	expect(found.filter(([, count]) => count === 0)).toEqual([]);
});
