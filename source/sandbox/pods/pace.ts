/** Time of the sandbox: what takes a moment in a cluster takes none while the scenario is set up. */
export type Pace = {
	/** Does something later; nothing happens once the sandbox is closed. */
	readonly after: (milliseconds: number, action: () => void) => void;
	readonly wait: (milliseconds: number) => Promise<void>;
	/** From now on, delays are real. */
	readonly begin: () => void;
	readonly close: () => void;
};

export const makePace = (): Pace => {
	const timers = new Set<NodeJS.Timeout>();
	let factor = 0;
	let isClosed = false;
	const after = (milliseconds: number, action: () => void): void => {
		if (isClosed) {
			return;
		}

		const timer = setTimeout(() => {
			timers.delete(timer);
			action();
		}, milliseconds * factor);
		timers.add(timer);
	};

	return {
		after,
		async wait(milliseconds) {
			const {promise, resolve} = Promise.withResolvers<void>();
			after(milliseconds, resolve);
			return promise;
		},
		begin() {
			factor = 1;
		},
		close() {
			isClosed = true;
			for (const timer of timers) {
				clearTimeout(timer);
			}
		},
	};
};
