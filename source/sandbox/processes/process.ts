/** A process of a container. */
export type Process = {
	readonly pid: number;
	readonly parent: number;
	readonly started: Date;
	/** What `ps` shows. */
	command: string;
	/** Whether an exec started it, rather than the container itself. */
	readonly isExec: boolean;
	/** Waits for something unless the process is ended by a signal meanwhile. */
	readonly interruptible: <T>(promise: Promise<T>) => Promise<T>;
	readonly isAlive: () => boolean;
	readonly kill: (signal: number) => void;
	/** The exit status: 128 and the signal where one ended it. */
	readonly ended: Promise<number>;
};

export type Processes = {
	/** Starts a process; `body` runs at once and gives its exit status. */
	readonly start: (
		command: string,
		options: {readonly parent?: number; readonly isExec?: boolean},
		body: (process: Process) => Promise<number>,
	) => Process;
	readonly get: (pid: number) => Process | undefined;
	readonly list: () => readonly Process[];
	/** Ends all, as the end of a container does. */
	readonly endAll: () => void;
};

const signalled = (signal: number): Error => Object.assign(new Error(`Ended by signal ${signal}`), {signal});

const statusOf = (error: unknown): number => {
	if (error instanceof Error && 'signal' in error && typeof error.signal === 'number') {
		return 128 + error.signal;
	}

	// SIGPIPE
	return error instanceof Error && 'code' in error && error.code === 'EPIPE' ? 141 : 70;
};

/** The processes of one container. Process 1 is its entry point. */
export const makeProcesses = (onBug: (error: unknown, command: string) => void): Processes => {
	const running = new Map<number, Process>();
	let nextPid = 1;
	return {
		start(command, {parent = 0, isExec = false}, body) {
			const pid = nextPid++;
			const death = Promise.withResolvers<never>();
			let isAlive = true;
			death.promise.catch(() => undefined);
			const result = Promise.withResolvers<number>();
			const process: Process = {
				pid,
				parent,
				started: new Date(),
				command,
				isExec,
				interruptible: async promise => Promise.race([death.promise, promise]),
				isAlive: () => isAlive,
				kill(signal) {
					if (!isAlive) {
						return;
					}

					isAlive = false;
					running.delete(pid);
					death.reject(signalled(signal));
				},
				ended: result.promise,
			};
			running.set(pid, process);
			void (async () => {
				try {
					result.resolve(await process.interruptible(body(process)));
				} catch (error) {
					const status = statusOf(error);
					if (status === 70) {
						onBug(error, process.command);
					}

					result.resolve(status);
				} finally {
					isAlive = false;
					running.delete(pid);
				}
			})();

			return process;
		},
		get: pid => running.get(pid),
		list: () => running.values().toArray(),
		endAll() {
			for (const process of running.values()) {
				process.kill(9);
			}
		},
	};
};
