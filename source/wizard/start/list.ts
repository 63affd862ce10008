import type {Hint} from '../keys.js';
import {blank, row, wrapped, type Line} from '../lines.js';
import type {Shown} from '../screens/shown.js';
import type {Theme} from '../theme.js';
import type {Item} from './page.js';

/** A list to choose from. */
export type ListParts = {
	readonly title: string;
	readonly why: string;
	readonly items: ReadonlyArray<Item<unknown>>;
	readonly chosen: number;
	/** What was typed to narrow the list; undefined where it cannot be narrowed. */
	readonly filter?: string;
	/** What to say where nothing is left. */
	readonly empty: string;
	/** The keys, where they are not those of every list. */
	readonly hints?: readonly Hint[];
	readonly width: number;
	readonly theme: Theme;
};

/** A list: the chosen line with what there is to say of it. */
export const listScreen = ({title, why, items, chosen, filter, empty, hints, width, theme}: ListParts): Shown => {
	const {symbols} = theme;
	const above = [
		...wrapped(title, {width, tone: 'strong'}),
		...wrapped(why, {width, tone: 'dim'}),
		...(filter ? [{...row({text: 'Narrowed to ', tone: 'dim'}, {text: filter}), role: 'textbox' as const}] : []),
		blank,
	];
	const lines: Line[] = [];
	let from = 0;
	let to = 1;
	for (const [index, {label, says}] of items.entries()) {
		const isChosen = index === chosen;
		from = isChosen ? lines.length : from;
		lines.push({
			...row(
				{text: isChosen ? `${symbols.cursor} ` : '  ', tone: 'accent'},
				{text: label, ...(isChosen && {tone: 'accent' as const})},
			),
			spoken: label,
			role: 'radio',
			isChecked: isChosen,
		});
		if (isChosen) {
			lines.push(...(says === '' ? [] : wrapped(says, {width, lead: [{text: ' '.repeat(4)}]})));
			to = lines.length;
		}
	}

	return {
		lines: [...above, ...(lines.length > 0 ? lines : wrapped(empty, {width}))],
		focus: {from: above.length + from, to: above.length + to},
		moves: [],
		hints: hints ?? [
			{command: 'confirm', says: 'choose'},
			{command: 'up', says: 'move'},
			{command: 'help', says: 'help'},
			...(filter === undefined ? [] : [{command: 'back', says: 'back'} as const]),
			{command: 'interrupt', says: 'leave'},
		],
	};
};
