import type {RunEvent} from '../event.js';
import {frozenBefore, settled, withFreeze, withoutFreeze} from '../freeze.js';
import {withFile} from '../listed.js';
import {emptyState, isOver, nothingLive, type Live, type RunState, type StepState} from '../state.js';
import type {StepId} from '../step.js';
import {foldLive} from './live.js';
import {withStep} from './with-step.js';

const freshStep = (id: StepId): StepState => ({
	id,
	status: 'waiting',
	attempts: 0,
	notes: [],
	evidence: [],
	answered: [],
	undoing: false,
});

/**
The checklist that goes on, with what is known of its steps. What the version before did not know is marked;
what this one does not know any more stays at the end.
*/
const withNewSteps = (steps: readonly StepState[], ids: readonly StepId[]): readonly StepState[] => [
	...ids.map((id): StepState => steps.find(step => step.id === id) ?? {...freshStep(id), isNew: true}),
	...steps.filter(({id}) => !ids.includes(id)),
];

const without = (record: Readonly<Record<string, string>>, keys: readonly string[]): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

const only = (record: Readonly<Record<string, string>>, keys: readonly string[]): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(record).filter(([key]) => keys.includes(key)));

/** The screen when a step's question, preview or progress is over. */
const cleared = ({log, step}: Live): Live => ({...nothingLive, log, ...(step && {step})});

/**
One event more. Pure: the same events always give the same state.
*/
export const fold = (state: RunState, event: RunEvent): RunState => {
	switch (event.type) {
		case 'run-opened': {
			return {
				...emptyState,
				run: event.run,
				mode: event.mode,
				context: event.context,
				namespace: event.namespace,
				sandbox: event.sandbox,
				openedAt: event.at,
				openedBy: event.by,
				steps: event.steps.map(id => freshStep(id)),
			};
		}

		case 'run-resumed': {
			const {stopped, ...open} = state;
			return {
				...open,
				status: open.status === 'stopped' ? 'open' : open.status,
				steps: isOver(state) ? state.steps : withNewSteps(state.steps, event.steps ?? []),
			};
		}

		case 'cluster-identified': {
			return {...state, cluster: {uid: event.uid, version: event.version, server: event.server}};
		}

		case 'question-answered': {
			const {question, refused, ...live} = state.live;
			return withStep(
				{
					...state,
					live: {...live, judging: false},
					answers: {...state.answers, [event.question]: event.answer},
					typed: [...state.typed.filter(id => id !== event.question), ...(event.typed ? [event.question] : [])],
				},
				event.step,
				step => ({...step, answered: [...step.answered.filter(id => id !== event.question), event.question]}),
			);
		}

		case 'step-started': {
			return withStep({...state, live: cleared(state.live)}, event.step, ({failure, endedAt, ...step}) => ({
				...step,
				status: 'started',
				attempts: event.attempt,
				startedAt: step.startedAt ?? event.at,
				evidence: [],
			}));
		}

		case 'step-noted': {
			const before = frozenBefore(state, event);
			return withStep(
				before ? {...state, freezes: withFreeze(state.freezes, event.at, before)} : state,
				event.step,
				step => ({...step, notes: [...step.notes, event.note]}),
			);
		}

		case 'file-listed': {
			return {...state, files: withFile(state.files, {place: event.place, path: event.path})};
		}

		case 'file-settled': {
			return {...state, files: withFile(state.files, {place: event.place, path: event.path, end: event.end})};
		}

		case 'step-performed': {
			return withStep(state, event.step, step => ({...step, status: 'performed', outcome: event.outcome}));
		}

		case 'step-verified': {
			const freezes = event.step === 'cut-over' ? settled(state.freezes, event.at, 'moved') : state.freezes;
			return withStep({...state, freezes, live: cleared(state.live)}, event.step, step => ({
				...step,
				status: 'done',
				evidence: event.evidence,
				...(event.facts && {facts: event.facts}),
				endedAt: event.at,
			}));
		}

		case 'step-failed': {
			return withStep({...state, live: cleared(state.live)}, event.step, step => ({
				...step,
				status: 'failed',
				failure: event.failure,
			}));
		}

		case 'step-skipped': {
			return withStep({...state, live: cleared(state.live)}, event.step, ({failure, ...step}) => ({
				...step,
				status: 'skipped',
				skipped: event.why,
				endedAt: event.at,
			}));
		}

		case 'step-reopened': {
			return withStep(
				{
					...state,
					live: cleared(state.live),
					answers: without(state.answers, event.withdrawn),
					before: {...state.before, ...only(state.answers, event.withdrawn)},
				},
				event.step,
				({failure, endedAt, startedAt, skipped, ...step}) => ({
					...step,
					status: 'waiting',
					evidence: [],
					answered: step.answered.filter(id => !event.withdrawn.includes(id)),
				}),
			);
		}

		case 'freeze-begun': {
			const {type, at, step, ...begun} = event;
			return {...state, freezes: withFreeze(state.freezes, at, begun)};
		}

		case 'freeze-ended': {
			return {...state, freezes: withoutFreeze(state.freezes, event.at, event.workload, event.how)};
		}

		case 'undo-started': {
			return withStep({...state, live: {...cleared(state.live), step: event.step}}, event.step, step => ({
				...step,
				undoing: true,
			}));
		}

		case 'undo-done': {
			return withStep({...state, live: cleared(state.live)}, event.step, step => ({
				...step,
				status: 'undone',
				undoing: false,
				evidence: event.evidence,
				endedAt: event.at,
			}));
		}

		case 'run-stopped': {
			return {
				...state,
				status: 'stopped',
				stopped: event.why,
				live: cleared(state.live),
			};
		}

		case 'run-finished': {
			return {...state, status: 'finished', live: cleared(state.live)};
		}

		case 'run-rolled-back': {
			return {
				...state,
				status: 'rolled-back',
				freezes: settled(state.freezes, event.at, 'lifted'),
				live: cleared(state.live),
			};
		}

		case 'step-entered':
		case 'step-inspected':
		case 'step-rechecked':
		case 'question-asked':
		case 'answer-judged':
		case 'secret-taken':
		case 'preview-shown':
		case 'step-verifying':
		case 'progressed':
		case 'logged': {
			return foldLive(state, event);
		}
	}
};
