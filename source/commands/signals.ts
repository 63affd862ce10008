import process from 'node:process';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls back on Ctrl-C, on a polite end and at the end of a session, in the place of what Node does then. Gives what ends that. */
export const onSignals = (listener: (signal: NodeJS.Signals) => void): (() => void) => {
	for (const signal of signals) {
		process.on(signal, listener);
	}

	return () => {
		for (const signal of signals) {
			process.off(signal, listener);
		}
	};
};
