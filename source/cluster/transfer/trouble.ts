import type {Failure} from '../../failure/failure.js';

/** Why a session did not bring everything. Each can be tried again. */
export type Trouble = {
	/**
	`cut`: ended early. `stalled`: no byte for too long. `differs`: a range's length or hash did not agree. `refused`:
	what came is not what was asked for.
	*/
	readonly kind: 'cut' | 'stalled' | 'differs' | 'refused';
	/** An observation, for an operator to read. */
	readonly seen: string;
	/** The last of what kubectl and the pod's commands said. */
	readonly stderr?: string;
	readonly exitCode?: number | undefined;
	/** What a session in the pod made of it. */
	readonly failure?: Failure;
};

/** Notices that nothing moves. */
export type Watch = {
	readonly touch: () => void;
	readonly stop: () => void;
	readonly isStalled: () => boolean;
};

/** Calls back once when it was not touched for so long. */
export const startWatch = (milliseconds: number, onStall: () => void): Watch => {
	let isStalled = false;
	const timer = setTimeout(() => {
		isStalled = true;
		onStall();
	}, milliseconds);
	return {
		touch() {
			timer.refresh();
		},
		stop() {
			clearTimeout(timer);
		},
		isStalled: () => isStalled,
	};
};
