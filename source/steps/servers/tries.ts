import {cancelWork} from '../../directory/cancel.js';
import {rejectKindOf, type Reject} from '../../directory/rejects.js';
import type {DirectoryServer} from '../../directory/server.js';
import {isOverIn} from '../../directory/tasks.js';
import {Failure} from '../../failure/failure.js';
import {tellable} from '../../failure/tellable.js';
import type {JsonObject} from '../../migration/json.js';
import type {Evidence, Reporter} from '../../migration/step.js';
import type {Clock} from '../../migration/world.js';
import {countText} from '../run/words.js';

/** What is tried, as its notes call it: `export` when it begins, `export-failed` when it has failed. */
export type Tried = 'export' | 'import';

/**
Whether a backend's work is to begin anew: it never began, or what began last has failed. Otherwise what an interrupted
try began is watched.
*/
export const isFreshTry = (notes: readonly JsonObject[], tried: Tried, backend: string): boolean => {
	const kinds = notes
		.filter(note => note.backend === backend)
		.map(({kind}) => kind)
		.filter(kind => kind === tried || kind === `${tried}-failed`);
	return kinds.at(-1) !== tried;
};

/**
Whether a tool said, or left it to be seen, that its work has failed: then the next try begins anew. A lost connection
says nothing of the kind.
*/
export const isToolFailure = (error: unknown): boolean =>
	error instanceof Failure && (error.parts.code === 'tool-failed' || error.parts.code === 'tool-lost');

/**
Cancels the tasks of a step's work that still run in the server: nothing they write to can be cleared away before.
*/
export const cancelTasks = async (
	{world}: {readonly world: {readonly clock: Clock}},
	server: DirectoryServer,
	logs: readonly string[],
): Promise<readonly Evidence[]> => {
	const ends = await Promise.all(logs.map(async log => cancelWork(server, world.clock, log)));
	const said = ends.filter(end => end !== undefined);
	return said.map(({id, state}) => ({
		label: `task ${id} of ${server.target.pod}`,
		value: state ?? 'is gone',
		holds: state === undefined || isOverIn(state),
	}));
};

/** Tells of rejects how many there are of each kind: who they are is nobody's business but their file's. */
export const tellRejects = (reporter: Reporter, rejects: readonly Reject[]): void => {
	for (const [kind, ofKind] of Map.groupBy(rejects, reject => rejectKindOf(reject))) {
		reporter.log(`rejected: ${countText(ofKind.length, 'entry', 'entries')}, ${kind}`);
	}
};

/** Passes on what may be told of a tool's log, and how many entries it is through with. */
export const watchWith = (reporter: Reporter, what: string, total?: number) => ({
	tell: reporter.log,
	onLines(lines: readonly string[]) {
		for (const line of tellable(lines)) {
			reporter.log(line);
		}
	},
	onEntries(entries: number) {
		reporter.progress({
			what,
			unit: 'entries',
			done: entries,
			...(total !== undefined && {total}),
		});
	},
});
