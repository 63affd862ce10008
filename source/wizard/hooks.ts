import {useEffect, useState, useSyncExternalStore} from 'react';
import type {Engine} from '../migration/engine/engine.js';
import type {Ending} from '../migration/engine/session.js';
import type {View} from '../migration/state.js';

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
