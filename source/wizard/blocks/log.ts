import type {Live} from '../../migration/state.js';
import {plainRow, row, wrapped, type Line} from '../lines.js';
import type {Theme} from '../theme.js';

/** What tools and the cluster said, newest last. */
export const logLines = (log: Live['log'], width: number, {symbols}: Theme): readonly Line[] =>
	log.length === 0
		? [plainRow('Nothing was said yet.', 'dim')]
		: log.flatMap(({line}) => wrapped(line, {width, lead: [{text: symbols.said, tone: 'dim'}], tone: 'dim'}));

/** The last lines of it, one row each, in no more than so many rows. */
export const logTail = (log: Live['log'], rows: number, {symbols}: Theme): readonly Line[] =>
	rows < 1
		? []
		: log
				.slice(-rows)
				.map(({line}) => row({text: symbols.said, tone: 'dim'}, {text: line.replaceAll('\n', ' '), tone: 'dim'}));
