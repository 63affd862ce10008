import type {ChecklistLine} from '../migration/checklist.js';
import type {RunState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';

/** What a report says beside the run's state. */
export type ReportOptions = {
	/** The program's version. */
	readonly program: string;
	/** The run's folder. */
	readonly folder: string;
	/** The journal's path. */
	readonly journal: string;
	readonly checklist: readonly ChecklistLine[];
	/** Seconds each step took in the rehearsal. */
	readonly expected?: Readonly<Partial<Record<StepId, number>>>;
};

/** What was decided, done and proved, as Markdown. For a run in any state. */
export const renderReport = (state: RunState, _options: ReportOptions): string => `# ${state.run}\n`;
