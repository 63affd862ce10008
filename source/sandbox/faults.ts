/**
Something that goes wrong, once or for a number of times. `path` and `command` are parts of the request's path or of the
exec's command (joined with spaces); `verb` is one of Kubernetes (`get`, `list`, `watch`, `create`, `update`, `patch`,
`delete`); `dn` is a regular expression. `times` is 1 unless it is given, and without end for `forbid`,
`reject-entries`, `abort-import` and all that lasts until the faults are cleared.
*/
export type Fault =
	/** The API answers with a code such as 409, 429 or 500 instead of doing what was asked. */
	| {
			readonly kind: 'refuse';
			readonly status: number;
			readonly verb?: string;
			readonly path?: string;
			readonly message?: string;
			readonly retryAfterSeconds?: number;
			readonly times?: number;
	  }
	/** A right is missing: access reviews say no and the call is forbidden. `*` stands for any verb. */
	| {
			readonly kind: 'forbid';
			readonly verb: string;
			readonly resource: string;
			readonly subresource?: string;
			readonly group?: string;
			readonly times?: number;
	  }
	/** An exec's stdout ends after so many bytes, and still the exec says Success. */
	| {readonly kind: 'cut'; readonly command?: string; readonly after: number; readonly times?: number}
	/**
	The connection of an exec (`command`) or of a request (`path`) breaks after so many bytes of its output or input.
	*/
	| {
			readonly kind: 'drop';
			readonly command?: string;
			readonly path?: string;
			readonly after: number;
			readonly direction?: 'in' | 'out';
			readonly times?: number;
	  }
	/** The output of an exec comes slowly. */
	| {readonly kind: 'slow'; readonly command?: string; readonly bytesPerSecond: number; readonly times?: number}
	/** The volume mounted at `path` in a pod takes only so many bytes more, until the faults are cleared. */
	| {
			readonly kind: 'disk-full';
			readonly pod: string;
			readonly path?: string;
			readonly after?: number;
			readonly times?: number;
	  }
	/**
	Entries are rejected when they are imported; `reason` ends the sentence «Entry … is not valid because». The import
	ends well all the same, or `completed_with_errors` where it is to be told.
	*/
	| {
			readonly kind: 'reject-entries';
			readonly dn: string;
			readonly reason?: string;
			readonly isTold?: boolean;
			readonly times?: number;
	  }
	/** Imports stand still halfway until the faults are cleared, or their pod is killed. */
	| {readonly kind: 'hold-import'}
	/**
	An entry whose parent is missing, or that is there already, ends the whole import (OpenDJ 5.0.3) instead of being
	rejected.
	*/
	| {readonly kind: 'abort-import'; readonly times?: number}
	/** What other replicas pass on reaches a pod only so long after it was written. */
	| {readonly kind: 'lag-replication'; readonly pod: string; readonly milliseconds: number}
	/** A replica neither passes on what it takes nor replays what others took, until the faults are cleared. */
	| {readonly kind: 'stop-replication'; readonly pod: string}
	/**
	A replica has lost an entry that the others have, and replication does not know of it; or it has a naming conflict.
	*/
	| {readonly kind: 'diverge'; readonly pod: string; readonly dn: string; readonly by?: 'conflict' | 'loss'}
	/** A server is in lockdown mode until the faults are cleared. */
	| {readonly kind: 'lockdown'; readonly pod: string}
	/** The registry of the topology names a server that is no pod here. */
	| {readonly kind: 'stranger'; readonly pod: string; readonly hostname: string}
	/** A pod that joins fails in one of the two steps of its hook, after which its container ends. */
	| {readonly kind: 'fail-enable'; readonly pod: string; readonly times?: number}
	| {readonly kind: 'fail-initialize'; readonly pod: string; readonly times?: number}
	/** The initialisation of a pod that joins stands still until the faults are cleared, or the pod is killed. */
	| {readonly kind: 'hold-initialize'; readonly pod: string}
	/** A pod is killed at once, and comes back if it belongs to a workload. */
	| {readonly kind: 'kill-pod'; readonly pod: string}
	/**
	A pod that is deleted ends, and stays in the API until the faults are cleared, as it does for a moment on Kubernetes
	1.27 and later.
	*/
	| {readonly kind: 'keep-ended'; readonly pod: string; readonly times?: number};

/** Tells a sandbox how to misbehave. */
export type Faults = {
	readonly tell: (fault: Fault) => void;
	/** Forgets all faults that have not happened yet. */
	readonly clear: () => void;
	/** Faults that can still happen. */
	readonly pending: () => readonly Fault[];
};

type FaultOf<K extends Fault['kind']> = Extract<Fault, {kind: K}>;

/** Where the parts of the sandbox ask whether something is to go wrong now. */
export type FaultBook = Faults & {
	/** The next fault of a kind that applies; it counts as happened. */
	readonly take: <K extends Fault['kind']>(kind: K, applies: (fault: FaultOf<K>) => boolean) => FaultOf<K> | undefined;
};

const endless = new Set<Fault['kind']>([
	'forbid',
	'reject-entries',
	'disk-full',
	'hold-import',
	'abort-import',
	'lag-replication',
	'stop-replication',
	'lockdown',
	'hold-initialize',
]);
/** Faults that happen when they are told. */
const immediate = new Set<Fault['kind']>(['kill-pod', 'disk-full', 'diverge', 'stranger']);
const kinds = new Set<string>([
	'refuse',
	'forbid',
	'cut',
	'drop',
	'slow',
	'disk-full',
	'reject-entries',
	'hold-import',
	'abort-import',
	'lag-replication',
	'stop-replication',
	'diverge',
	'lockdown',
	'stranger',
	'fail-enable',
	'fail-initialize',
	'hold-initialize',
	'kill-pod',
	'keep-ended',
] satisfies Array<Fault['kind']>);

/** Reads a fault that came as JSON. Throws an Error that says what is wrong with it. */
export const parseFault = (value: unknown): Fault => {
	if (typeof value !== 'object' || value === null || !('kind' in value) || !kinds.has(String(value.kind))) {
		throw new Error(`A fault is an object whose kind is one of ${[...kinds].join(', ')}.`);
	}

	return value as Fault;
};

/**
`onImmediate` does what is not waited for: a pod killed, a volume filled, and a volume given back when the faults are
cleared.
*/
export const makeFaults = (onImmediate: {
	readonly tell: (fault: Fault) => void;
	readonly clear: () => void;
}): FaultBook => {
	let waiting: Array<{readonly fault: Fault; left: number}> = [];
	return {
		tell(fault) {
			if (!immediate.has(fault.kind)) {
				waiting.push({
					fault,
					left: ('times' in fault ? fault.times : undefined) ?? (endless.has(fault.kind) ? Infinity : 1),
				});
			}

			onImmediate.tell(fault);
		},
		clear() {
			waiting = [];
			onImmediate.clear();
		},
		pending: () => waiting.map(({fault}) => fault),
		take(kind, applies) {
			const found = waiting.find(({fault}) => fault.kind === kind && applies(fault as FaultOf<typeof kind>));
			if (!found) {
				return undefined;
			}

			found.left--;
			waiting = waiting.filter(({left}) => left > 0);
			return found.fault as FaultOf<typeof kind>;
		},
	};
};
