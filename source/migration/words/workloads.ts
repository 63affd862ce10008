import type {Move, WorkloadRow} from '../workload-row.js';
import {elapsedText} from './figures.js';
import {timeText} from './freeze.js';

/** A side of sprint 2103 in a few words. */
export const sideText: Readonly<Record<WorkloadRow['side'], string>> = {
	old: 'before 2103',
	new: '2103 or later',
	unknown: 'not settled',
};

const sinceText = (at: string, now: Date): string =>
	Number.isNaN(Date.parse(at)) ? '' : `, ${elapsedText(Math.max(0, (now.getTime() - Date.parse(at)) / 1000))} ago`;

const untilText = (until: string | undefined, now: Date): string => {
	if (until === undefined) {
		return ', nobody wrote down until when';
	}

	return until < now.toISOString().slice(0, 10) ? `, overdue since ${until}` : ` until ${until}`;
};

const moveWords = (move: Move, now: Date): string => {
	switch (move.kind) {
		case 'not-begun': {
			return move.rolledBack === undefined ? 'not begun' : 'not begun (rolled back)';
		}

		case 'running': {
			return `running, by ${move.by}`;
		}

		case 'stopped': {
			const where = move.step === undefined ? '' : ` at «${move.step}»`;
			return `stopped${where}${move.at === undefined ? '' : sinceText(move.at, now)}`;
		}

		case 'moved': {
			return `moved to ${move.to}`;
		}

		case 'successor': {
			return move.of === undefined ? 'new side' : `new side of ${move.of}`;
		}

		case 'root': {
			return `runs as root${untilText(move.until, now)}`;
		}

		case 'unprivileged': {
			return 'unprivileged';
		}
	}
};

/** Where the move of a workload stands, in a few words. That writes are refused comes first. */
export const moveText = ({move, frozen}: Pick<WorkloadRow, 'move' | 'frozen'>, now: Date): string =>
	`${frozen ? `WRITES REFUSED since ${timeText(frozen.since)}, ` : ''}${moveWords(move, now)}`;

const counted = (count: number, one: string): readonly string[] =>
	count === 0 ? [] : [`${count} ${one}${count === 1 ? '' : 's'}`];

/** What blocks, counted. */
export const blocksText = ({blocks, warns}: Pick<WorkloadRow, 'blocks' | 'warns'>): string =>
	[...counted(blocks.length, 'blocker'), ...counted(warns, 'warning')].join(', ') || '-';
