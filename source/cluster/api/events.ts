import type {ClusterEvent, KubernetesObject} from '../../migration/world.js';
import {isMap} from './kubeconfig-files.js';
import {textOf, type Body} from './plain-credentials.js';

/**
The time of an event as core/v1 gives it: newer reporters fill `eventTime` and `series`, older ones the first and last
timestamps.
*/
const timeOf = (event: Body): string => {
	const {series, metadata} = event;
	return (
		[
			isMap(series) ? series.lastObservedTime : undefined,
			event.lastTimestamp,
			event.eventTime,
			event.firstTimestamp,
			isMap(metadata) ? metadata.creationTimestamp : undefined,
		]
			.map(time => textOf(time))
			.find(Boolean) ?? ''
	);
};

/** Events for an operator, oldest first. */
export const eventsFrom = (objects: readonly KubernetesObject[]): readonly ClusterEvent[] =>
	objects
		.map((object): ClusterEvent => {
			const event: Body = object;
			const involved = isMap(event.involvedObject) ? event.involvedObject : {};
			return {
				type: textOf(event.type) || 'Normal',
				reason: textOf(event.reason),
				object: `${textOf(involved.kind)}/${textOf(involved.name)}`,
				message: textOf(event.message),
				at: timeOf(event),
			};
		})
		.toSorted((one, other) => (Date.parse(one.at) || 0) - (Date.parse(other.at) || 0));
