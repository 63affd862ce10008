import type {KubeObject} from '../store/object.js';
import {matches} from '../store/selectors.js';
import type {Store} from '../store/store.js';
import {isReady} from './stateful-sets.js';

type ServiceSpec = {
	readonly selector?: Record<string, string>;
	readonly publishNotReadyAddresses?: boolean;
	readonly ports?: ReadonlyArray<{
		readonly name?: string;
		readonly port: number;
		readonly targetPort?: number | string;
		readonly protocol?: string;
	}>;
};
type Containers = ReadonlyArray<{
	readonly ports?: ReadonlyArray<{readonly name?: string; readonly containerPort: number}>;
}>;

const portOf = (pod: KubeObject, target: number | string): number | undefined =>
	typeof target === 'number'
		? target
		: (pod.spec as {containers: Containers}).containers
				.flatMap(({ports = []}) => ports)
				.find(({name}) => name === target)?.containerPort;

/** Writes the Endpoints of a Service: the addresses of its ready pods, or of all where it publishes them. */
export const reconcileEndpoints = (store: Store, service: KubeObject): void => {
	const {selector, publishNotReadyAddresses = false, ports = []} = service.spec as ServiceSpec;
	const {name, namespace = 'default'} = service.metadata;
	if (!selector) {
		return;
	}

	const members = store
		.list('Pod', namespace)
		.filter(pod => matches(pod.metadata.labels, selector) && (pod.status as {podIP?: string} | undefined)?.podIP);
	const address = (pod: KubeObject) => ({
		ip: (pod.status as {podIP: string}).podIP,
		nodeName: 'sandbox-node',
		targetRef: {
			kind: 'Pod',
			name: pod.metadata.name,
			namespace,
			uid: pod.metadata.uid,
		},
	});
	const ready = members.filter(pod => publishNotReadyAddresses || isReady(pod));
	const waiting = members.filter(pod => !ready.includes(pod));
	const [first] = members;
	store.put({
		apiVersion: 'v1',
		kind: 'Endpoints',
		metadata: {name, namespace, ...(service.metadata.labels && {labels: service.metadata.labels})},
		...(first && {
			subsets: [
				{
					...(ready.length > 0 && {addresses: ready.map(pod => address(pod))}),
					...(waiting.length > 0 && {notReadyAddresses: waiting.map(pod => address(pod))}),
					ports: ports.flatMap(({name: portName, port, targetPort = port, protocol = 'TCP'}) => {
						const number = portOf(first, targetPort);
						return number === undefined
							? []
							: [{...(portName !== undefined && {name: portName}), port: number, protocol}];
					}),
				},
			],
		}),
	});
};
