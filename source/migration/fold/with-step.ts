import type {RunState, StepState} from '../state.js';
import type {StepId} from '../step.js';

/** The state with one of its steps changed. */
export const withStep = (state: RunState, id: StepId, change: (step: StepState) => StepState): RunState => ({
	...state,
	steps: state.steps.map(step => (step.id === id ? change(step) : step)),
});
