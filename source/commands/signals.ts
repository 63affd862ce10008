import process from 'node:process';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof signals)[number];

/** What a program that was started by an older Node hears of that one: it got this signal, for the so-manieth time. */
export type PassedOn = {readonly signal: Signal; readonly count: number};

const isPassedOn = (message: unknown): message is PassedOn =>
	typeof message === 'object' &&
	message !== null &&
	'signal' in message &&
	(signals as readonly unknown[]).includes(message.signal) &&
	'count' in message &&
	typeof message.count === 'number';

/*
How often each signal came to this process, how often it is known to have come to it or to who started it, and thus how
often it was meant: one that goes to the process group, as Ctrl-C does, reaches both, and is one.
*/
const came = new Map<Signal, number>();
const meant = new Map<Signal, number>();

const isNews = (signal: Signal, count: number): boolean => {
	if (count <= (meant.get(signal) ?? 0)) {
		return false;
	}

	meant.set(signal, count);
	return true;
};

/**
Calls back on Ctrl-C, on a polite end and at the end of a session, in the place of what Node does then. Gives what ends
that.
*/
export const onSignals = (listener: (signal: NodeJS.Signals) => void): (() => void) => {
	const onSignal = (name: NodeJS.Signals): void => {
		const signal = name as Signal;
		const count = (came.get(signal) ?? 0) + 1;
		came.set(signal, count);
		if (isNews(signal, count)) {
			listener(signal);
		}
	};

	const onMessage = (message: unknown): void => {
		if (isPassedOn(message) && isNews(message.signal, message.count)) {
			listener(message.signal);
		}
	};

	for (const signal of signals) {
		process.on(signal, onSignal);
	}

	process.on('message', onMessage);
	process.channel?.unref();
	return () => {
		for (const signal of signals) {
			process.off(signal, onSignal);
		}

		process.off('message', onMessage);
	};
};
