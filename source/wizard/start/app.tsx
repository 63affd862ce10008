import {Box, useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useState, type ReactNode} from 'react';
import {partsOf, type FailureParts} from '../../failure/failure.js';
import {plainData, plainLine} from '../../failure/plain.js';
import {failureLines} from '../blocks/failure.js';
import {Frame, hintLine} from '../components/frame.js';
import {Pane} from '../components/pane.js';
import {Row} from '../components/row.js';
import {isCommand} from '../keys.js';
import {layoutOf} from '../layout.js';
import {plainRow} from '../lines.js';
import type {Shown} from '../screens/shown.js';
import type {Theme} from '../theme.js';
import type {StartChoice, StartOptions} from './choice.js';
import {listScreen} from './list.js';
import {contextItems, matching, menuItems, namespaceItems, type Item, type Next, type Task} from './page.js';

type Page =
	| {readonly kind: 'menu'}
	| {readonly kind: 'loading'; readonly what: string}
	| {readonly kind: 'failed'; readonly failure: FailureParts}
	| {readonly kind: 'context'; readonly task: Task; readonly items: ReadonlyArray<Item<string>>}
	| {
			readonly kind: 'namespace';
			readonly task: Task;
			readonly context: string;
			readonly items: ReadonlyArray<Item<string>>;
	  };

type Place = {readonly page: Page; readonly chosen: number; readonly filter: string};

const first: Place = {page: {kind: 'menu'}, chosen: 0, filter: ''};

const at = (page: Page): Place => ({page, chosen: 0, filter: ''});

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

const itemsOf = ({page, filter}: Place, menu: ReadonlyArray<Item<Next>>): ReadonlyArray<Item<Next | string>> => {
	switch (page.kind) {
		case 'menu': {
			return menu;
		}

		case 'context': {
			return matching(page.items, filter);
		}

		case 'namespace': {
			return withTyped(page.items, filter);
		}

		case 'loading':
		case 'failed': {
			return [];
		}
	}
};

const shownOf = (place: Place, items: ReadonlyArray<Item<unknown>>, width: number, theme: Theme): Shown => {
	const {page, chosen, filter} = place;
	const list = {
		items,
		chosen,
		width,
		theme,
	};
	switch (page.kind) {
		case 'menu': {
			return listScreen({
				...list,
				title: 'What do you want to do?',
				why: 'unroot moves Ping Identity workloads from images that run as root to images that do not.',
				empty: '',
			});
		}

		case 'context': {
			return listScreen({
				...list,
				filter,
				title: `Which cluster${page.task === 'rehearse' ? ' do you rehearse on' : ''}?`,
				why: 'The contexts of the kubeconfig. Type to narrow the list.',
				empty: 'No context holds what you typed.',
			});
		}

		case 'namespace': {
			return listScreen({
				...list,
				filter,
				title: `Which namespace of ${page.context}?`,
				why: 'Where the workloads are. Type to narrow the list, or to name one that is not in it.',
				empty: 'Type the name of the namespace.',
			});
		}

		case 'loading': {
			return {lines: [plainRow(page.what)], hints: [{command: 'interrupt', says: 'leave'}]};
		}

		case 'failed': {
			return {
				lines: failureLines(page.failure, width, theme),
				hints: [
					{command: 'back', says: 'back'},
					{command: 'interrupt', says: 'leave'},
				],
			};
		}
	}
};

/** The start menu, then the context and the namespace. */
export const Start = ({
	options,
	theme,
	onChoice,
}: {
	readonly options: StartOptions;
	readonly theme: Theme;
	readonly onChoice: (choice: StartChoice) => void;
}): ReactNode => {
	const {exit} = useApp();
	const {columns, rows} = useWindowSize();
	const [place, setPlace] = useState(first);
	const menu = menuItems(plainData(options.runs));
	const items = itemsOf(place, menu);
	const chosen = Math.min(place.chosen, Math.max(0, items.length - 1));

	const leave = (choice: StartChoice): void => {
		onChoice(choice);
		exit();
	};

	const load = async (what: string, ask: () => Promise<Page>): Promise<void> => {
		const loading = at({kind: 'loading', what});
		setPlace(loading);
		let page: Page;
		try {
			page = await ask();
		} catch (error) {
			page = {kind: 'failed', failure: plainData(partsOf(error))};
		}

		// Who went back meanwhile is not pulled forward again.
		setPlace(now => (now === loading ? at(page) : now));
	};

	const take = (value: Next | string): void => {
		const {page} = place;
		if (typeof value !== 'string') {
			if (value.kind === 'done') {
				leave(value.choice);
			} else {
				void load('Reading the kubeconfig …', async () => ({
					kind: 'context',
					task: value.task,
					items: contextItems(await options.contexts()),
				}));
			}
		} else if (page.kind === 'context') {
			void load('Asking the cluster for its namespaces …', async () => ({
				kind: 'namespace',
				task: page.task,
				context: value,
				items: namespaceItems(await options.namespaces(value)),
			}));
		} else if (page.kind === 'namespace') {
			leave({kind: page.task, context: page.context, namespace: value});
		}
	};

	const isNarrowed = place.page.kind === 'context' || place.page.kind === 'namespace';
	const typed = (text: string): void => {
		setPlace(now => ({...now, chosen: 0, filter: now.filter + plainLine(text)}));
	};

	useInput((input, key) => {
		const move = key.upArrow ? -1 : key.downArrow ? 1 : 0;
		if (isCommand('interrupt', input, key) || (place.page.kind === 'menu' && isCommand('stop', input, key))) {
			leave({kind: 'quit'});
		} else if (key.escape) {
			setPlace(first);
		} else if (move !== 0 && items.length > 0) {
			setPlace({...place, chosen: (chosen + move + items.length) % items.length});
		} else if (key.return) {
			const item = items[chosen];
			if (item) {
				take(item.value);
			}
		} else if (isNarrowed && key.backspace) {
			setPlace({...place, chosen: 0, filter: place.filter.slice(0, -1)});
		} else if (isNarrowed && input !== '' && !key.ctrl && !key.meta) {
			typed(input);
		}
	});
	usePaste(typed, {isActive: isNarrowed});

	const layout = layoutOf(columns, rows, Infinity);
	const width = options.screenReader ? Infinity : columns;
	const shown = shownOf({...place, chosen}, plainData(items), width, theme);
	if (options.screenReader) {
		return (
			<Box flexDirection="column">
				{[...shown.lines, hintLine(shown.hints, Infinity, theme)].map((line, index) => (
					<Row key={index} line={line} theme={theme} />
				))}
			</Box>
		);
	}

	return (
		<Frame layout={layout} theme={theme} title={options.program} badge="" rail={[]} hints={shown.hints}>
			<Pane key={place.page.kind} isActive area={layout.pane} theme={theme} {...shown} />
		</Frame>
	);
};
