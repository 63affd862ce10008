import type {FilesPlan, PlannedItem} from '../../manifests/files/plan-files.js';
import type {ManifestFile} from '../../manifests/strategy.js';
import type {Check} from './check.js';
import type {Written} from './write.js';

/** One file of a plan: where it lies and how it differs from what it was made from. */
export type FileSummary = {
	readonly path: string;
	readonly state: Written;
	/** Lines that are new in it, and lines that are gone, against the file it was made from. */
	readonly against?: {readonly file: string; readonly added: number; readonly removed: number};
};

/** What `plan` prints. */
export type PlanSummary = {
	readonly strategy: FilesPlan['strategy'];
	readonly folder: string;
	readonly workloads: readonly PlannedItem[];
	readonly files: readonly FileSummary[];
	readonly notes: readonly string[];
	/** What the operator's own tools say of the files. */
	readonly checks: readonly Check[];
	/** Files that were not looked into, and why. */
	readonly skipped: ReadonlyArray<{readonly file: string; readonly why: string}>;
};

const countLines = (text: string): ReadonlyMap<string, number> => {
	const counts = new Map<string, number>();
	for (const line of text.split('\n')) {
		counts.set(line, (counts.get(line) ?? 0) + 1);
	}

	return counts;
};

const surplus = (of: ReadonlyMap<string, number>, over: ReadonlyMap<string, number>): number =>
	of.entries().reduce((sum, [line, count]) => sum + Math.max(0, count - (over.get(line) ?? 0)), 0);

const fileSummary = (folder: string, {name, text, from}: ManifestFile, state: Written): FileSummary => {
	const path = `${folder.replace(/\/$/v, '')}/${name}`;
	if (!from) {
		return {path, state};
	}

	const [before, after] = [countLines(from.text), countLines(text)];
	return {path, state, against: {file: from.file, added: surplus(after, before), removed: surplus(before, after)}};
};

/** The result of `plan` as a value. */
export const summaryOf = (
	plan: FilesPlan,
	{
		folder,
		written,
		checks,
		skipped,
	}: Pick<PlanSummary, 'folder' | 'checks' | 'skipped'> & {readonly written: readonly Written[]},
): PlanSummary => ({
	strategy: plan.strategy,
	folder,
	workloads: plan.items,
	files: plan.files.map((file, index) => fileSummary(folder, file, written[index] ?? 'written')),
	notes: plan.notes,
	checks,
	skipped,
});

const itemLine = ({kind, name, becomes, image}: PlannedItem): string =>
	`  ${kind} ${name}${becomes === name ? '' : ` -> ${becomes}`}  ${image}`;

const fileLine = ({path, state, against}: FileSummary): string => {
	const how = against ? `+${against.added} -${against.removed} lines against ${against.file}` : 'new';
	return `  ${path}  ${how}${state === 'same' ? ', was there already' : ''}`;
};

const checkLine = ({what, tool, state, says, byHand}: Check): string => {
	switch (state) {
		case 'passed': {
			return `  ${what}: checked with ${tool} (${says})`;
		}

		case 'failed': {
			return `  ${what}: ${tool} does not take it: ${says}`;
		}

		case 'unchecked': {
			return `  ${what}: not checked with ${tool}: ${says}; check by hand: ${byHand}`;
		}
	}
};

/** The result of `plan` for people. */
export const summaryText = ({strategy, folder, workloads, files, notes, checks, skipped}: PlanSummary): string =>
	[
		strategy === 'fresh' ? `Fresh deployment, planned into ${folder}` : `Run as root, planned into ${folder}`,
		...workloads.map(item => itemLine(item)),
		'',
		'Files',
		...files.map(file => fileLine(file)),
		...(checks.length > 0 ? ['', 'Checks', ...checks.map(check => checkLine(check))] : []),
		...(notes.length > 0 ? ['', 'Know this', ...notes.map(note => `  - ${note}`)] : []),
		...(skipped.length > 0 ? ['', 'Not looked into', ...skipped.map(({file, why}) => `  ${file}: ${why}`)] : []),
		'',
	].join('\n');
