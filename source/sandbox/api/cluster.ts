import type {FaultBook} from '../faults.js';
import type {PodHost} from '../pods/host.js';
import type {Store} from '../store/store.js';

/** What the API is served from. */
export type Cluster = {
	readonly store: Store;
	readonly faults: FaultBook;
	readonly pods: PodHost;
	/** What was asked for so far, as an authorizer names it. */
	readonly used: Set<string>;
};
