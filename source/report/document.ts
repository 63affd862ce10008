import type {Chronicle} from './facts/chronicle.js';
import type {Comparison} from './facts/comparisons.js';
import type {Sides} from './facts/topology.js';

/* A report before it is printed: what it says, in an order, and nothing of how it looks. */

/** A part of a line. What is not marked is plain text from anywhere: who prints it escapes it. */
export type Inline = string | {readonly code: string} | {readonly strong: string};

/** A line of text. */
export type Line = Inline | readonly Inline[];

/** One block of a report. */
export type Block =
	| {readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string}
	| {readonly kind: 'text'; readonly line: Line}
	| {readonly kind: 'list'; readonly lines: readonly Line[]}
	| {readonly kind: 'table'; readonly head: readonly string[]; readonly rows: ReadonlyArray<readonly Line[]>}
	/** Values by their names. */
	| {readonly kind: 'values'; readonly rows: ReadonlyArray<readonly [name: string, value: Line]>}
	| {readonly kind: 'code'; readonly text: string}
	/** What must not be overlooked, and how it is ended. */
	| {readonly kind: 'alarm'; readonly text: string; readonly commands: string}
	| {readonly kind: 'chronicle'; readonly chronicle: Chronicle}
	| {readonly kind: 'comparisons'; readonly comparisons: readonly Comparison[]}
	| {readonly kind: 'sides'; readonly sides: Sides};

/** A report. */
export type Document = {
	readonly title: string;
	/** How the run stands, in a word that a reader takes in at a glance. */
	readonly mood: 'good' | 'open' | 'bad';
	readonly blocks: readonly Block[];
};

/** A part of a line as code. */
export const code = (text: string): Inline => ({code: text});

/** A line as its parts. */
export const partsOf = (line: Line): readonly Inline[] =>
	typeof line === 'string' || !Array.isArray(line) ? [line as Inline] : (line as readonly Inline[]);

/** A heading. */
export const heading = (level: 2 | 3, text: string): Block => ({kind: 'heading', level, text});

/** A paragraph. */
export const paragraph = (...line: readonly Inline[]): Block => ({kind: 'text', line});

/** A list. */
export const list = (lines: readonly Line[]): Block => ({kind: 'list', lines});

/** A table. */
export const table = (head: readonly string[], rows: ReadonlyArray<readonly Line[]>): Block => ({
	kind: 'table',
	head,
	rows,
});
