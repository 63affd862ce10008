import {images, type KubeObject} from './cluster.js';
import {password} from './old-workload.js';
import type {World} from './world.js';

const labels = {role: 'pingdirectory-new'};

/**
A server of the new image on a volume of its own, as somebody would deploy it by hand, to compare with. (The objects
that the program makes for a fresh deployment are the program's own.)
*/
export const newWorkload = (
	storageClassName: string | undefined,
	name = 'pingdirectory-new',
): readonly KubeObject[] => [
	{
		apiVersion: 'apps/v1',
		kind: 'StatefulSet',
		metadata: {name, labels},
		spec: {
			replicas: 1,
			serviceName: name,
			selector: {matchLabels: labels},
			template: {
				metadata: {labels},
				spec: {
					securityContext: {fsGroup: 9999},
					automountServiceAccountToken: false,
					terminationGracePeriodSeconds: 15,
					containers: [
						{
							name: 'pingdirectory',
							image: images.new,
							imagePullPolicy: 'IfNotPresent',
							env: [
								{name: 'PING_IDENTITY_ACCEPT_EULA', value: 'YES'},
								{name: 'MAX_HEAP_SIZE', value: '320m'},
								{name: 'PING_IDENTITY_PASSWORD', value: password},
							],
							readinessProbe: {
								exec: {command: ['/opt/readiness.sh']},
								periodSeconds: 2,
								timeoutSeconds: 10,
								failureThreshold: 6,
							},
							volumeMounts: [{name: 'out-dir', mountPath: '/opt/out'}],
						},
					],
				},
			},
			volumeClaimTemplates: [
				{
					metadata: {name: 'out-dir'},
					spec: {
						accessModes: ['ReadWriteOnce'],
						resources: {requests: {storage: '4Gi'}},
						...(storageClassName === undefined ? {} : {storageClassName}),
					},
				},
			],
		},
	},
];

/** Deploys it and waits until it answers. */
export const deployNew = async (world: World, name = 'pingdirectory-new'): Promise<void> => {
	await world.apply(...newWorkload(world.storageClassName, name));
	await world.scale(name, 1);
};
