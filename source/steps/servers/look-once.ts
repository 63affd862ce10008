import type {StepContext} from '../../migration/step.js';
import type {World} from '../../migration/world.js';

/** Looks, unless it is known what an earlier look of this program saw; `isAnew` looks in any case. */
export type LookOnce<Needs extends keyof World, Seen> = (context: StepContext<Needs>, isAnew: boolean) => Promise<Seen>;

/**
The same look for the questions, the preview and what is performed after an inspection: looking anew for each would ask
every pod several times. An inspection always looks anew.
*/
export const lookingOnce = <Needs extends keyof World, Seen>(
	look: (context: StepContext<Needs>) => Promise<Seen>,
): LookOnce<Needs, Seen> => {
	const looks = new WeakMap<object, Promise<Seen>>();
	return async (context, isAnew) => {
		const known = looks.get(context.world);
		if (known && !isAnew) {
			return known;
		}

		const seen = look(context);
		looks.set(context.world, seen);
		return seen;
	};
};
