import type {JsonObject} from '../../migration/json.js';
import type {StepContext} from '../../migration/step.js';
import {outcomeIfAny} from '../outcomes.js';
import {baseLineAfter, type BaseLine} from './round.js';

/** What the rounds from the old side to the new one are called, in notes and file names. */
export const there = 'line';

/**
The copies that the new side was proved to hold, and what later rounds made of them. `notes` are those of the step that
makes rounds now.
*/
export const baseLineOf = (context: Pick<StepContext, 'outcomes'>, notes: readonly JsonObject[]): BaseLine => {
	const caughtUp = outcomeIfAny(context, 'catch-up');
	const proved = outcomeIfAny(context, 'prove')?.proofs;
	const copies = outcomeIfAny(context, 'copy-out')?.files ?? [];
	return baseLineAfter(
		notes,
		caughtUp
			? {...caughtUp, isSure: true}
			: {
					pictures: copies,
					// An encrypted copy was proved by counts alone.
					isSure: copies.every(({backend, digest}) =>
						proved?.some(proof => proof.backend === backend && digest !== null && proof.target === digest),
					),
					rounds: [],
				},
		there,
	);
};
