import type {FailureParts} from '../failure/failure.js';

/** The four parts of a failure as lines for stderr. */
export const failureText = (failure: FailureParts): readonly string[] => [failure.seen, failure.means, failure.todo, failure.byHand];
