import {moveText, sideText} from '../../migration/words/workloads.js';
import {heldCode, nextActOf, runOfRow, type NextAct, type WorkloadRow} from '../../migration/workload-row.js';
import {cellsOf} from '../cells.js';
import type {Hint} from '../keys.js';
import type {StartChoice} from './choice.js';
import type {Item, Next} from './page.js';

/** What Enter does for a workload, in the line of keys; undefined where it does nothing. */
const acts: Readonly<Record<NextAct, string | undefined>> = {
	start: 'start its move',
	resume: 'go on',
	pay: 'pay the debt',
	nothing: undefined,
};

/** What Enter does, in a sentence. */
const actSentence = (row: WorkloadRow): string => {
	switch (nextActOf(row)) {
		case 'start': {
			return 'Enter starts its move. Nothing is changed before you have seen it and said so.';
		}

		case 'resume': {
			return `Enter goes on with the run ${runOfRow(row) ?? ''}.`;
		}

		case 'pay': {
			return 'Enter starts a move to a fresh deployment, which ends running as root.';
		}

		case 'nothing': {
			return row.move.kind === 'stopped'
				? 'The run is not kept on this machine: go on with it where it was begun.'
				: 'There is nothing to do for it now.';
		}
	}
};

const choiceOf = (row: WorkloadRow): StartChoice | undefined => {
	const {context, namespace, kind, name} = row;
	const start = {kind: 'migrate', context, namespace, workload: `${kind}/${name}`} as const;
	switch (nextActOf(row)) {
		case 'start': {
			return start;
		}

		case 'pay': {
			return {...start, strategy: 'fresh'};
		}

		case 'resume': {
			return {kind: 'resume', run: runOfRow(row) ?? ''};
		}

		case 'nothing': {
			return undefined;
		}
	}
};

const columnsOf = (row: WorkloadRow, now: Date): readonly string[] => [
	row.name,
	`${row.product} ${row.version ?? ''}`.trim(),
	sideText[row.side],
	`${row.replicas}`,
	moveText(row, now),
];

/** What the inspection found, counted: most of it is what a fresh deployment settles. */
const findingsOf = ({blocks, warns}: WorkloadRow): readonly string[] => {
	const codes = blocks.map(({code}) => code).filter(code => code !== heldCode);
	return codes.length + warns === 0
		? []
		: [
				`With the new image as things stand ${
					codes.length === 0
						? 'nothing would block'
						: `${codes.length} ${codes.length === 1 ? 'kind' : 'kinds'} of finding would block (${codes.join(', ')})`
				} and ${warns} would warn. A fresh deployment settles most of them.`,
			];
};

const detailsOf = (row: WorkloadRow): string =>
	[
		...row.blocks.filter(({code}) => code === heldCode).map(({seen}) => seen),
		...findingsOf(row),
		row.order,
		actSentence(row),
	].join('\n');

/** The workloads as they are listed, in columns. */
export const workloadItems = (rows: readonly WorkloadRow[], now: Date): ReadonlyArray<Item<Next>> => {
	const cells = rows.map(row => columnsOf(row, now));
	const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map(row => cellsOf(row[column] ?? ''))));
	return rows.map((row, index) => {
		const choice = choiceOf(row);
		return {
			label: (cells[index] ?? [])
				.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - cellsOf(cell))))
				.join(' '.repeat(2))
				.trimEnd(),
			says: detailsOf(row),
			value: choice ? {kind: 'done', choice} : {kind: 'nothing'},
		};
	});
};

/** The run of a workload that can be verified: it is known here, and something of it was done. */
export const verifiable = (row: WorkloadRow | undefined): string | undefined =>
	row && (row.move.kind === 'moved' || row.move.kind === 'root' || nextActOf(row) === 'resume')
		? runOfRow(row)
		: undefined;

/** The keys of the list, for the workload that the cursor is on. */
export const workloadHints = (row: WorkloadRow | undefined): readonly Hint[] => {
	const act = row && acts[nextActOf(row)];
	return [
		...(act === undefined ? [] : [{command: 'confirm', says: act} as const]),
		...(verifiable(row) === undefined ? [] : [{command: 'verify', says: 'verify'} as const]),
		{command: 'up', says: 'move'},
		{command: 'help', says: 'help'},
		{command: 'back', says: 'back'},
		{command: 'stop', says: 'leave'},
	];
};
