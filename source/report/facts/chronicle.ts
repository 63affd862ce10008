import type {JournalEvent} from '../../migration/event.js';
import type {FreezeEnd} from '../../migration/freeze.js';
import type {RunState} from '../../migration/state.js';
import type {ChecklistLine} from '../../migration/words/checklist.js';

/** What sort of thing happened: somebody did it, it went wrong, writes were refused, or it just came about. */
export type MomentKind = 'person' | 'stop' | 'freeze' | 'end';

/** Something that happened, when, and by whose hand. */
export type Moment = {
	readonly at: string;
	readonly kind: MomentKind;
	readonly who: string;
	readonly what: string;
};

/** A stretch of time in which a step worked, or in which writes were refused. */
export type Span = {readonly from: string; readonly to: string; readonly title: string};

/** A run in time. */
export type Chronicle = {
	readonly from: string;
	readonly to: string;
	readonly moments: readonly Moment[];
	readonly work: readonly Span[];
	readonly freezes: readonly Span[];
};

/** A step's name as people know it. */
export const titleOf = (checklist: readonly ChecklistLine[], id: string): string =>
	checklist.find(line => line.id === id)?.title ?? id;

const takenText = ({tookOver}: Extract<JournalEvent, {readonly type: 'run-opened' | 'run-resumed'}>): string =>
	tookOver === undefined ? '' : `, and took the namespace over from the run ${tookOver.run} of ${tookOver.by}`;

const endOfFreeze: Readonly<Record<FreezeEnd, (workload: string) => string>> = {
	lifted: workload => `writes taken again by ${workload}`,
	expired: workload => `writes taken again by ${workload}: the time for the freeze was over`,
	moved: workload => `clients moved away from ${workload}; the servers they are on now take writes`,
};

/** What was approved by a word that was typed. */
const approvedText = (question: string, step: string, title: string): string =>
	question === step ? title : `«${question}» at ${title}`;

type Told = Pick<Moment, 'kind' | 'what'>;

/** What an event says in a time line; undefined where it is of no interest there. */
const toldOf = (event: JournalEvent, checklist: readonly ChecklistLine[]): Told | undefined => {
	const title = 'step' in event ? `«${titleOf(checklist, event.step)}»` : '';
	switch (event.type) {
		case 'run-opened': {
			return {kind: 'person', what: `started the run with unroot ${event.program}${takenText(event)}`};
		}

		case 'run-resumed': {
			return {kind: 'person', what: `resumed the run with unroot ${event.program}${takenText(event)}`};
		}

		case 'question-answered': {
			return event.typed
				? {
						kind: 'person',
						what: `approved ${approvedText(event.question, event.step, title)} by typing «${event.answer}»`,
					}
				: undefined;
		}

		case 'step-failed': {
			return {kind: 'stop', what: `${title} failed: ${event.failure.seen}`};
		}

		case 'step-reopened': {
			return {kind: 'person', what: `${title} was opened again: ${event.why}`};
		}

		case 'freeze-begun': {
			return {kind: 'freeze', what: `writes refused on ${event.servers.map(({pod}) => pod).join(', ')}`};
		}

		case 'freeze-ended': {
			return {kind: 'freeze', what: endOfFreeze[event.how](event.workload)};
		}

		case 'undo-started': {
			return {kind: 'person', what: 'began the way back'};
		}

		case 'undo-done': {
			return {kind: 'end', what: `${title} undone`};
		}

		case 'run-stopped': {
			return {kind: 'stop', what: `the run stopped: ${event.why}`};
		}

		case 'run-finished': {
			return {kind: 'end', what: 'the run finished'};
		}

		case 'run-rolled-back': {
			return {kind: 'end', what: 'the run was rolled back'};
		}

		case 'step-verified': {
			return event.step === 'cut-over' ? {kind: 'end', what: `${title} done and checked`} : undefined;
		}

		case 'cluster-identified':
		case 'step-started':
		case 'step-noted':
		case 'file-listed':
		case 'file-settled':
		case 'step-performed':
		case 'step-skipped': {
			return undefined;
		}
	}
};

/** Who was at work when an event came, event by event. */
export const actorsOf = (events: readonly JournalEvent[]): readonly string[] => {
	let who = '';
	return events.map(event => {
		who = 'by' in event ? event.by : who;
		return who;
	});
};

const begins = new Set<JournalEvent['type']>(['step-started', 'undo-started']);

const ends = new Set<JournalEvent['type']>([
	'step-verified',
	'step-failed',
	'step-skipped',
	'undo-done',
	'run-stopped',
	'run-resumed',
	'step-reopened',
]);

/** The stretches in which a step worked. One that a kill cut short ends with the last event before the next session. */
const workOf = (events: readonly JournalEvent[], checklist: readonly ChecklistLine[]): readonly Span[] => {
	const spans: Span[] = [];
	let open: {readonly from: string; readonly title: string} | undefined;
	let last = '';
	for (const event of events) {
		if (open && (ends.has(event.type) || begins.has(event.type))) {
			spans.push({...open, to: event.type === 'run-resumed' ? last : event.at});
			open = undefined;
		}

		if (begins.has(event.type) && 'step' in event) {
			open = {from: event.at, title: titleOf(checklist, event.step)};
		}

		last = event.at;
	}

	return open ? [...spans, {...open, to: last}] : spans;
};

/*
One step is undone after the other: the way back begins with the first. A freeze is written down once more with each
deadline.
*/
const isToldAlready = (before: readonly JournalEvent[], event: JournalEvent): boolean => {
	if (event.type === 'undo-started') {
		const session = before.findLastIndex(({type}) => type === 'run-resumed' || type === 'run-opened');
		return before.slice(session).some(({type}) => type === 'undo-started');
	}

	if (event.type !== 'freeze-begun') {
		return false;
	}

	const {name} = event.workload;
	const last = before.findLast(
		one =>
			(one.type === 'freeze-begun' && one.workload.name === name) ||
			(one.type === 'freeze-ended' && one.workload === name),
	);
	return last?.type === 'freeze-begun';
};

/** A run in time: who did what when, when steps worked, and when writes were refused. */
export const chronicleOf = (
	events: readonly JournalEvent[],
	state: RunState,
	checklist: readonly ChecklistLine[],
): Chronicle => {
	const actors = actorsOf(events);
	const to = events.at(-1)?.at ?? state.openedAt;
	return {
		from: state.openedAt,
		to,
		moments: events.flatMap((event, index) => {
			const told = isToldAlready(events.slice(0, index), event) ? undefined : toldOf(event, checklist);
			return told ? [{at: event.at, who: told.kind === 'person' ? (actors[index] ?? '') : '', ...told}] : [];
		}),
		work: workOf(events, checklist),
		freezes: state.freezes.map(({since, ended, servers}) => ({
			from: since,
			to: ended?.at ?? to,
			title: `writes refused on ${servers.map(({pod}) => pod).join(', ')}`,
		})),
	};
};
