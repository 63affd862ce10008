import type {StartOptions} from './choice.js';
import {first, type Standing} from './place.js';

/**
Where the operator is, outside of the components: keys that come in one piece each see what the one before has changed.
*/
export type PlaceStore = {
	readonly get: () => Standing;
	readonly subscribe: (listener: () => void) => () => void;
	readonly set: (place: Standing) => void;
};

/** A store on the first page, or on a namespace that was named. */
export const createPlaceStore = (named?: StartOptions['place']): PlaceStore => {
	const listeners = new Set<() => void>();
	let place: Standing = named ? {...first, page: {kind: 'named', ...named}} : first;
	return {
		get: () => place,
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		set(next) {
			place = next;
			for (const listener of listeners) {
				listener();
			}
		},
	};
};
