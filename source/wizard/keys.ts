import type {Key} from 'ink';
import type {IntentName} from '../migration/event.js';
import type {Symbols} from './theme.js';

/** What a key can mean. */
export type Command =
	| 'up'
	| 'down'
	| 'page-up'
	| 'page-down'
	| 'top'
	| 'bottom'
	| 'confirm'
	| 'back'
	| 'retry'
	| 'skip'
	| 'log'
	| 'evidence'
	| 'decisions'
	| 'verify'
	| 'help'
	| 'stop'
	| 'interrupt';

type Binding = {
	/** What is shown for the key; `arrows` is drawn by the theme. */
	readonly shown: string;
	/** The same where letters are typed. */
	readonly whileTyping?: string;
	/** What it does, for the help. */
	readonly does: string;
	readonly matches: (input: string, key: Key) => boolean;
};

const letter =
	(...letters: readonly string[]) =>
	(input: string, key: Key): boolean =>
		!key.ctrl && !key.meta && letters.includes(input);

/** The key map: the one place that knows which key does what. */
export const bindings: Readonly<Record<Command, Binding>> = {
	up: {
		shown: 'arrows',
		does: 'choose, or move the text',
		matches: (input, key) => key.upArrow || letter('k')(input, key),
	},
	down: {
		shown: 'arrows',
		does: 'choose, or move the text',
		matches: (input, key) => key.downArrow || letter('j')(input, key),
	},
	'page-up': {shown: 'PgUp', does: 'a page up', matches: (input, key) => key.pageUp || (key.ctrl && input === 'b')},
	'page-down': {
		shown: 'PgDn',
		does: 'a page down',
		matches: (input, key) => key.pageDown || letter(' ')(input, key) || (key.ctrl && input === 'f'),
	},
	top: {shown: 'Home', does: 'to the first line', matches: (_input, key) => key.home},
	bottom: {shown: 'End', does: 'to the last line', matches: (_input, key) => key.end},
	confirm: {shown: 'Enter', does: 'take the answer, start the step', matches: (_input, key) => key.return},
	back: {shown: 'Esc', does: 'back to the question before', matches: (_input, key) => key.escape},
	retry: {shown: 'r', does: 'try the step again', matches: letter('r')},
	skip: {shown: 's', does: 'leave the step out', matches: letter('s')},
	log: {shown: 'Tab', does: 'show or hide what the tools say', matches: (_input, key) => key.tab},
	evidence: {
		shown: 'p',
		whileTyping: 'Ctrl-P',
		does: 'the proof of every step that is done',
		matches: (input, key) => letter('p')(input, key) || (key.ctrl && input === 'p'),
	},
	verify: {shown: 'v', does: 'check again, against the cluster, what was done', matches: letter('v')},
	decisions: {shown: 'd', does: 'what you decided, to change it', matches: letter('d')},
	help: {shown: '?', does: 'this help', matches: letter('?')},
	stop: {shown: 'q', does: 'stop; the run can be resumed', matches: letter('q')},
	interrupt: {shown: 'Ctrl-C', does: 'stop; twice stops at once', matches: (input, key) => key.ctrl && input === 'c'},
};

/** Whether a key means a command. */
export const isCommand = (command: Command, input: string, key: Key): boolean => bindings[command].matches(input, key);

/** The first of some commands that a key means. */
export const commandOf = <Name extends Command>(commands: readonly Name[], input: string, key: Key): Name | undefined =>
	commands.find(command => isCommand(command, input, key));

/** A key and what it does now. */
export type Hint = {readonly command: Command; readonly says: string; readonly isTyping?: true};

/** The key as it is shown, on a screen where letters choose or are typed. */
export const shownKey = (command: Command, symbols: Symbols, isTyping = false): string => {
	const {shown, whileTyping} = bindings[command];
	if (isTyping && whileTyping !== undefined) {
		return whileTyping;
	}

	return shown === 'arrows' ? symbols.arrows : shown;
};

/** The keys that send intents, with what to say where the engine accepts them. */
const intents: ReadonlyArray<readonly [IntentName, Hint]> = [
	['start', {command: 'confirm', says: 'start'}],
	['retry', {command: 'retry', says: 'try again'}],
	['skip', {command: 'skip', says: 'leave out'}],
	['back', {command: 'back', says: 'back'}],
];

/** The hints of the intents that the engine accepts now. */
export const intentHints = (next: readonly IntentName[]): readonly Hint[] =>
	intents.filter(([name]) => next.includes(name)).map(([, hint]) => hint);
