import {heading} from '../blocks/head.js';
import {fitted} from '../cells.js';
import {shownKey, type Command} from '../keys.js';
import {blank, wrapped} from '../lines.js';
import type {Shown} from '../screens/shown.js';
import type {Theme} from '../theme.js';

const keys: ReadonlyArray<readonly [Command, string]> = [
	['up', 'move up and down the list'],
	['confirm', 'choose the line'],
	['back', 'one page back'],
	['interrupt', 'leave; nothing has been done'],
];

/** The keys of the start menu, and what the lines of it lead to. */
export const startHelpScreen = (width: number, {symbols}: Theme): Shown => ({
	lines: [
		heading('Keys'),
		...keys.flatMap(([command, says]) =>
			wrapped(says, {width, lead: [{text: fitted(shownKey(command, symbols), 9, symbols.cut), tone: 'accent'}]}),
		),
		...wrapped('On a list of contexts or namespaces, type to narrow it; Ctrl-U clears what you typed.', {width}),
		blank,
		heading('Where to begin'),
		...wrapped(
			'A rehearsal on the sandbox needs no cluster and touches nothing. A migration changes nothing before you ' +
				'have seen it and said so, and can be stopped and resumed at any time.',
			{width},
		),
		...wrapped('Without a terminal: unroot --help.', {width}),
	],
	hints: [
		{command: 'back', says: 'close'},
		{command: 'interrupt', says: 'leave'},
	],
});
