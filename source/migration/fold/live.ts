import type {LiveEvent} from '../event.js';
import {nothingLive, type Live, type RunState} from '../state.js';
import {withStep} from './with-step.js';

/** Lines kept for the log pane. */
const logLines = 200;

const withLive = (state: RunState, live: Partial<Live>): RunState => ({...state, live: {...state.live, ...live}});

/** One event more of those that only the screens need. */
export const foldLive = (state: RunState, event: LiveEvent): RunState => {
	switch (event.type) {
		case 'step-entered': {
			return {...state, live: {...nothingLive, log: state.live.log, step: event.step}};
		}

		case 'step-inspected': {
			return withLive(state, {inspection: event.inspection});
		}

		case 'step-rechecked': {
			return withStep(state, event.step, step => ({...step, evidence: event.evidence}));
		}

		case 'question-asked': {
			const {refused, preview, ...live} = state.live;
			return {
				...state,
				live: {...live, judging: false, question: event.question, ...(event.refused && {refused: event.refused})},
			};
		}

		case 'answer-judged': {
			return withLive(state, {judging: true});
		}

		case 'secret-taken': {
			const {question, refused, ...live} = state.live;
			return {...state, live};
		}

		case 'preview-shown': {
			return withLive(state, {preview: event.preview});
		}

		case 'step-verifying': {
			const {progress, ...live} = state.live;
			return {...state, live: {...live, verifying: true}};
		}

		case 'progressed': {
			return withLive(state, {
				progress: {
					...event.progress,
					...(event.rate !== undefined && {rate: event.rate}),
					...(event.secondsLeft !== undefined && {secondsLeft: event.secondsLeft}),
					...(event.stalledSeconds !== undefined && {stalledSeconds: event.stalledSeconds}),
				},
			});
		}

		case 'logged': {
			return withLive(state, {log: [...state.live.log, {step: event.step, line: event.line}].slice(-logLines)});
		}
	}
};
