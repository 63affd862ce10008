import type {ClusterEvent, KubernetesObject} from '../../migration/world.js';
import {isRecord} from './kubeconfig-files.js';
import {stringOf, type Body} from './plain-credentials.js';

/**
The time of an event as core/v1 gives it: newer reporters fill `eventTime` and `series`, older ones the first and last
timestamps.
*/
const timeOf = (event: Body): string => {
	const {series, metadata} = event;
	return (
		[
			isRecord(series) ? series.lastObservedTime : undefined,
			event.lastTimestamp,
			event.eventTime,
			event.firstTimestamp,
			isRecord(metadata) ? metadata.creationTimestamp : undefined,
		]
			.map(time => stringOf(time))
			.find(Boolean) ?? ''
	);
};

/** Events for an operator, oldest first. */
export const eventsFrom = (objects: readonly KubernetesObject[]): readonly ClusterEvent[] =>
	objects
		.map((object): ClusterEvent => {
			const event: Body = object;
			const involved = isRecord(event.involvedObject) ? event.involvedObject : {};
			return {
				type: stringOf(event.type) || 'Normal',
				reason: stringOf(event.reason),
				object: `${stringOf(involved.kind)}/${stringOf(involved.name)}`,
				message: stringOf(event.message),
				at: timeOf(event),
			};
		})
		.toSorted((one, other) => (Date.parse(one.at) || 0) - (Date.parse(other.at) || 0));
