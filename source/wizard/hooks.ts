import {useEffect, useState, useSyncExternalStore} from 'react';
import type {Engine} from '../migration/engine/engine.js';
import type {Ending} from '../migration/engine/session.js';
import type {View} from '../migration/state.js';
import {waitSeconds, type Wait, type Waits} from '../migration/waits.js';

/** A wait that is worth a word, and how long it has lasted. */
export type Waiting = Wait & {readonly seconds: number};

/** The engine's view, as it is. */
export const useView = (engine: Engine): View => useSyncExternalStore(engine.subscribe, engine.view);

/** How the run ended, once it has. */
export const useEnding = (running: Promise<Ending>): Ending | undefined => {
	const [ending, setEnding] = useState<Ending>();
	useEffect(() => {
		let isHere = true;
		const wait = async (): Promise<void> => {
			const value = await running;
			if (isHere) {
				setEnding(value);
			}
		};

		void wait();
		return () => {
			isHere = false;
		};
	}, [running]);
	return ending;
};

/** Who is waited for, looked at once a second while `isCounting`; undefined while nobody is, or not for long. */
export const useWait = (waits: Waits, isCounting: boolean, now: () => number): Waiting | undefined => {
	const [waiting, setWaiting] = useState<Waiting>();
	useEffect(() => {
		if (!isCounting) {
			return undefined;
		}

		const timer = setInterval(() => {
			const wait = waits.longest();
			const seconds = wait && waitSeconds(wait, now());
			setWaiting(wait && seconds !== undefined ? {...wait, seconds} : undefined);
		}, 1000);
		return () => {
			clearInterval(timer);
		};
	}, [waits, isCounting, now]);
	return isCounting ? waiting : undefined;
};

/** Whole seconds since a key appeared, counted while `isCounting`. */
export const useSeconds = (key: string, isCounting: boolean, now: () => number): number => {
	const [started, setStarted] = useState({key, at: now()});
	const [at, setAt] = useState(started.at);
	if (started.key !== key) {
		const moment = now();
		setStarted({key, at: moment});
		setAt(moment);
	}

	useEffect(() => {
		if (!isCounting) {
			return undefined;
		}

		const timer = setInterval(() => {
			setAt(now());
		}, 1000);
		return () => {
			clearInterval(timer);
		};
	}, [isCounting, key, now]);
	return Math.max(0, Math.floor((at - started.at) / 1000));
};
