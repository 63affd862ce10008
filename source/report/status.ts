import type {ChecklistLine} from '../migration/checklist.js';
import type {JsonObject} from '../migration/json.js';
import type {RunState} from '../migration/state.js';

/** Where a run stands, as text for `unroot status`. */
export const renderStatus = (state: RunState, _options: {readonly checklist: readonly ChecklistLine[]; readonly ascii?: boolean}): string => `${state.run} ${state.status}\n`;

/** The same for `--output json`. */
export const statusJson = (state: RunState): JsonObject => ({run: state.run, status: state.status});
