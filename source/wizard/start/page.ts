import {elapsedText} from '../../migration/words/figures.js';
import type {ContextChoice, NamespaceChoice, RunChoice, StartChoice} from './choice.js';

/** A line to choose. */
export type Item<Value> = {readonly label: string; readonly says: string; readonly value: Value};

/** What is done once the place is known. */
export type Undertaking = 'migrate' | 'rehearse';

/** What the first page leads to: a choice, or the question where. */
export type Next =
	| {readonly kind: 'done'; readonly choice: StartChoice}
	| {readonly kind: 'where'; readonly task: Undertaking}
	| {readonly kind: 'nothing'};

/** What can be done: going on with a run comes first. */
export const menuItems = (runs: readonly RunChoice[]): ReadonlyArray<Item<Next>> => [
	...runs.map(({run, context, namespace, mode, step, ageSeconds, frozen}): Item<Next> => ({
		label: `Go on with ${run}${frozen === undefined ? '' : ': WRITES ARE REFUSED'}`,
		says:
			(frozen === undefined ? '' : `${frozen} Lift it: unroot unfreeze ${run}. `) +
			`${mode === 'rehearse' ? 'A rehearsal in' : 'In'} namespace ${namespace}, context ${context}. It stopped ` +
			`at «${step}», ${elapsedText(ageSeconds)} ago.`,
		value: {kind: 'done', choice: {kind: 'resume', run}},
	})),
	{
		label: 'Start a migration',
		says: 'Step by step, in a namespace you choose. Nothing is changed before you have seen it and said so.',
		value: {kind: 'where', task: 'migrate'},
	},
	{
		label: 'Rehearse on staging',
		says:
			'A real migration, in a namespace where it harms nobody. Your decisions and the time of each step are kept ' +
			'for the real run.',
		value: {kind: 'where', task: 'rehearse'},
	},
	{
		label: 'Rehearse on the sandbox',
		says: 'A small cluster that comes with the program. Needs nothing, touches nothing.',
		value: {kind: 'done', choice: {kind: 'rehearse-sandbox'}},
	},
];

/** The contexts as they are listed: the current one first. */
export const contextItems = (contexts: readonly ContextChoice[]): ReadonlyArray<Item<string>> =>
	[...contexts.filter(({isCurrent}) => isCurrent), ...contexts.filter(({isCurrent}) => !isCurrent)].map(
		({name, cluster, isCurrent}) => ({
			label: name,
			says: `Cluster ${cluster}${isCurrent ? '; the current context' : ''}.`,
			value: name,
		}),
	);

/** The namespaces as they are listed. */
export const namespaceItems = (namespaces: readonly NamespaceChoice[]): ReadonlyArray<Item<string>> =>
	namespaces.map(({name, says}) => ({label: name, says: says ?? '', value: name}));

/** Those that hold what was typed, in any case of letters. */
export const matching = <Value>(items: ReadonlyArray<Item<Value>>, filter: string): ReadonlyArray<Item<Value>> => {
	const wanted = filter.trim().toLowerCase();
	return items.filter(({label}) => label.toLowerCase().includes(wanted));
};
