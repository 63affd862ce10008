import {createHash} from 'node:crypto';
import type {KubeObject} from '../store/object.js';
import {timestamp, type Store} from '../store/store.js';

/** Records an event of an object; the same one again only counts up. */
export const recordEvent = (
	store: Store,
	object: KubeObject,
	{
		type,
		reason,
		message,
		source,
	}: {readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string; readonly source: string},
): void => {
	const {name, namespace = 'default', uid, resourceVersion} = object.metadata;
	const eventName = `${name}.${createHash('sha256')
		.update(`${uid ?? ''} ${reason} ${message}`)
		.digest('hex')
		.slice(0, 16)}`;
	const old = store.get('Event', namespace, eventName);
	const now = timestamp();
	store.put({
		apiVersion: 'v1',
		kind: 'Event',
		metadata: {name: eventName, namespace},
		involvedObject: {
			kind: object.kind,
			namespace,
			name,
			uid,
			apiVersion: object.apiVersion,
			resourceVersion,
		},
		type,
		reason,
		message,
		source: {component: source},
		firstTimestamp: old?.firstTimestamp ?? now,
		lastTimestamp: now,
		count: ((old?.count as number | undefined) ?? 0) + 1,
		eventTime: null,
		reportingComponent: source,
		reportingInstance: '',
	});
};
