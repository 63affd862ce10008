import type {ClusterEvent, KubernetesObject} from '../../migration/world.js';

/**
An event as core/v1 gives it. Newer reporters fill `eventTime` and `series`, older ones the first and last timestamps.
*/
type EventObject = KubernetesObject & {
	readonly type?: string;
	readonly reason?: string;
	readonly message?: string;
	readonly involvedObject?: {readonly kind?: string; readonly name?: string};
	readonly lastTimestamp?: string | null;
	readonly firstTimestamp?: string | null;
	readonly eventTime?: string | null;
	readonly series?: {readonly lastObservedTime?: string} | null;
};

const timeOf = (event: EventObject): string => {
	const created = event.metadata.creationTimestamp;
	return (
		event.series?.lastObservedTime ??
		event.lastTimestamp ??
		event.eventTime ??
		event.firstTimestamp ??
		(typeof created === 'string' ? created : '')
	);
};

/** Events for an operator, oldest first. */
export const eventsFrom = (objects: readonly KubernetesObject[]): readonly ClusterEvent[] =>
	objects
		.map((object): ClusterEvent => {
			const event: EventObject = object;
			return {
				type: event.type ?? 'Normal',
				reason: event.reason ?? '',
				object: `${event.involvedObject?.kind ?? ''}/${event.involvedObject?.name ?? ''}`,
				message: event.message ?? '',
				at: timeOf(event),
			};
		})
		.toSorted((one, other) => (Date.parse(one.at) || 0) - (Date.parse(other.at) || 0));
