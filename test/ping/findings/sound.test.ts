import {describe, expect, test} from 'vitest';
import {configMap, inspectSetUp, neighbour, pinned, secured, service, workload, type SetUp} from './look.js';

type Row = readonly [name: string, sound: SetUp];

const newPorts =
	'ports: [{name: ldap, containerPort: 1389}, {name: ldaps, containerPort: 1636}, {name: https, containerPort: ' +
	'1443}]\nreadinessProbe: {exec: {command: [/opt/readiness.sh]}}\nlivenessProbe: {tcpSocket: {port: 1636}}';
const mapped = service(
	'[{port: 636, targetPort: 1636}, {port: 443, targetPort: https}, {port: 389, targetPort: 1389}]',
);
const headless = service('[{name: ldaps, port: 1636}]', {
	name: 'pingdirectory-cluster',
	more: 'clusterIP: None\npublishNotReadyAddresses: true',
});
const good = workload({pod: secured, container: newPorts});
const rootPod = 'securityContext: {runAsUser: 0, runAsGroup: 0, runAsNonRoot: false}';
const oldPorts =
	'ports: [{containerPort: 389}, {containerPort: 636}, {containerPort: 443}]\nreadinessProbe: {tcpSocket: {port: 636}}';
const restricted =
	'apiVersion: v1\nkind: Namespace\nmetadata: {name: identity, labels: {pod-security.kubernetes.io/enforce: ' +
	'restricted}}\n---\n';
const baseline = restricted.replace('restricted', 'baseline');
const route =
	'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r}\nspec: {to: {name: portal}, port: ' +
	'{targetPort: 443}}\n---\n';
const closed = 'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}';

const rows: readonly Row[] = [
	['a migrated PingDirectory with its Services', {yaml: good + mapped + headless}],
	[
		'the same from sprint 2109 on, with group 0',
		{
			yaml:
				workload({
					image: 'pingidentity/pingdirectory:2306-9.2.0.1',
					pod: 'securityContext: {runAsUser: 9031, runAsGroup: 0, fsGroup: 0}',
					container: newPorts,
				}) + mapped,
		},
	],
	[
		'fsGroup alone, the user left to the image',
		{
			yaml: workload({
				image: 'registry.example.com/ping/pingdirectory:2112',
				pod: 'securityContext: {fsGroup: 0}',
				container: newPorts,
			}),
		},
	],
	[
		'a new image that stays root with the old ports',
		{
			yaml:
				workload({pod: rootPod, container: `${pinned}\n${oldPorts}`}) +
				service('[{port: 636}, {port: 443}, {port: 389}]'),
		},
	],
	[
		'the same with clients on the old ports',
		{
			yaml:
				workload({pod: rootPod, container: `${pinned}\n${oldPorts}`}) +
				service('[{port: 636}]') +
				neighbour('env: [{name: U, value: "ldaps://pingdirectory:636"}]\ncommand: [wait-for, "pingdirectory:636"]'),
		},
	],
	[
		'root that gives up all and takes back what it needs',
		{
			yaml:
				baseline +
				workload({
					pod: rootPod,
					container:
						`${pinned}\nsecurityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, CHOWN, ` +
						'DAC_OVERRIDE, FOWNER]}}',
				}),
		},
	],
	[
		"clients that use the Service's old port, which maps to the new one",
		{
			yaml:
				good +
				mapped +
				neighbour(
					'command: [sh, -c, "wait-for pingdirectory:389 && run"]\nenv: [{name: U, value: ' +
						'"ldaps://pingdirectory:636"}, {name: LDAP_HOST, value: pingdirectory.identity.svc}, {name: ' +
						'LDAP_PORT, value: "389"}]',
				),
		},
	],
	[
		'a pod of the old image that asked the directory once and has ended',
		{
			yaml:
				`${good}${mapped}\napiVersion: v1\nkind: Pod\nmetadata: {name: once}\nspec: {containers: [{name: once, ` +
				'image: "pingidentity/pingdirectory:2102", args: [ldapsearch, --port, "636"]}]}\nstatus: {phase: ' +
				'Succeeded}\n',
		},
	],
	[
		'443 in an unrelated manifest',
		{
			yaml:
				good +
				neighbour(
					'ports: [{containerPort: 443}]\nenv: [{name: API, value: "https://api.example.com:443/v1"}, {name: ' +
						'DIRECTORY, value: "ldaps://ad.corp.example.com:636"}]\nlivenessProbe: {httpGet: {port: 443}}',
					'example/web:1',
				) +
				service('[{port: 443}, {port: 636}]', {name: 'web', selects: 'web'}),
		},
	],
	[
		'443 of an unrelated Ingress, NetworkPolicy and ConfigMap',
		{
			yaml:
				`${good}${configMap('nginx', 'nginx.conf: |\n  listen 443;\n  proxy_pass https://backend:443;')}\napiVersion: ` +
				'networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{http: {paths: [{backend: ' +
				'{service: {name: web, port: {number: 443}}}}]}}]}\n---\napiVersion: networking.k8s.io/v1\nkind: ' +
				'NetworkPolicy\nmetadata: {name: n}\nspec: {podSelector: {matchLabels: {role: web}}, ingress: [{ports: ' +
				'[{port: 443}]}], egress: [{ports: [{port: 636}]}]}\n',
		},
	],
	[
		"an Ingress on the Service's old port, which maps to the new one",
		{
			yaml:
				`${good}${mapped}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: ` +
				'[{http: {paths: [{backend: {service: {name: pingdirectory, port: {number: 443}}}}]}}]}\n',
		},
	],
	[
		'a NetworkPolicy that allows both during the move',
		{
			yaml:
				`${good}\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: ` +
				'{podSelector: {matchLabels: {role: pingdirectory}}, ingress: [{ports: [{port: 636}, {port: 1636}]}]}\n',
		},
	],
	[
		'PingFederate on its own ports, 9031 and 9999',
		{
			yaml:
				workload({
					product: 'pingfederate',
					kind: 'Deployment',
					claim: false,
					container: 'ports: [{containerPort: 9031}, {containerPort: 9999}]',
				}) + service('[{port: 443, targetPort: 9999}, {port: 9031}]', {name: 'pingfederate', selects: 'pingfederate'}),
		},
	],
	[
		'PingDelegator, which was never root',
		{
			yaml: workload({
				product: 'pingdelegator',
				kind: 'Deployment',
				claim: false,
				container: 'ports: [{containerPort: 6443}]\nenv: [{name: PD_ENGINE_PUBLIC_PORT, value: "1443"}]',
			}),
		},
	],
	[
		'PingDataConsole, whose HTTPS port is its own',
		{
			yaml:
				workload({
					product: 'pingdataconsole',
					kind: 'Deployment',
					claim: false,
					container: 'ports: [{containerPort: 8443}]\nenv: [{name: HTTPS_PORT, value: "8443"}]',
				}) + service('[{port: 443, targetPort: 8443}]', {name: 'console', selects: 'pingdataconsole'}),
		},
	],
	[
		'PingAccess without a volume',
		{
			yaml:
				workload({
					product: 'pingaccess',
					kind: 'Deployment',
					claim: false,
					container: 'ports: [{containerPort: 3000}, {containerPort: 1443}]',
				}) + service('[{port: 443, targetPort: 1443}, {port: 3000}]', {name: 'pingaccess', selects: 'pingaccess'}),
		},
	],
	[
		"ports of one's own above 1023",
		{
			yaml:
				workload({
					pod: secured,
					container:
						'env: [{name: LDAPS_PORT, value: "7636"}, {name: LDAP_PORT, value: "7389"}]\nports: ' +
						'[{containerPort: 7636}]',
				}) + service('[{port: 636, targetPort: 7636}]'),
		},
	],
	[
		'arbitrary users on OpenShift from 2109 on, with nothing fixed',
		{
			yaml:
				route +
				workload({
					image: 'pingidentity/pingdirectory:2206',
					pod: 'securityContext: {runAsGroup: 0}',
					container: newPorts,
				}),
		},
	],
	[
		'a restricted namespace and a pod that gives up everything',
		{
			yaml:
				restricted +
				workload({
					image: 'pingidentity/pingdirectory:2306',
					pod:
						'securityContext: {runAsNonRoot: true, runAsUser: 9031, runAsGroup: 0, fsGroup: 0, seccompProfile: ' +
						'{type: RuntimeDefault}}',
					container: `${newPorts}\n${closed}`,
				}),
		},
	],
	[
		'a secret of mode 0400 with fsGroup, and the keys at home',
		{
			yaml: workload({
				pod: `${secured}\nvolumes: [{name: keys, secret: {secretName: k, defaultMode: 256}}]`,
				container: 'volumeMounts: [{name: keys, mountPath: /home/ping/.ssh}, {name: out-dir, mountPath: /opt/out}]',
				claim: false,
				spec: 'volumeClaimTemplates: [{metadata: {name: out-dir}}]',
			}),
		},
	],
	[
		'MAKELDIF_USERS 0',
		{
			yaml: workload({
				pod: secured,
				container: 'env: [{name: MAKELDIF_USERS, value: "0"}, {name: UNSAFE_CONTINUE_ON_ERROR, value: "false"}]',
			}),
		},
	],
	['a new topology of three', {yaml: workload({pod: secured, container: newPorts, replicas: 3}) + mapped + headless}],
	[
		'the same StatefulSet twice, with more replicas and another template',
		{yaml: good + workload({pod: secured, container: newPorts, replicas: 3})},
	],
	[
		'jobs with the toolkit',
		{
			yaml:
				'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {containers: [{name: t, ' +
				'image: "pingidentity/pingtoolkit:2306", command: [sh, -c, "wait-for pingdirectory:1636"]}]}}}\n---\n' +
				good +
				service('[{port: 1636}]'),
		},
	],
	[
		'the test pod of chart 0.6.3, whose user reads nothing of the image',
		{
			yaml:
				'apiVersion: v1\nkind: Pod\nmetadata: {name: shop-testframework, annotations: {"helm.sh/hook": ' +
				'test}}\nspec:\n  restartPolicy: Never\n  containers:\n  - name: 99-completion\n    image: ' +
				'pingidentity/pingtoolkit:2105\n    command: [/bin/sh, -c, "echo Testing Complete; date", exit 0]\n    ' +
				'securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, readOnlyRootFilesystem: ' +
				'true, runAsGroup: 1000, runAsNonRoot: true, runAsUser: 100}\n',
		},
	],
	[
		"the chart's host and port of a product that is not deployed",
		{
			yaml:
				good +
				configMap(
					'shop-global-env-vars',
					'PDS_ENGINE_PRIVATE_HOSTNAME: shop-pingdatasync\nPDS_ENGINE_PRIVATE_PORT_HTTPS: "443"',
				),
		},
	],
	[
		"the chart's volume beside its claim template",
		{
			yaml: workload({
				pod: `${secured}\nvolumes: [{name: out-dir, persistentVolumeClaim: {claimName: out-dir}}]`,
				container: newPorts,
				metadata: 'labels: {app.kubernetes.io/managed-by: Helm, helm.sh/chart: ping-devops-0.9.10}',
			}),
		},
	],
	['a target that is given as its tag alone', {yaml: good, target: {image: '2106-8.2.0.6'}}],
	[
		'no Ping workload at all',
		{
			yaml:
				neighbour('ports: [{containerPort: 636}]', 'example/ldap:2102') +
				service('[{port: 389}]', {name: 'ldap', selects: 'ldap'}),
		},
	],
	[
		'Helm: values of today',
		{
			yaml:
				'global: {image: {tag: "2306"}, envs: {PING_IDENTITY_ACCEPT_EULA: "YES"}}\npingdirectory:\n  enabled: ' +
				'true\n  container: {replicaCount: 1}\n  services: {ldaps: {servicePort: 636, containerPort: 1636, ' +
				'dataService: true}}\n  envs: {SERVER_PROFILE_URL: u, SERVER_PROFILE_PATH: p, MAKELDIF_USERS: "0"}\n',
		},
	],
	[
		'Helm: root with all it needs',
		{
			yaml:
				'pingdirectory:\n  workload: {securityContext: {runAsUser: 0, runAsGroup: 0, runAsNonRoot: false, ' +
				'fsGroup: null}}\n  container: {securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, ' +
				'CHOWN, DAC_OVERRIDE, FOWNER]}}}\n  services: {ldaps: {containerPort: 636}}\n  envs: ' +
				'{SERVER_PROFILE_URL: u, MAKELDIF_USERS: "0", JMX_PORT: "689"}\n',
		},
	],
	[
		'Helm: OpenShift, with nothing fixed',
		{
			yaml:
				'global: {workload: {securityContext: {fsGroup: null, runAsUser: null}}, externalImage: {pingtoolkit: ' +
				'{securityContext: {runAsUser: null}}}}\n',
		},
	],
	[
		'Compose: the right side moved',
		{
			yaml:
				'services:\n  pingdirectory: {image: "pingidentity/pingdirectory:2105", ports: ["1636:1636", ' +
				'"443:1443"], volumes: ["out:/opt/out"]}\n  pf: {image: "pingidentity/pingfederate:2105", command: ' +
				'"wait-for pingdirectory:1389 -- start-server", ports: ["9999:9999"]}\n',
		},
	],
	[
		'Compose: root with the four ports',
		{
			yaml:
				'services:\n  pd:\n    image: pingidentity/pingdirectory:2105\n    user: "0:0"\n    environment: ' +
				'[LDAP_PORT=389, LDAPS_PORT=636, HTTPS_PORT=443, JMX_PORT=689]\n    ports: ["1636:636"]\n',
		},
	],
	["Compose: nothing of Ping's", {yaml: 'version: "2"\nservices:\n  web: {image: "nginx:1", ports: ["443:443"]}\n'}],
	[
		'docker run: the right side moved',
		{
			script:
				'#!/bin/sh\n# docker run pingidentity/pingdirectory:2102 was the old line\ndocker run --name pd -p ' +
				'636:1636 -v out:/opt/out -v keys:/home/ping/.ssh -u 9031:0 pingidentity/pingdirectory:2109\ndocker ' +
				'run pingidentity/pingfederate:2109 wait-for pd:1389\n',
		},
	],
	[
		'docker run: root with the four ports',
		{
			script:
				'docker run -u 0:0 -p 636:636 -e LDAP_PORT=389 -e LDAPS_PORT=636 -e HTTPS_PORT=443 -e JMX_PORT=689 ' +
				'pingidentity/pingdirectory:2109\n',
		},
	],
	["docker run: nothing of Ping's", {script: 'docker run -p 443:443 -e LDAPS_PORT=636 -v x:/root nginx:1\n'}],
	[
		'Kustomize: a new tag',
		{
			yaml:
				'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: [{name: ' +
				'pingidentity/pingdirectory, newTag: "2306"}]\nconfigMapGenerator: [{name: e, literals: ' +
				'[LDAPS_PORT=1636, MAKELDIF_USERS=0]}]\n',
		},
	],
	[
		'a profile with variables',
		{
			texts: [
				{
					file: 'pd.profile/dsconfig/10-x.dsconfig',
					text:
						'dsconfig set-connection-handler-prop --handler-name "LDAPS Connection Handler" --set ' +
						'listen-port:1636\n',
				},
				{file: 'env_vars', text: 'USER_BASE_DN=dc=example,dc=com\nPORTAL=https://portal.example.com\n'},
			],
		},
	],
	[
		'values that are not text',
		{
			yaml:
				'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 636, b: [1], c: null}\n---\napiVersion: ' +
				'apps/v1\nkind: StatefulSet\nmetadata: {}\nspec: []\n---\napiVersion: v1\nkind: Service\nspec: {ports: ' +
				'{a: 1}, selector: [x]}\n',
		},
	],
];

describe('sound set-ups', () => {
	test.each(rows)('%s', (_name, sound) => {
		expect(inspectSetUp(sound)).toEqual([]);
	});

	test('there are at least twenty of them', () => {
		expect(new Set(rows.map(([name]) => name)).size).toBeGreaterThanOrEqual(20);
	});
});
