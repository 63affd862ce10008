import type {FailureParts} from '../../failure/failure.js';
import type {WorkloadRow} from '../../migration/workload-row.js';
import {emptyDraft, type Typed} from '../draft.js';
import {matching, type Item, type Next, type Undertaking} from './page.js';

/** A page of the start menu. */
export type Page =
	| {readonly kind: 'menu'}
	/** A namespace that was named, before its workloads were looked at. */
	| {readonly kind: 'named'; readonly context: string; readonly namespace: string}
	| {readonly kind: 'loading'; readonly what: string}
	| {readonly kind: 'failed'; readonly failure: FailureParts}
	| {readonly kind: 'context'; readonly task: Undertaking; readonly items: ReadonlyArray<Item<string>>}
	| {
			readonly kind: 'namespace';
			readonly task: Undertaking;
			readonly context: string;
			readonly items: ReadonlyArray<Item<string>>;
	  }
	| {
			readonly kind: 'workloads';
			readonly context: string;
			readonly namespace: string;
			readonly rows: readonly WorkloadRow[];
			readonly items: ReadonlyArray<Item<Next>>;
	  };

/** Where the operator is: a page, the line the cursor is on, what was typed to narrow the list, and the page before. */
export type Standing = {
	readonly page: Page;
	readonly chosen: number;
	readonly filter: Typed;
	readonly hasHelp: boolean;
	readonly before?: Standing;
};

/** The first page. */
export const first: Standing = {page: {kind: 'menu'}, chosen: 0, filter: emptyDraft, hasHelp: false};

/** A page that was just opened. */
export const at = (page: Page, before: Standing): Standing => ({...first, page, before});

/** Where Esc leads: to the page before, past those that only told of something. */
export const backFrom = ({before}: Standing): Standing => {
	if (!before) {
		return first;
	}

	return ['named', 'loading', 'failed'].includes(before.page.kind) ? backFrom(before) : before;
};

/** A namespace that cannot be listed may still be named. */
const withTyped = (items: ReadonlyArray<Item<string>>, filter: string): ReadonlyArray<Item<string>> => {
	const found = matching(items, filter);
	const typed = filter.trim();
	return typed === '' || items.some(({value}) => value === typed)
		? found
		: [
				...found,
				{
					label: `Use «${typed}»`,
					says: 'It is not in the list; the first step looks whether it is there.',
					value: typed,
				},
			];
};

/** What there is to choose from on a page. */
export const itemsOf = (
	{page, filter}: Standing,
	menu: ReadonlyArray<Item<Next>>,
): ReadonlyArray<Item<Next | string>> => {
	switch (page.kind) {
		case 'menu': {
			return menu;
		}

		case 'workloads': {
			return page.items;
		}

		case 'context': {
			return matching(page.items, filter.text);
		}

		case 'namespace': {
			return withTyped(page.items, filter.text);
		}

		case 'named':
		case 'loading':
		case 'failed': {
			return [];
		}
	}
};

/** Which of so many lines the cursor is on. */
export const chosenOf = ({chosen}: Standing, items: readonly unknown[]): number =>
	Math.min(chosen, Math.max(0, items.length - 1));
