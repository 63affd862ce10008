import type {FailureParts} from '../failure/failure.js';
import type {RunEvent, IntentName} from './event.js';
import {frozenBefore, settled, withFreeze, withoutFreeze, type Freeze} from './freeze.js';
import type {Json, JsonObject} from './json.js';
import {withFile, type ListedFile} from './listed.js';
import type {Evidence, Fact, Inspection, Preview, Progress, Question, StepId} from './step.js';

/** Where a step stands. */
export type StepStatus = 'waiting' | 'started' | 'performed' | 'done' | 'failed' | 'skipped' | 'undone';

/** What is known of one step. */
export type StepState = {
	readonly id: StepId;
	readonly status: StepStatus;
	readonly attempts: number;
	readonly startedAt?: string;
	readonly endedAt?: string;
	readonly outcome?: Json;
	readonly notes: readonly JsonObject[];
	readonly evidence: readonly Evidence[];
	/** What the step told beside its evidence. */
	readonly facts?: readonly Fact[];
	readonly failure?: FailureParts;
	readonly skipped?: string;
	/** Questions this step asked and got answers to, in order. */
	readonly answered: readonly string[];
	/** Set where the version that began the run had no such step. */
	readonly isNew?: true;
	/** Whether an undo was begun and not ended. */
	readonly undoing: boolean;
};

/** Where the run as a whole stands. */
export type RunStatus = 'open' | 'finished' | 'stopped' | 'rolled-back';

/** Whether there is nothing to go on with. */
export const isOver = ({status}: {readonly status: RunStatus}): boolean =>
	status === 'finished' || status === 'rolled-back';

/** What is on the screen right now: nothing of it is kept. */
export type Live = {
	readonly step?: StepId;
	readonly inspection?: Inspection;
	readonly question?: Question;
	/** Whether an answer is held against the world at this moment. */
	readonly judging: boolean;
	/** Why the last answer was refused. */
	readonly refused?: string;
	readonly preview?: Preview;
	readonly progress?: Progress & {
		readonly rate?: number;
		readonly secondsLeft?: number;
		readonly stalledSeconds?: number;
	};
	readonly verifying: boolean;
	/** The last lines of the log pane, oldest first, with the step that said them. */
	readonly log: ReadonlyArray<{readonly step: StepId; readonly line: string}>;
};

/** The state of a run: a fold of its events and nothing else. */
export type RunState = {
	readonly run: string;
	readonly mode: 'migrate' | 'rehearse';
	readonly context: string;
	readonly namespace: string;
	readonly sandbox: boolean;
	readonly openedAt: string;
	readonly openedBy: string;
	readonly cluster?: {readonly uid: string; readonly version: string; readonly server: string};
	readonly status: RunStatus;
	readonly stopped?: string;
	readonly steps: readonly StepState[];
	readonly answers: Readonly<Record<string, string>>;
	/** What was answered before a question was opened again, to begin with when it is asked anew. */
	readonly before: Readonly<Record<string, string>>;
	/** Questions among the answers that wanted a word typed. */
	readonly typed: readonly string[];
	/** Each time that servers were told to refuse writes, oldest first. */
	readonly freezes: readonly Freeze[];
	/** Every file that the run made, and what became of it. */
	readonly files: readonly ListedFile[];
	readonly live: Live;
};

/** What the engine accepts now, beside the state: a screen shows no key that would do nothing. */
export type View = {readonly state: RunState; readonly next: readonly IntentName[]};

/** Lines kept for the log pane. */
const logLines = 200;

const nothingLive: Live = {verifying: false, judging: false, log: []};

const freshStep = (id: StepId): StepState => ({
	id,
	status: 'waiting',
	attempts: 0,
	notes: [],
	evidence: [],
	answered: [],
	undoing: false,
});

/** The state before the first event. */
export const emptyState: RunState = {
	run: '',
	mode: 'migrate',
	context: '',
	namespace: '',
	sandbox: false,
	openedAt: '',
	openedBy: '',
	status: 'open',
	steps: [],
	answers: {},
	before: {},
	typed: [],
	freezes: [],
	files: [],
	live: nothingLive,
};

/** The checklist that goes on, with what is known of its steps. What the version before did not know is marked; what this one does not know any more stays at the end. */
const withNewSteps = (steps: readonly StepState[], ids: readonly StepId[]): readonly StepState[] => [
	...ids.map((id): StepState => steps.find(step => step.id === id) ?? {...freshStep(id), isNew: true}),
	...steps.filter(({id}) => !ids.includes(id)),
];

const withStep = (state: RunState, id: StepId, change: (step: StepState) => StepState): RunState => ({
	...state,
	steps: state.steps.map(step => (step.id === id ? change(step) : step)),
});

const withLive = (state: RunState, live: Partial<Live>): RunState => ({...state, live: {...state.live, ...live}});

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

/** What is known of one step. */
export const stepOf = (state: RunState, id: StepId): StepState | undefined => state.steps.find(step => step.id === id);
