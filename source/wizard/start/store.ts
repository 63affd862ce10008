import {first, type Place} from './place.js';

/**
Where the operator is, outside of the components: keys that come in one piece each see what the one before has changed.
*/
export type PlaceStore = {
	readonly get: () => Place;
	readonly subscribe: (listener: () => void) => () => void;
	readonly set: (place: Place) => void;
};

/** A store on the first page. */
export const createPlaceStore = (): PlaceStore => {
	const listeners = new Set<() => void>();
	let place = first;
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
