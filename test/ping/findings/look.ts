import {parseAllDocuments} from 'yaml';
import {
	findProblems,
	sortDocuments,
	type Finding,
	type InspectTarget,
	type ProfileText,
	manifestsOf,
} from '../../../source/ping/findings/index.js';
import {takeInventory} from '../../../source/ping/inventory/index.js';
import type {PodProbe} from '../../../source/ping/workload.js';

/** What a set-up is made of, for the tables of broken and sound ones. */
export type SetUp = {
	readonly yaml?: string;
	/** A text with `docker run` lines. */
	readonly script?: string;
	readonly texts?: readonly ProfileText[];
	readonly probes?: readonly PodProbe[];
	readonly target?: InspectTarget;
};

/** The findings on a set-up. */
export const inspectSetUp = ({yaml = '', script, texts = [], probes = [], target = {}}: SetUp): readonly Finding[] => {
	const inYaml = parseAllDocuments(yaml, {merge: true})
		.filter(document => document.contents !== null)
		.map(document => ({value: document.toJS() as unknown}));
	const documents = sortDocuments([...inYaml, ...(script === undefined ? [] : [{value: script}])]);
	return findProblems({
		documents,
		texts,
		target,
		inventory: takeInventory(manifestsOf(documents), probes),
	});
};

const indent = (text: string, by: number): string =>
	text
		.trimEnd()
		.split('\n')
		.map(line => (line === '' ? '' : ' '.repeat(by) + line))
		.join('\n');

/** Parts of a StatefulSet that a set-up gives in its own words. */
export type Parts = {
	readonly name?: string;
	readonly kind?: string;
	readonly image?: string;
	readonly product?: string;
	readonly replicas?: number;
	/** Lines below the pod's `spec`. */
	readonly pod?: string;
	/** Lines below the container. */
	readonly container?: string;
	/** Lines below `spec`. */
	readonly spec?: string;
	/** Whether it has a claim template for /opt/out. */
	readonly claim?: boolean;
	/** More of `metadata`. */
	readonly metadata?: string;
};

/** A StatefulSet (or another kind) with one Ping container. */
export const workload = ({
	product = 'pingdirectory',
	name = product,
	kind = 'StatefulSet',
	image = `pingidentity/${product}:2105-8.2.0.5`,
	replicas = 1,
	pod = '',
	container = '',
	spec = '',
	claim = true,
	metadata = '',
}: Parts = {}): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}${metadata && `, ${metadata}`}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {role: ${name}}}
${kind === 'StatefulSet' ? `  serviceName: ${name}-cluster\n` : ''}${indent(spec, 2)}
  template:
    metadata: {labels: {role: ${name}}}
    spec:
${indent(pod, 6)}
      containers:
        - name: ${product}
          image: ${image}
${indent(container, 10)}
${claim ? '          volumeMounts: [{name: out-dir, mountPath: /opt/out}]' : ''}
${claim && kind === 'StatefulSet' ? '  volumeClaimTemplates: [{metadata: {name: out-dir}, spec: {resources: {requests: {storage: 8Gi}}}}]' : ''}
---
`;

/** A Service that selects the pods of a workload. */
export const service = (
	ports: string,
	{
		name = 'pingdirectory',
		selects = 'pingdirectory',
		more = '',
	}: {readonly name?: string; readonly selects?: string; readonly more?: string} = {},
): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {role: ${selects}}
${indent(more, 2)}
  ports: ${ports}
---
`;

/** Another workload of the namespace, none of Ping's. */
export const neighbour = (container: string, image = 'example/portal:7'): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: portal}
spec:
  template:
    spec:
      containers:
        - name: portal
          image: ${image}
${indent(container, 10)}
---
`;

/** A ConfigMap. */
export const configMap = (name: string, data: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}}
data:
${indent(data, 2)}
---
`;

/** The security context of a pod of sprint 2105. */
export const secured = 'securityContext: {runAsUser: 9031, runAsGroup: 9999, fsGroup: 9999}';

/** The four ports pinned, as root needs them. */
export const pinned =
	'env: [{name: LDAP_PORT, value: "389"}, {name: LDAPS_PORT, value: "636"}, {name: HTTPS_PORT, value: "443"}, ' +
	'{name: JMX_PORT, value: "689"}]';
