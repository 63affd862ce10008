import {kindOf, type Reject} from '../../directory/rejects.js';
import {Failure} from '../../failure/failure.js';
import {tellable} from '../../failure/tellable.js';
import type {JsonObject} from '../../migration/json.js';
import type {Reporter} from '../../migration/step.js';
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

/** Tells of rejects how many there are of each kind: who they are is nobody's business but their file's. */
export const tellRejects = (reporter: Reporter, rejects: readonly Reject[]): void => {
	for (const [kind, ofKind] of Map.groupBy(rejects, reject => kindOf(reject))) {
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
