import type {Domain} from '../boot/boot.js';
import type {KubeObject} from '../store/object.js';
import {matches} from '../store/selectors.js';
import type {Store} from '../store/store.js';

/**
What the name of a Service resolves to for a pod that starts: ready pods, and others where the Service publishes them.
*/
export const domainOf = (store: Store, pod: KubeObject, service: string): Domain => {
	const namespace = pod.metadata.namespace ?? 'default';
	const spec = store.get('Service', namespace, service)?.spec as
		| {selector?: Record<string, string>; publishNotReadyAddresses?: boolean}
		| undefined;
	if (!spec?.selector) {
		return {hosts: [], hasOwn: false};
	}

	const {selector, publishNotReadyAddresses = false} = spec;
	const members = store
		.list('Pod', namespace)
		.filter(({metadata}) => matches(metadata.labels, selector) && !metadata.deletionTimestamp);
	const isPublished = ({status}: KubeObject): boolean =>
		publishNotReadyAddresses ||
		((status as {conditions?: Array<{type: string; status: string}>} | undefined)?.conditions ?? []).some(
			({type, status: holds}) => type === 'Ready' && holds === 'True',
		);
	const others = members.filter(member => member.metadata.name !== pod.metadata.name && isPublished(member));
	return {
		hosts: others.map(({metadata}) => metadata.name),
		hasOwn: publishNotReadyAddresses && members.some(({metadata}) => metadata.name === pod.metadata.name),
	};
};
