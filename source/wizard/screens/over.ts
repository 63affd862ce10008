import {closingLines, proofShown} from '../../migration/words/closing.js';
import {runName} from '../../migration/words/run-name.js';
import {evidenceLines} from '../blocks/facts.js';
import {heading} from '../blocks/head.js';
import {logLines} from '../blocks/log.js';
import {fitted} from '../cells.js';
import {freezeParagraph} from '../components/freeze.js';
import {bindings, shownKey, type Command} from '../keys.js';
import {blank, plainRow, wrapped, type Line} from '../lines.js';
import type {Parts, Shown} from './shown.js';

/** The run is at its end. */
export const endedScreen = (parts: Parts): Shown => {
	const {state, checklist, facts, width, theme} = parts;
	const proof = proofShown(state);
	const said = closingLines(state, checklist, facts, {exit: 'done'});
	const [first = '', ...others] = said.filter(line => !line.startsWith('  '));
	return {
		lines: [
			...wrapped(first, {width, lead: [{text: `${theme.symbols.yes} `, tone: 'good'}], tone: 'strong'}),
			blank,
			...(proof.length > 0
				? [
						heading(state.status === 'rolled-back' ? 'The proof of the way back' : 'The proof'),
						...evidenceLines(proof, width, theme),
						blank,
					]
				: []),
			...others.flatMap(line => wrapped(line, {width})),
		],
		hints: [
			{command: 'confirm', says: 'leave'},
			{command: 'up', says: 'read'},
			{command: 'log', says: 'log'},
		],
	};
};

/** Asks whether to stop. */
export const stopScreen = ({width, facts, state, theme}: Parts): Shown => ({
	lines: [
		heading('Stop now?'),
		blank,
		...freezeParagraph(state, runName(facts), {width, theme}),
		...wrapped('Everything that is done is kept. To go on from here later:', {width}),
		...wrapped(`unroot resume ${runName(facts)}`, {width, lead: [{text: '$ ', tone: 'dim'}]}),
		blank,
		...wrapped('A step that is at work finishes safely first. Ctrl-C again leaves at once.', {
			width,
			tone: 'dim',
		}),
	],
	hints: [
		{command: 'confirm', says: 'stop'},
		{command: 'back', says: 'go on'},
		{command: 'interrupt', says: 'stop at once'},
	],
});

/** Asks whether to leave the step out. */
export const skipScreen = ({width, checklist, state}: Parts): Shown => {
	const step = checklist.find(({id}) => id === state.live.step);
	return {
		lines: [
			...wrapped(`Leave out «${step?.title ?? ''}»?`, {width, tone: 'strong'}),
			blank,
			...wrapped(step?.skip ?? '', {width}),
		],
		hints: [
			{command: 'confirm', says: 'leave it out'},
			{command: 'back', says: 'keep it'},
		],
	};
};

/** What the tools and the cluster said. */
export const logScreen = ({state, width, theme}: Parts): Shown => ({
	lines: logLines(state.live.log, width, theme),
	atEnd: true,
	hints: [{command: 'log', says: 'hide the log'}],
});

const order: readonly Command[] = [
	'confirm',
	'up',
	'page-up',
	'page-down',
	'top',
	'bottom',
	'back',
	'retry',
	'skip',
	'evidence',
	'decisions',
	'log',
	'help',
	'stop',
	'interrupt',
];

/** The keys, the signs, and where things are. */
export const helpScreen = ({width, theme, facts, checklist, state}: Parts): Shown => {
	const {symbols} = theme;
	const {status} = symbols;
	const undo = checklist.find(({id}) => id === state.live.step)?.undo;
	const keyRow = (shown: string, says: string): readonly Line[] =>
		wrapped(says, {width, lead: [{text: fitted(shown, 9, symbols.cut), tone: 'accent'}]});
	return {
		lines: [
			heading('Keys'),
			...order.flatMap(command => keyRow(shownKey(command, symbols), bindings[command].does)),
			blank,
			heading('Signs'),
			...wrapped(
				[
					`${status.waiting} waiting`,
					`${status.current} now`,
					`${status.done} done and proved`,
					`${status.failed} failed`,
					`${status.skipped} left out`,
					`${status.undone} undone`,
					`${symbols.yes} a check that holds`,
					`${symbols.no} one that does not`,
				].join(' '.repeat(3)),
				{width},
			),
			...(undo
				? [
						blank,
						heading(undo.kind === 'can' ? 'This step can be undone' : 'This step cannot be undone'),
						...wrapped(undo.says, {width}),
					]
				: []),
			blank,
			heading('This run'),
			...wrapped(`Folder: ${facts.folder}`, {width}),
			...wrapped(`Go on later: unroot resume ${runName(facts)}`, {width}),
			plainRow('The way back: unroot rollback'),
		],
		hints: [
			{command: 'back', says: 'close'},
			{command: 'up', says: 'read'},
		],
	};
};
