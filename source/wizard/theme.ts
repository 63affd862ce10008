import type {StepStatus} from '../migration/state.js';

/** What a piece of text means. A tone is never the only sign of its meaning: a symbol or a word says the same. */
export type Tone = 'strong' | 'dim' | 'good' | 'bad' | 'warning' | 'accent';

/** The signs on the screens. Each takes one column, but for `yes` and `no`. */
export type Symbols = {
	readonly status: Readonly<Record<StepStatus | 'current', string>>;
	readonly yes: string;
	readonly no: string;
	readonly warning: string;
	readonly bullet: string;
	readonly cursor: string;
	/** What stands for a character that is not shown. */
	readonly hidden: string;
	readonly cut: string;
	readonly dot: string;
	readonly full: string;
	readonly empty: string;
	readonly halted: string;
	readonly rule: string;
	readonly wall: string;
	readonly above: string;
	readonly below: string;
	readonly more: {readonly up: string; readonly down: string};
	readonly arrows: string;
	readonly said: string;
};

/** How the screens look. */
export type Theme = {readonly symbols: Symbols; readonly isColoured: boolean};

const unicode: Symbols = {
	status: {
		waiting: '○',
		current: '▸',
		started: '◐',
		performed: '◑',
		done: '✓',
		failed: '✗',
		skipped: '–',
		undone: '↶',
	},
	yes: '✓',
	no: '✗',
	warning: '!',
	bullet: '·',
	cursor: '❯',
	hidden: '•',
	cut: '…',
	dot: ' · ',
	full: '█',
	empty: '░',
	halted: '▒',
	rule: '─',
	wall: '│',
	above: '┬',
	below: '┴',
	more: {up: '↑', down: '↓'},
	arrows: '↑↓',
	said: '│ ',
};

const ascii: Symbols = {
	status: {
		waiting: '.',
		current: '>',
		started: '~',
		performed: '~',
		done: '+',
		failed: 'x',
		skipped: '-',
		undone: '<',
	},
	yes: 'ok',
	no: 'NO',
	warning: '!',
	bullet: '-',
	cursor: '>',
	hidden: '*',
	cut: '~',
	dot: ' - ',
	full: '#',
	empty: '.',
	halted: '=',
	rule: '-',
	wall: '|',
	above: '+',
	below: '+',
	more: {up: '^', down: 'v'},
	arrows: 'Up/Down',
	said: '| ',
};

/** The theme of a terminal. */
export const themeOf = (terminal: {readonly colour: boolean; readonly ascii: boolean}): Theme => ({
	symbols: terminal.ascii ? ascii : unicode,
	isColoured: terminal.colour,
});

/** How a tone is drawn, as properties of Ink's Text. */
export type Style = {readonly color?: string; readonly bold?: boolean; readonly dimColor?: boolean};

const coloured: Readonly<Record<Tone, Style>> = {
	strong: {bold: true},
	dim: {dimColor: true},
	good: {color: 'green'},
	bad: {color: 'red', bold: true},
	warning: {color: 'yellow'},
	accent: {color: 'cyan', bold: true},
};

const uncoloured: Readonly<Record<Tone, Style>> = {
	strong: {bold: true},
	dim: {},
	good: {},
	bad: {bold: true},
	warning: {bold: true},
	accent: {bold: true},
};

/** How a tone is drawn. */
export const styleOf = (tone: Tone | undefined, theme: Theme): Style =>
	tone ? (theme.isColoured ? coloured : uncoloured)[tone] : {};
