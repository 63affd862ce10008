import {describe, expect, test} from 'vitest';
import type {PodProbe} from '../../../source/ping/workload.js';
import {configMap, inspectSetUp, neighbour, pinned, secured, service, workload, type SetUp} from './look.js';

type Row = readonly [name: string, setUp: SetUp, code: string, where: string, severity?: string];

const oldImage = 'pingidentity/pingdirectory:2102-8.2.0.1';
const newPorts = 'ports: [{containerPort: 1389}, {containerPort: 1636}, {containerPort: 1443}]';
const good = workload({pod: secured, container: newPorts});
const mapped = service('[{port: 636, targetPort: 1636}, {port: 443, targetPort: 1443}, {port: 389, targetPort: 1389}]');
const headless = service('[{name: ldaps, port: 1636}]', {
	name: 'pingdirectory-cluster',
	more: 'clusterIP: None\npublishNotReadyAddresses: true',
});
const template = 'spec.template.spec';
const first = `${template}.containers[0]`;

const pod = (name: string, owner: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, ownerReferences: [{kind: StatefulSet, name: ${owner}, controller: true}]}
spec: {containers: [{name: pingdirectory, image: x}]}
---
`;

const probe = (owners: PodProbe['owners'], more: Partial<PodProbe> = {}): PodProbe => ({
	pod: 'pingdirectory-0',
	container: 'pingdirectory',
	environment: {},
	owners,
	logSigns: [],
	...more,
});

const images: readonly Row[] = [
	[
		'a sliding tag that is pulled at every start',
		{yaml: workload({image: 'pingidentity/pingdirectory:edge', pod: secured, container: 'imagePullPolicy: Always'})},
		'image-sliding-always',
		`${first}.image`,
		'warns',
	],
	[
		'latest, which is pulled at every start unless told',
		{yaml: workload({image: 'pingidentity/pingdirectory', pod: secured})},
		'image-sliding-always',
		`${first}.image`,
	],
	[
		'a product version as the tag',
		{yaml: workload({image: 'pingidentity/pingdirectory:8.2.0.3', pod: secured})},
		'image-sliding',
		`${first}.image`,
	],
	['an old sprint', {yaml: workload({image: oldImage})}, 'side-old', `${first}.image`, 'informs'],
	['an old point sprint', {yaml: workload({image: 'pingidentity/pingdirectory:2012.1'})}, 'side-old', `${first}.image`],
	['an old image from Docker Hub', {yaml: workload({image: oldImage})}, 'image-gone', `${first}.image`],
	[
		'an image by digest',
		{yaml: workload({image: `registry.example.com:5000/pingdirectory@sha256:${'a'.repeat(64)}`, pod: secured})},
		'side-unknown',
		`${first}.image`,
	],
	[
		"a tag of the operator's own",
		{yaml: workload({image: 'registry.example.com/pingdirectory:prod-7', pod: secured})},
		'side-unknown',
		`${first}.image`,
	],
	[
		'a product version that looks like a year',
		{yaml: workload({product: 'pingfederate', image: 'pingidentity/pingfederate:10.2.2', pod: secured})},
		'side-unknown',
		`${first}.image`,
	],
	[
		'signs that contradict one another',
		{
			yaml:
				workload({image: 'pingidentity/pingdirectory:2105', pod: secured}) + pod('pingdirectory-0', 'pingdirectory'),
			probes: [
				probe(
					{},
					{
						uid: 9031,
						gid: 9999,
						environment: {IMAGE_VERSION: 'pingdirectory-alpine-az11-8.2.0.1-210101-abcd', LDAPS_PORT: '1636'},
					},
				),
			],
		},
		'side-unknown',
		`${first}.image`,
	],
	[
		'PingAuthorize of a sprint that had none',
		{yaml: workload({product: 'pingauthorize', image: 'pingidentity/pingauthorize:2101', pod: secured})},
		'image-impossible',
		`${first}.image`,
	],
	[
		"a product of Ping's that nobody knows",
		{yaml: neighbour('', 'pingidentity/pingsomething:2105')},
		'product-unknown',
		`${first}.image`,
	],
	[
		'a target that is old itself',
		{yaml: workload({image: oldImage}), target: {image: 'pingidentity/pingdirectory:2101'}},
		'target-old',
		`${first}.image`,
		'blocks',
	],
	[
		'a target without a sprint',
		{yaml: workload({image: oldImage}), target: {image: 'pingidentity/pingdirectory:latest'}},
		'target-without-sprint',
		`${first}.image`,
	],
];

const users: readonly Row[] = [
	[
		'fsGroup:9999 without a space',
		{yaml: workload({pod: 'securityContext:\n  fsGroup:9999'})},
		'context-not-a-map',
		`${template}.securityContext`,
		'blocks',
	],
	[
		'fsGroup at the container',
		{yaml: workload({container: 'securityContext: {fsGroup: 9999}'})},
		'fsgroup-in-container',
		`${first}.securityContext.fsGroup`,
		'blocks',
	],
	['a claim without fsGroup', {yaml: workload()}, 'fsgroup-missing', `${template}.securityContext.fsGroup`, 'blocks'],
	[
		'fsGroup 9999 for a sprint of group 0',
		{yaml: workload({image: 'pingidentity/pingdirectory:2109', pod: 'securityContext: {fsGroup: 9999}'})},
		'fsgroup-of-other-sprint',
		`${template}.securityContext.fsGroup`,
	],
	[
		'fsGroup 0 for a sprint of group 9999',
		{yaml: workload({pod: 'securityContext: {fsGroup: 0}'})},
		'fsgroup-of-other-sprint',
		`${template}.securityContext.fsGroup`,
	],
	[
		"the group of the target's sprint, not of the running one",
		{yaml: workload({pod: secured}), target: {image: 'pingidentity/pingdirectory:2109-8.3.0.0'}},
		'gid-wrong',
		`${template}.securityContext.runAsGroup`,
	],
	[
		'runAsGroup 9999 from 2109 on',
		{
			yaml: workload({
				image: 'pingidentity/pingdirectory:2306',
				pod: 'securityContext: {runAsUser: 9031, runAsGroup: 9999, fsGroup: 0}',
			}),
		},
		'gid-wrong',
		`${template}.securityContext.runAsGroup`,
	],
	[
		'runAsGroup 0 before 2109, at the container',
		{yaml: workload({pod: 'securityContext: {fsGroup: 9999}', container: 'securityContext: {runAsGroup: 0}'})},
		'gid-wrong',
		`${first}.securityContext.runAsGroup`,
	],
	[
		'another user on a closed sprint',
		{yaml: workload({pod: 'securityContext: {runAsUser: 1000, fsGroup: 9999}'})},
		'uid-wrong',
		`${template}.securityContext.runAsUser`,
		'blocks',
	],
	[
		'another user with another group from 2109 on',
		{
			yaml: workload({
				image: 'pingidentity/pingdirectory:2109',
				pod: 'securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 0}',
			}),
		},
		'uid-wrong',
		`${template}.securityContext.runAsUser`,
	],
	[
		'another user for a wait-for of the toolkit',
		{
			yaml:
				good +
				workload({
					product: 'pingfederate',
					kind: 'Deployment',
					claim: false,
					pod:
						'initContainers: [{name: w, image: "pingidentity/pingtoolkit:2105", command: [sh, -c, "wait-for ' +
						'pingdirectory:1636"], securityContext: {runAsUser: 100}}]',
				}) +
				mapped,
		},
		'uid-wrong',
		`${template}.initContainers[0].securityContext.runAsUser`,
		'blocks',
	],
	[
		'root that runAsNonRoot forbids',
		{yaml: workload({pod: 'securityContext: {runAsUser: 0, runAsNonRoot: true}', container: pinned})},
		'root-refused',
		`${template}.securityContext.runAsNonRoot`,
		'blocks',
	],
	[
		'an old image under runAsNonRoot',
		{yaml: workload({image: oldImage, pod: 'securityContext: {runAsNonRoot: true}'})},
		'root-refused',
		`${template}.securityContext.runAsNonRoot`,
	],
	[
		'root without its capabilities',
		{
			yaml: workload({
				pod: 'securityContext: {runAsUser: 0}',
				container: `securityContext: {capabilities: {drop: [ALL]}}\n${pinned}`,
			}),
		},
		'root-without-capabilities',
		`${first}.securityContext.capabilities`,
		'blocks',
	],
	[
		'the root strategy on a container that drops all',
		{
			yaml: workload({
				image: oldImage,
				container: 'securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}',
			}),
			target: {strategy: 'root', image: 'pingidentity/pingdirectory:2105'},
		},
		'root-without-capabilities',
		`${first}.securityContext.capabilities`,
	],
	[
		'the variable that only old images read',
		{yaml: workload({pod: secured, container: 'env: [{name: PING_CONTAINER_PRIVILEGED, value: "true"}]'})},
		'privileged-variable',
		`${first}.env[0].value`,
	],
	[
		'a port below 1024 without root',
		{yaml: workload({pod: secured, container: 'env: [{name: LDAPS_PORT, value: "636"}]'})},
		'bind-privileged',
		`${first}.env[0].value`,
		'blocks',
	],
	[
		'the same in a ConfigMap',
		{
			yaml:
				workload({pod: secured, container: 'envFrom: [{configMapRef: {name: environment}}]'}) +
				configMap('environment', 'LDAPS_PORT: "636"'),
		},
		'bind-privileged',
		'data.LDAPS_PORT',
		'blocks',
	],
];

const ports: readonly Row[] = [
	[
		'an old container port',
		{yaml: workload({pod: secured, container: 'ports: [{containerPort: 636}]'})},
		'port-container-old',
		`${first}.ports[0].containerPort`,
		'warns',
	],
	[
		'an old container port that a Service looks up by name',
		{
			yaml:
				workload({pod: secured, container: 'ports: [{name: ldaps, containerPort: 636}]'}) +
				service('[{port: 636, targetPort: ldaps}]'),
		},
		'port-container-old',
		`${first}.ports[0].containerPort`,
		'blocks',
	],
	[
		'an old port in a probe',
		{yaml: workload({pod: secured, container: 'readinessProbe: {tcpSocket: {port: 636}}'})},
		'port-probe-old',
		`${first}.readinessProbe.tcpSocket.port`,
		'blocks',
	],
	[
		'an old port in an HTTP probe of the PAP',
		{
			yaml: workload({
				product: 'pingdatagovernancepap',
				claim: false,
				container: 'livenessProbe: {httpGet: {port: 443}}',
			}),
		},
		'port-probe-old',
		`${first}.livenessProbe.httpGet.port`,
	],
	[
		"an old port in a probe's command",
		{yaml: workload({pod: secured, container: 'livenessProbe: {exec: {command: [sh, -c, "ldapsearch --port 636"]}}'})},
		'connection-unmapped',
		`${first}.livenessProbe.exec.command`,
	],
	[
		'a Service without a target port',
		{yaml: good + service('[{port: 636}]')},
		'port-service-old',
		'spec.ports[0].port',
		'blocks',
	],
	[
		'a Service with an old target port',
		{yaml: good + service('[{port: 8636, targetPort: 636}]')},
		'port-service-old',
		'spec.ports[0].targetPort',
	],
	[
		'a headless Service with an old port',
		{yaml: good + service('[{port: 636}]', {more: 'clusterIP: None\npublishNotReadyAddresses: true'})},
		'port-headless-old',
		'spec.ports[0].port',
		'warns',
	],
	[
		'the HTTPS port of PingAccess',
		{
			yaml:
				workload({product: 'pingaccess', kind: 'Deployment', claim: false}) +
				service('[{port: 443}]', {name: 'pingaccess', selects: 'pingaccess'}),
		},
		'port-service-old',
		'spec.ports[0].port',
	],
	[
		'a NetworkPolicy for the old port',
		{
			yaml:
				`${good}\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: ` +
				'{podSelector: {matchLabels: {role: pingdirectory}}, ingress: [{ports: [{port: 636}]}]}\n',
		},
		'port-networkpolicy-old',
		'spec.ingress[0].ports[0].port',
		'blocks',
	],
	[
		'a NetworkPolicy of a client',
		{
			yaml:
				`${good}\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: ` +
				'{podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {role: pingdirectory}}}], ports: [{port: ' +
				'389}]}]}\n',
		},
		'port-networkpolicy-old',
		'spec.egress[0].ports[0].port',
	],
	[
		'a Route to an old port',
		{
			yaml:
				`${good}${mapped}\napiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r}\nspec: {to: ` +
				'{name: pingdirectory}, port: {targetPort: 443}}\n',
		},
		'port-route-old',
		'spec.port.targetPort',
	],
	[
		'root with old ports that nothing pins',
		{yaml: workload({pod: 'securityContext: {runAsUser: 0}', container: 'ports: [{containerPort: 636}]'})},
		'ports-of-root-not-pinned',
		`${first}.env`,
		'blocks',
	],
	[
		'root with three of the four ports pinned',
		{
			yaml: workload({
				pod: 'securityContext: {runAsUser: 0}',
				container:
					'env: [{name: LDAP_PORT, value: "389"}, {name: LDAPS_PORT, value: "636"}, {name: HTTPS_PORT, value: "443"}]',
			}),
		},
		'ports-of-root-not-pinned',
		`${first}.env`,
		'warns',
	],
	[
		'an old PingDirectory on its volume, which has a guard',
		{yaml: workload({image: oldImage})},
		'port-change-guarded',
		`${first}.image`,
		'blocks',
	],
	[
		'an old PingDataSync on its volume, which has none',
		{yaml: workload({product: 'pingdatasync', image: 'pingidentity/pingdatasync:2101'})},
		'port-change-silent',
		`${first}.image`,
		'blocks',
	],
	[
		'an unknown image with old container ports on a volume',
		{
			yaml: workload({
				image: 'pingidentity/pingdirectoryproxy:8.2.0.0',
				product: 'pingdirectoryproxy',
				container: 'ports: [{containerPort: 636}]',
			}),
		},
		'port-change-silent',
		`${first}.image`,
		'warns',
	],
];

const clients: readonly Row[] = [
	[
		'wait-for with an old port, and a Service that still leads to it',
		{
			yaml:
				good +
				service('[{port: 389}]') +
				neighbour('command: [sh, -c, "wait-for pingdirectory:389 -t 900 -- start"]', 'pingidentity/pingtoolkit:2105'),
		},
		'connection-old-port',
		`${first}.command`,
		'warns',
	],
	[
		'wait-for in an init container',
		{
			yaml:
				good +
				service('[{port: 389}]') +
				workload({
					product: 'pingfederate',
					kind: 'Deployment',
					claim: false,
					pod:
						'initContainers: [{name: w, image: "pingidentity/pingtoolkit:2105", command: [wait-for, ' +
						'"pingdirectory:389"]}]',
				}),
		},
		'connection-old-port',
		`${template}.initContainers[0].command`,
		'warns',
	],
	[
		'wait-for without a port in an init container',
		{
			yaml:
				good +
				mapped +
				workload({
					product: 'pingfederate',
					kind: 'Deployment',
					claim: false,
					pod: 'initContainers: [{name: w, image: "pingidentity/pingtoolkit:2105", args: [wait-for, pingdirectory]}]',
				}),
		},
		'wait-for-without-port',
		`${template}.initContainers[0].args`,
		'blocks',
	],
	[
		'wait-for a headless Service',
		{yaml: good + headless + neighbour('args: [wait-for, "pingdirectory-cluster:389"]')},
		'connection-unmapped',
		`${first}.args`,
		'blocks',
	],
	[
		'wait-for without a port',
		{yaml: good + mapped + neighbour('command: [wait-for, pingdirectory, -t, "60"]', 'pingidentity/pingtoolkit:2105')},
		'wait-for-without-port',
		`${first}.command`,
		'blocks',
	],
	[
		'an address in a variable, to a Service that moved its port',
		{
			yaml:
				good + service('[{port: 1636}]') + neighbour('env: [{name: DIRECTORY, value: "ldaps://pingdirectory:636"}]'),
		},
		'connection-unmapped',
		`${first}.env[0].value`,
		'blocks',
	],
	[
		"an address by the Service's full name",
		{
			yaml:
				good +
				service('[{port: 636}]') +
				neighbour('env: [{name: DIRECTORY, value: "ldaps://pingdirectory.identity.svc.cluster.local:636/dc=x"}]'),
		},
		'connection-old-port',
		`${first}.env[0].value`,
	],
	[
		'the address of a single pod',
		{yaml: good + headless + neighbour('env: [{name: SEED, value: "pingdirectory-0.pingdirectory-cluster:636"}]')},
		'connection-unmapped',
		`${first}.env[0].value`,
	],
	[
		'an address whose Service is in no file',
		{yaml: good + neighbour('env: [{name: DIRECTORY, value: "ldaps://old-pingdirectory:636"}]')},
		'connection-old-port',
		`${first}.env[0].value`,
	],
	[
		'host and port in two variables',
		{
			yaml:
				good +
				service('[{port: 1389}]') +
				neighbour('env: [{name: LDAP_HOST, value: pingdirectory}, {name: LDAP_PORT, value: "389"}]'),
		},
		'connection-unmapped',
		`${first}.env[1].value`,
	],
	[
		'a properties file in a ConfigMap',
		{
			yaml:
				good +
				service('[{port: 1636}]') +
				configMap('portal', 'application.properties: |\n  ldap.url = ldaps://pingdirectory:636\n  x = 1'),
		},
		'connection-unmapped',
		'data["application.properties"]',
	],
	[
		'an Ingress on the old port',
		{
			yaml:
				`${good}${service('[{port: 443}]')}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ` +
				'i}\nspec: {rules: [{http: {paths: [{backend: {service: {name: pingdirectory, port: {number: ' +
				'443}}}}]}}]}\n',
		},
		'ingress-old-port',
		'spec.rules[0].http.paths[0].backend.service.port.number',
		'warns',
	],
	[
		'an Ingress of the old API to a Service that moved',
		{
			yaml:
				`${good}${service('[{port: 1443}]')}\napiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: ` +
				'i}\nspec: {backend: {serviceName: pingdirectory, servicePort: 443}}\n',
		},
		'connection-unmapped',
		'spec.backend.servicePort',
		'blocks',
	],
];

const volumes: readonly Row[] = [
	[
		'an old image on a claim',
		{yaml: workload({image: oldImage})},
		'volume-of-root',
		`${first}.volumeMounts[0]`,
		'blocks',
	],
	[
		'files of root on the volume of a new image',
		{
			yaml: workload({pod: secured}) + pod('pingdirectory-0', 'pingdirectory'),
			probes: [probe({'/opt/out': [{uid: 0, gid: 9999, files: 40}]}, {uid: 9031, gid: 9999})],
		},
		'volume-of-root',
		`${first}.volumeMounts[0]`,
		'blocks',
	],
	[
		'a hostPath',
		{yaml: workload({kind: 'Deployment', pod: `${secured}\nvolumes: [{name: out-dir, hostPath: {path: /data}}]`})},
		'volume-ignores-fsgroup',
		`${first}.volumeMounts[0]`,
		'blocks',
	],
	[
		'NFS',
		{yaml: workload({kind: 'Deployment', pod: `${secured}\nvolumes: [{name: out-dir, nfs: {server: s, path: /}}]`})},
		'volume-nfs',
		`${first}.volumeMounts[0]`,
	],
	[
		'a CSI driver that leaves fsGroup alone',
		{
			yaml: `${workload({pod: secured, spec: ''}).replace('spec: {resources', 'spec: {storageClassName: shared, resources')}
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: shared}
provisioner: shared.csi.example.com
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: shared.csi.example.com}
spec: {fsGroupPolicy: None}
`,
		},
		'volume-ignores-fsgroup',
		`${first}.volumeMounts[0]`,
	],
	[
		'a half-owned volume under OnRootMismatch',
		{
			yaml:
				workload({pod: 'securityContext: {fsGroup: 9999, fsGroupChangePolicy: OnRootMismatch}'}) +
				pod('pingdirectory-0', 'pingdirectory'),
			probes: [
				probe({
					'/opt/out': [
						{uid: 0, gid: 0, files: 4},
						{uid: 9031, gid: 9999, files: 9},
					],
				}),
			],
		},
		'volume-half-owned',
		`${first}.volumeMounts[0]`,
		'blocks',
	],
	[
		'OnRootMismatch on an old volume that nobody looked into',
		{yaml: workload({image: oldImage, pod: 'securityContext: {fsGroup: 9999, fsGroupChangePolicy: OnRootMismatch}'})},
		'volume-on-root-mismatch',
		`${first}.volumeMounts[0]`,
	],
	[
		'an old PingDirectory without a volume',
		{yaml: workload({image: oldImage, claim: false})},
		'data-dies-with-pod',
		`${first}.volumeMounts`,
		'blocks',
	],
	[
		'PingDirectory on an emptyDir',
		{yaml: workload({kind: 'Deployment', pod: 'volumes: [{name: out-dir, emptyDir: {}}]'})},
		'data-dies-with-pod',
		`${first}.volumeMounts`,
		'warns',
	],
	[
		'a PingDataSync without a volume',
		{
			yaml: workload({
				product: 'pingdatasync',
				image: 'pingidentity/pingdatasync:2102',
				kind: 'Deployment',
				claim: false,
			}),
		},
		'data-dies-with-pod',
		`${first}.volumeMounts`,
		'blocks',
	],
	[
		'a PingDirectory without a volume that is to stay root',
		{yaml: workload({image: oldImage, claim: false}), target: {strategy: 'root'}},
		'data-dies-with-pod',
		`${first}.volumeMounts`,
		'blocks',
	],
	[
		'a PingCentral without a volume',
		{
			yaml: workload({
				product: 'pingcentral',
				image: 'pingidentity/pingcentral:2102',
				kind: 'Deployment',
				claim: false,
			}),
		},
		'data-dies-with-pod',
		`${first}.volumeMounts`,
		'warns',
	],
	[
		'a PingFederate console without a volume',
		{
			yaml: workload({
				product: 'pingfederate',
				image: 'pingidentity/pingfederate:2102',
				kind: 'Deployment',
				claim: false,
			}),
		},
		'data-dies-with-pod',
		`${first}.volumeMounts`,
		'informs',
	],
	[
		'a claim and a claim template of one name',
		{yaml: workload({pod: `${secured}\nvolumes: [{name: out-dir, persistentVolumeClaim: {claimName: out-dir}}]`})},
		'claim-twice',
		`${template}.volumes[0]`,
		'informs',
	],
	[
		'a volume that goes with its claim',
		{
			yaml:
				`${workload({image: oldImage})}\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: ` +
				'out-dir-pingdirectory-0}\nspec: {volumeName: pv-1}\n---\napiVersion: v1\nkind: ' +
				'PersistentVolume\nmetadata: {name: pv-1}\nspec: {persistentVolumeReclaimPolicy: Delete, csi: {driver: ' +
				'd}}\n',
		},
		'reclaim-delete',
		`${first}.volumeMounts[0]`,
	],
	[
		'PingAccess on a volume that keeps the old files',
		{yaml: workload({product: 'pingaccess', image: 'pingidentity/pingaccess:2101', pod: secured})},
		'old-bits-stay',
		`${first}.volumeMounts`,
	],
	[
		'the position of PingDataSync',
		{yaml: workload({product: 'pingdatasync', image: 'pingidentity/pingdatasync:2101', pod: secured})},
		'sync-state',
		`${first}.volumeMounts`,
	],
];

const namespace = (level: string): string =>
	'apiVersion: v1\nkind: Namespace\nmetadata: {name: identity, labels: {pod-security.kubernetes.io/enforce: ' +
	`${level}}}\n---\n`;
const route = 'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r}\nspec: {to: {name: other}}\n---\n';

const platform: readonly Row[] = [
	[
		'root in a restricted namespace',
		{yaml: namespace('restricted') + workload({pod: 'securityContext: {runAsUser: 0}', container: pinned})},
		'pod-security-refuses-root',
		`${template}.securityContext`,
		'blocks',
	],
	[
		'a pod that does not say it is not root, in a restricted namespace',
		{yaml: namespace('restricted') + workload({pod: secured})},
		'pod-security-incomplete',
		`${first}.securityContext`,
		'blocks',
	],
	[
		'root on OpenShift',
		{yaml: route + workload({pod: 'securityContext: {runAsUser: 0}', container: pinned})},
		'openshift-root',
		`${template}.securityContext`,
		'blocks',
	],
	[
		'a fixed user on OpenShift',
		{
			yaml:
				route +
				workload({image: 'pingidentity/pingdirectory:2109', pod: 'securityContext: {runAsUser: 9031, fsGroup: 0}'}),
		},
		'openshift-fixed-user',
		`${template}.securityContext`,
	],
	['a closed sprint on OpenShift', {yaml: route + workload()}, 'openshift-needs-2109', `${first}.image`, 'blocks'],
	[
		"keys in root's home",
		{
			yaml: workload({
				kind: 'Deployment',
				product: 'pingfederate',
				claim: false,
				pod: 'volumes: [{name: keys, secret: {secretName: k}}]',
				container: 'volumeMounts: [{name: keys, mountPath: /root/.ssh}]',
			}),
		},
		'root-home-mount',
		`${first}.volumeMounts[0].mountPath`,
		'blocks',
	],
	[
		'a secret that only root may read',
		{
			yaml: workload({
				kind: 'Deployment',
				product: 'pingfederate',
				claim: false,
				pod: 'volumes: [{name: keys, secret: {secretName: k, defaultMode: 256}}]',
				container: 'volumeMounts: [{name: keys, mountPath: /home/ping/.ssh}]',
			}),
		},
		'secret-unreadable',
		`${first}.volumeMounts[0].mountPath`,
		'blocks',
	],
	[
		'a licence at its old place',
		{
			yaml: workload({
				pod: secured,
				claim: false,
				container: 'volumeMounts: [{name: l, mountPath: /opt/in/instance/PingDirectory.lic}]',
			}),
		},
		'license-moved',
		`${first}.volumeMounts[0].mountPath`,
	],
];

const server: readonly Row[] = [
	[
		'a claim template that changes',
		{yaml: workload({pod: secured}) + workload({pod: secured}).replace('8Gi', '20Gi')},
		'statefulset-immutable',
		'spec.volumeClaimTemplates',
		'blocks',
	],
	[
		'a Deployment that becomes a StatefulSet',
		{
			yaml:
				workload({product: 'pingdatasync', kind: 'Deployment', claim: false}) +
				workload({product: 'pingdatasync', pod: secured}),
		},
		'kind-changes',
		'kind',
	],
	[
		'a headless Service that hides pods',
		{yaml: good + service('[{port: 1636}]', {name: 'pingdirectory-cluster', more: 'clusterIP: None'})},
		'headless-hides-pods',
		'spec.publishNotReadyAddresses',
		'blocks',
	],
	['a topology of several', {yaml: workload({image: oldImage, replicas: 3})}, 'topology-of-several', 'spec.replicas'],
	[
		'ports that grow with the ordinal',
		{yaml: workload({pod: secured, container: 'env: [{name: K8S_INCREMENT_PORTS, value: "true"}]'})},
		'increment-ports',
		`${first}.env[0].value`,
	],
	[
		'sample users',
		{
			yaml:
				workload({pod: secured, container: 'envFrom: [{configMapRef: {name: e}}]'}) +
				configMap('e', 'MAKELDIF_USERS: "20000"'),
		},
		'makeldif-users',
		'data.MAKELDIF_USERS',
	],
	[
		'failures that are passed over',
		{yaml: workload({pod: secured, container: 'env: [{name: UNSAFE_CONTINUE_ON_ERROR, value: "true"}]'})},
		'unsafe-continue',
		`${first}.env[0].value`,
	],
	[
		'the console of a PingAccess cluster',
		{
			yaml: workload({
				product: 'pingaccess',
				image: 'pingidentity/pingaccess:2101',
				pod: secured,
				container: 'env: [{name: OPERATIONAL_MODE, value: CLUSTERED_CONSOLE}]',
			}),
		},
		'access-admin-network',
		`${first}.env[0].value`,
		'informs',
	],
];

const values = (text: string): SetUp => ({yaml: text});
const complete = 'envs: {SERVER_PROFILE_URL: u, MAKELDIF_USERS: "0"}';

const defaultTag = '{TAG:-2101}';

const otherKinds: readonly Row[] = [
	[
		'Helm: a container port of the old days',
		values('pingdirectory:\n  services:\n    ldaps: {servicePort: 636, containerPort: 636}\n'),
		'values-port-pinned',
		'pingdirectory.services.ldaps.containerPort',
		'blocks',
	],
	[
		"Helm: the same below the chart's name",
		values('ping-devops:\n  pingdatasync:\n    services:\n      https: {containerPort: 443}\n'),
		'values-port-pinned',
		'ping-devops.pingdatasync.services.https.containerPort',
	],
	[
		'Helm: an empty map that clears nothing',
		values('global:\n  workload: {securityContext: {}}\n'),
		'values-blank-map',
		'global.workload.securityContext',
		'warns',
	],
	[
		'Helm: no profile since 0.7.8',
		values('pingfederate-admin: {enabled: true}\n'),
		'values-profile-default',
		'pingfederate-admin.envs',
	],
	[
		'Helm: 20,000 sample users by default',
		values('pingdirectory: {enabled: true, envs: {SERVER_PROFILE_URL: u}}\n'),
		'values-makeldif-default',
		'pingdirectory.envs',
	],
	[
		'Helm: a product later charts do not have',
		values('pingdatagovernance: {enabled: true}\n'),
		'values-product-gone',
		'pingdatagovernance',
		'blocks',
	],
	[
		'Helm: the default of replicas',
		values('pingdirectory: {image: {tag: "2102"}}\n'),
		'values-replica-default',
		'pingdirectory.container.replicaCount',
	],
	[
		'Helm: fsGroup:9999 without a space',
		values('pingdirectory:\n  workload:\n    securityContext:\n      fsGroup:9999\n'),
		'context-not-a-map',
		'pingdirectory.workload.securityContext',
		'blocks',
	],
	[
		'Helm: root that the chart refuses',
		values(`pingdirectory:\n  workload: {securityContext: {runAsUser: 0}}\n  ${complete}\n`),
		'root-refused',
		'pingdirectory.workload.securityContext',
		'blocks',
	],
	[
		'Helm: the group of another sprint',
		values(
			'global: {image: {tag: "2306"}, workload: {securityContext: {fsGroup: 9999, runAsGroup: ' +
				'9999}}}\npingdirectory: {enabled: false}\npingdatasync: {envs: {A: b}}\n',
		),
		'gid-wrong',
		'pingdatasync.workload.securityContext',
	],
	[
		"Helm: keys in root's home",
		values('pingfederate-engine: {secretVolumes: {git: {items: {id_rsa: /root/.ssh/id_rsa}}}}\n'),
		'root-home-mount',
		'pingfederate-engine.secretVolumes.git.items.id_rsa',
	],
	[
		'Compose: the container side of a port',
		values('services:\n  pingdirectory: {image: "pingidentity/pingdirectory:2105", ports: ["1636:636"]}\n'),
		'compose-port-old',
		'services.pingdirectory.ports[0]',
		'blocks',
	],
	[
		'Compose: the same in the long form',
		values('services:\n  pd: {image: "pingidentity/pingdirectory:2105", ports: [{target: 443, published: 1443}]}\n'),
		'compose-port-old',
		'services.pd.ports[0]',
	],
	[
		'Compose: wait-for',
		values(
			'services:\n  pd: {image: "pingidentity/pingdirectory:2105"}\n  pf: {image: ' +
				'"pingidentity/pingfederate:2105", command: "wait-for pd:389 -- entrypoint.sh start-server"}\n',
		),
		'compose-peer-old',
		'services.pf.command',
		'blocks',
	],
	[
		'Compose: wait-for without a port',
		values(
			'services:\n  pd: {image: "pingidentity/pingdirectory:2105"}\n  pf: {image: ' +
				'"pingidentity/pingfederate:2105", command: "wait-for pd -- start-server"}\n',
		),
		'wait-for-without-port',
		'services.pf.command',
	],
	[
		'Compose: a tool with host and port apart',
		values(
			'services:\n  pingdirectory: {image: "pingidentity/pingdirectory:2105"}\n  load: {image: ' +
				'"pingidentity/ldap-sdk-tools:2105", command: "authrate -h pingdirectory -p 389"}\n',
		),
		'compose-peer-old',
		'services.load.command',
	],
	[
		'Compose: a named volume that an old image used',
		values(
			'services:\n  pd: {image: "pingidentity/pingdirectory:2102", volumes: ["out:/opt/out"]}\nvolumes: {out: {}}\n',
		),
		'compose-volume-of-root',
		'services.pd.volumes[0]',
	],
	[
		'Compose: a folder of the host',
		values('services:\n  pd: {image: "pingidentity/pingdirectory:2102", volumes: ["./out:/opt/out"]}\n'),
		'compose-bind-mount',
		'services.pd.volumes[0]',
	],
	[
		'Compose: root with new ports',
		values('services:\n  pd: {image: "pingidentity/pingdirectory:2105", user: "0:0"}\n'),
		'ports-of-root-not-pinned',
		'services.pd.environment',
	],
	[
		'Compose: the user of another sprint',
		values('services:\n  pd: {image: "pingidentity/pingdirectory:2109", user: "9031:9999"}\n'),
		'compose-user-wrong',
		'services.pd.user',
	],
	[
		'Compose: an old port in a list of variables',
		values('services:\n  pd: {image: "pingidentity/pingdirectory:2105", environment: ["LDAPS_PORT=636"]}\n'),
		'bind-privileged',
		'services.pd.environment[0]',
	],
	[
		'Compose: a tag by its default',
		values(`services:\n  pd: {image: "pingidentity/pingdirectory:$${defaultTag}"}\n`),
		'side-old',
		'services.pd.image',
	],
	[
		"Compose: keys in root's home",
		values('services:\n  pf: {image: "pingidentity/pingfederate:2105", volumes: ["./keys:/root/.ssh:ro"]}\n'),
		'root-home-mount',
		'services.pf.volumes[0]',
		'blocks',
	],
	[
		"Compose: a product of Ping's that nobody knows",
		values('services:\n  x: {image: "pingidentity/pingsomething:2105"}\n'),
		'product-unknown',
		'services.x.image',
		'warns',
	],
	[
		'Compose: an image by digest',
		values(`services:\n  pd: {image: "pingidentity/pingdirectory@sha256:${'a'.repeat(64)}"}\n`),
		'side-unknown',
		'services.pd.image',
		'warns',
	],
	[
		'docker run: an image by digest',
		{script: `docker run pingidentity/pingdirectory@sha256:${'a'.repeat(64)}\n`},
		'side-unknown',
		'pingdirectory.image',
		'warns',
	],
	[
		'Compose: root without its capabilities',
		values(
			'services:\n  pd: {image: "pingidentity/pingdirectory:2105", user: "0:0", cap_drop: [ALL], cap_add: [CHOWN]}\n',
		),
		'root-without-capabilities',
		'services.pd.cap_drop',
		'blocks',
	],
	[
		'docker run: root without its capabilities',
		{script: 'docker run -u 0 --cap-drop NET_BIND_SERVICE pingidentity/pingdirectory:2105\n'},
		'root-without-capabilities',
		'pingdirectory.cap_drop',
		'blocks',
	],
	[
		'docker run: the container side of a port',
		{script: 'docker run --name pd -p 8080:8080 -p1636:636 pingidentity/pingdirectory:2105\n'},
		'docker-port-old',
		'pd.ports[1]',
		'blocks',
	],
	[
		'docker run: a port below 1024',
		{script: '#!/bin/sh\nsudo docker run \\\n  -e "LDAPS_PORT=636" pingidentity/pingdirectory:2105\n'},
		'bind-privileged',
		'pingdirectory.environment[0]',
		'blocks',
	],
	[
		'docker run: a peer on its old port',
		{
			script:
				'docker run --name pd pingidentity/pingdirectory:2105\ndocker run --name pf ' +
				'pingidentity/pingfederate:2105 wait-for pd:389 -- start-server\n',
		},
		'docker-peer-old',
		'pf.command',
		'blocks',
	],
	[
		'docker run: a named volume that an old image used',
		{script: 'podman run --name pd --mount type=volume,source=out,target=/opt/out pingidentity/pingdirectory:2102\n'},
		'docker-volume-of-root',
		'pd.volumes[0]',
		'warns',
	],
	[
		'docker run: a folder of the host',
		{script: 'docker run -v "$HOME/out:/opt/out" pingidentity/pingdirectory:2102\n'},
		'docker-bind-mount',
		'pingdirectory.volumes[0]',
		'warns',
	],
	[
		'docker run: the user of another sprint',
		{script: 'docker run -u 9031:9999 pingidentity/pingdirectory:2109\n'},
		'docker-user-wrong',
		'pingdirectory.user',
		'warns',
	],
	[
		'docker run: root with new ports',
		{script: 'docker run --user=root pingidentity/pingdirectory:2105\n'},
		'ports-of-root-not-pinned',
		'pingdirectory.environment',
		'warns',
	],
	[
		'docker run: a tag that slides',
		{script: 'docker run --pull always pingidentity/pingdirectory:edge\n'},
		'image-sliding-always',
		'pingdirectory.image',
		'warns',
	],
	[
		"docker run: keys in root's home",
		{script: 'docker run -v keys:/root/.ssh pingidentity/pingfederate:2105\n'},
		'root-home-mount',
		'pingfederate.volumes[0]',
		'blocks',
	],
	[
		'Kustomize: an old tag',
		values(
			'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: [{name: ' +
				'pingidentity/pingdirectory, newTag: "2102"}]\n',
		),
		'side-old',
		'images[0].newTag',
	],
	[
		'Kustomize: a generated port',
		values(
			'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nconfigMapGenerator: [{name: e, ' +
				'literals: [LDAPS_PORT=636]}]\n',
		),
		'bind-privileged',
		'configMapGenerator[0].literals[0]',
		'warns',
	],
	[
		'Kustomize: a patch',
		values(
			'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches:\n  - patch: |-\n      spec: ' +
				'{ports: [{containerPort: 636}]}\n',
		),
		'port-container-old',
		'patches[0].patch',
	],
	[
		'a List',
		values(
			'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: apps/v1\n    kind: StatefulSet\n    metadata: ' +
				'{name: pd}\n    spec: {template: {spec: {containers: [{name: pd, image: ' +
				'"pingidentity/pingdirectory:2102"}]}}}\n',
		),
		'data-dies-with-pod',
		`${first}.volumeMounts`,
	],
	[
		'a CronJob that was forgotten',
		values(
			'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: backup}\nspec: {jobTemplate: {spec: {template: ' +
				'{spec: {securityContext: {runAsUser: 0, runAsNonRoot: true}, containers: [{name: b, image: ' +
				'"pingidentity/pingtoolkit:2105"}]}}}}}\n',
		),
		'root-refused',
		'spec.jobTemplate.spec.template.spec.securityContext.runAsNonRoot',
	],
	[
		'profile: setup-arguments.txt',
		{texts: [{file: 'pd.profile/setup-arguments.txt', text: '--ldapPort 389 \\\n--ldapsPort 636 \\\n'}]},
		'profile-setup-arguments',
		'',
		'blocks',
	],
	[
		'profile: setup-arguments.txt with new ports',
		{texts: [{file: 'pd.profile/setup-arguments.txt', text: '--ldapsPort 1636\n'}]},
		'profile-setup-arguments',
		'',
		'warns',
	],
	[
		'profile: a port in env_vars',
		{texts: [{file: 'profile/env_vars', text: '# ports\nLDAPS_PORT=636\n'}]},
		'profile-env-vars-port',
		'',
		'blocks',
	],
	[
		'profile: a port in dsconfig',
		{
			texts: [
				{
					file: 'pd.profile/dsconfig/00-config.dsconfig',
					text: 'dsconfig set-server-instance-listener-prop --set server-port:636\n',
				},
			],
		},
		'profile-dsconfig-port',
		'',
		'blocks',
	],
	[
		'profile: an address',
		{texts: [{file: 'instance/bin/run.properties.subst', text: 'ldap.url=ldaps://pingdirectory:636\n'}]},
		'profile-old-address',
		'',
		'warns',
	],
	[
		'profile: a data store without a port',
		{texts: [{file: 'instance/bulk-config/data.json.subst', text: '{"hostnames": ["pingdirectory"]}'}]},
		'profile-host-without-port',
		'',
		'warns',
	],
];

/** Set-ups in which one finding must not be among those there are. */
const unsaid: ReadonlyArray<readonly [name: string, setUp: SetUp, code: string]> = [
	[
		"an old image in a registry of one's own is still there",
		{yaml: workload({image: 'registry.example.com/pingidentity/pingdirectory:2102'})},
		'image-gone',
	],
	[
		'a fixed tag that is pulled at every start does not slide',
		{yaml: workload({image: oldImage, container: 'imagePullPolicy: Always'})},
		'image-sliding-always',
	],
	[
		'an old image that steps down to 9031 is not root on its volume',
		{
			yaml: workload({
				image: oldImage,
				pod: secured,
				container: 'env: [{name: PING_CONTAINER_PRIVILEGED, value: "false"}]',
			}),
		},
		'volume-of-root',
	],
	[
		'ports that the environment keeps above 1023 do not change on a restart',
		{
			yaml: workload({
				image: oldImage,
				pod: secured,
				container:
					'env: [{name: LDAP_PORT, value: "1389"}, {name: LDAPS_PORT, value: "1636"}, {name: HTTPS_PORT, ' +
					'value: "1443"}]',
			}),
		},
		'port-change-guarded',
	],
	[
		'a fresh deployment does not start on the old volume',
		{yaml: workload({image: oldImage}), target: {strategy: 'fresh'}},
		'port-change-guarded',
	],
	[
		'an engine of PingFederate without a volume gets its configuration from the console',
		{
			yaml: workload({
				product: 'pingfederate',
				image: 'pingidentity/pingfederate:2102',
				kind: 'Deployment',
				claim: false,
				container: 'env: [{name: OPERATIONAL_MODE, value: CLUSTERED_ENGINE}]',
			}),
		},
		'data-dies-with-pod',
	],
	...['pingdirectoryproxy', 'pingdelegator', 'pingdataconsole', 'pingtoolkit', 'ldap-sdk-tools'].map(
		product =>
			[
				`${product} keeps nothing that dies with its pod`,
				{
					yaml: workload({
						product,
						image: `pingidentity/${product}:2102`,
						kind: 'Deployment',
						claim: false,
					}),
				},
				'data-dies-with-pod',
			] as const,
	),
	[
		'a job keeps nothing that dies with its pod',
		{yaml: workload({image: oldImage, kind: 'Job', claim: false})},
		'data-dies-with-pod',
	],
	[
		'a directory that is scaled to nothing has no pod for its data to die with',
		{yaml: workload({image: oldImage, replicas: 0, claim: false})},
		'data-dies-with-pod',
	],
	[
		'a proxy makes no sample users',
		{
			yaml: workload({
				product: 'pingdirectoryproxy',
				image: 'pingidentity/pingdirectoryproxy:2102',
				container: 'env: [{name: MAKELDIF_USERS, value: "9"}]',
			}),
		},
		'makeldif-users',
	],
	['one server is no topology', {yaml: workload({image: oldImage})}, 'topology-of-several'],
	[
		'PingDelegator was never root',
		{
			yaml: workload({
				product: 'pingdelegator',
				image: 'pingidentity/pingdelegator:2102',
				kind: 'Deployment',
				claim: false,
				pod: 'securityContext: {runAsNonRoot: true}',
			}),
		},
		'root-refused',
	],
];

const all: readonly Row[] = [
	...images,
	...users,
	...ports,
	...clients,
	...volumes,
	...platform,
	...server,
	...otherKinds,
];

describe('broken and tricky set-ups', () => {
	test.each(
		all.map(([name, broken, code, field, severity]) => ({
			name,
			broken,
			code,
			field,
			severity,
		})),
	)('$name', ({broken, code, field, severity}) => {
		const findings = inspectSetUp(broken);
		const found = findings.find(finding => finding.code === code);
		expect(findings.map(finding => finding.code)).toContain(code);
		expect(found?.where.field).toBe(field);
		expect(found?.severity).toBe(severity ?? found?.severity);
		expect(
			[found?.seen, found?.means, found?.todo, found?.source].every(text => text !== undefined && text.length > 3),
		).toBe(true);
	});

	test.each(unsaid)('%s', (_name, tricky, code) => {
		const codes = inspectSetUp(tricky).map(finding => finding.code);
		expect(codes).not.toContain(code);
	});

	test('there are at least sixty of them', () => {
		expect(new Set(all.map(([name]) => name)).size).toBeGreaterThanOrEqual(60);
	});
});
