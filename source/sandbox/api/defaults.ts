import {Buffer} from 'node:buffer';
import type {JsonObject, KubeObject} from '../store/object.js';

type Fields = Record<string, unknown>;

const fill = (target: Fields, defaults: Fields): Fields => {
	for (const [name, value] of Object.entries(defaults)) {
		target[name] ??= value;
	}

	return target;
};

const podTemplateDefaults = (template: Fields | undefined): void => {
	const spec = template?.spec as Fields | undefined;
	if (!spec) {
		return;
	}

	fill(spec, {
		dnsPolicy: 'ClusterFirst',
		restartPolicy: 'Always',
		schedulerName: 'default-scheduler',
		securityContext: {},
		terminationGracePeriodSeconds: 30,
	});
	for (const container of [...((spec.containers ?? []) as Fields[]), ...((spec.initContainers ?? []) as Fields[])]) {
		fill(container, {
			imagePullPolicy: 'IfNotPresent',
			resources: {},
			terminationMessagePath: '/dev/termination-log',
			terminationMessagePolicy: 'File',
		});
		for (const port of (container.ports ?? []) as Fields[]) {
			fill(port, {protocol: 'TCP'});
		}
	}
};

let nextAddress = 10;

const serviceDefaults = (spec: Fields): void => {
	fill(spec, {
		type: 'ClusterIP',
		sessionAffinity: 'None',
		internalTrafficPolicy: 'Cluster',
		ipFamilies: ['IPv4'],
		ipFamilyPolicy: 'SingleStack',
	});
	spec.clusterIP ??= `10.96.0.${nextAddress++ % 250}`;
	spec.clusterIPs ??= [spec.clusterIP];
	for (const port of (spec.ports ?? []) as Fields[]) {
		fill(port, {protocol: 'TCP', targetPort: port.port});
	}
};

const byKind: Readonly<Record<string, (spec: Fields) => void>> = {
	Deployment(spec) {
		fill(spec, {
			replicas: 1,
			progressDeadlineSeconds: 600,
			revisionHistoryLimit: 10,
			strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: '25%', maxUnavailable: '25%'}},
		});
		podTemplateDefaults(spec.template as Fields | undefined);
	},
	PersistentVolume(spec) {
		fill(spec, {persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem'});
	},
	PersistentVolumeClaim(spec) {
		fill(spec, {storageClassName: 'standard', volumeMode: 'Filesystem'});
	},
	Pod(spec) {
		podTemplateDefaults({spec});
		fill(spec, {nodeName: 'sandbox-node', serviceAccountName: 'default'});
	},
	Service: serviceDefaults,
	StatefulSet(spec) {
		fill(spec, {
			replicas: 1,
			podManagementPolicy: 'OrderedReady',
			revisionHistoryLimit: 10,
			updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 0}},
			persistentVolumeClaimRetentionPolicy: {whenDeleted: 'Retain', whenScaled: 'Retain'},
		});
		podTemplateDefaults(spec.template as Fields | undefined);
	},
};

/** Fills in what an API server would. Only the fields that a reader of a diff would expect. */
export const withDefaults = (object: KubeObject): KubeObject => {
	const result = structuredClone(object);
	const spec = result.spec as Fields | undefined;
	if (spec) {
		byKind[result.kind]?.(spec);
	}

	if (result.kind === 'Secret') {
		result.type ??= 'Opaque';
		const {stringData, ...rest} = result;
		if (stringData) {
			return {
				...rest,
				data: {
					...(result.data as JsonObject | undefined),
					...Object.fromEntries(
						Object.entries(stringData as Record<string, string>).map(([name, text]) => [
							name,
							Buffer.from(text).toString('base64'),
						]),
					),
				},
			};
		}
	} else if (result.kind === 'StorageClass') {
		fill(result, {reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate'});
	}

	return result;
};
