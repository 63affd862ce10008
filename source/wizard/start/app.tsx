import {Box, useApp, useInput, usePaste, useWindowSize, type Key} from 'ink';
import {useEffect, useState, useSyncExternalStore, type ReactNode} from 'react';
import {partsOf} from '../../failure/failure.js';
import {plainData} from '../../failure/plain.js';
import {waitText} from '../../migration/waits.js';
import {elapsedText} from '../../migration/words/figures.js';
import type {WorkloadRow} from '../../migration/workload-row.js';
import {failureLines} from '../blocks/failure.js';
import {Frame, hintLine} from '../components/frame.js';
import {Pane} from '../components/pane.js';
import {Row} from '../components/row.js';
import {edited, noKey, withPasted} from '../draft.js';
import {useWait, type Waiting} from '../hooks.js';
import {isCommand} from '../keys.js';
import {layoutOf} from '../layout.js';
import {plainRow, wrapped} from '../lines.js';
import type {Shown} from '../screens/shown.js';
import type {Theme} from '../theme.js';
import type {StartChoice, StartOptions} from './choice.js';
import {startHelpScreen} from './help.js';
import {listScreen} from './list.js';
import {contextItems, menuItems, namespaceItems, type Item, type Next} from './page.js';
import {at, backFrom, chosenOf, itemsOf, type Page, type Standing} from './place.js';
import {createPlaceStore} from './store.js';
import {verifiable, workloadHints, workloadItems} from './workloads.js';

const shownOf = (
	place: Standing,
	items: ReadonlyArray<Item<unknown>>,
	{width, theme, waiting}: {readonly width: number; readonly theme: Theme; readonly waiting: Waiting | undefined},
): Shown => {
	const {page, filter, hasHelp} = place;
	if (hasHelp) {
		return startHelpScreen(width, theme);
	}

	const list = {
		items,
		chosen: chosenOf(place, items),
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
				filter: filter.text,
				title: `Which cluster${page.task === 'rehearse' ? ' do you rehearse on' : ''}?`,
				why: 'The contexts of the kubeconfig. Type to narrow the list.',
				empty: 'No context holds what you typed.',
			});
		}

		case 'namespace': {
			return listScreen({
				...list,
				filter: filter.text,
				title: `Which namespace of ${page.context}?`,
				why: 'Where the workloads are. Type to narrow the list, or to name one that is not in it.',
				empty: 'Type the name of the namespace.',
			});
		}

		case 'workloads': {
			return listScreen({
				...list,
				title: `The Ping workloads of ${page.namespace}, in the order to go through them`,
				why: 'Name, product, side of sprint 2103, replicas, and where its move stands.',
				empty: 'There is no Ping workload in this namespace. Esc leads back.',
				hints: workloadHints(page.rows[list.chosen]),
			});
		}

		case 'named':
		case 'loading': {
			return {
				lines: [
					plainRow(page.kind === 'loading' ? page.what : ''),
					...(waiting
						? wrapped(`${waitText(waiting)}, ${elapsedText(waiting.seconds)}`, {width, tone: 'warning'})
						: []),
				],
				hints: [
					{command: 'back', says: 'back'},
					{command: 'interrupt', says: 'leave'},
				],
			};
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

/** What a look led to where no page is needed. */
type Leaving = {readonly kind: 'leaving'; readonly choice: StartChoice};

/** The start menu, then the context, the namespace and its workloads. */
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
	const [store] = useState(() => createPlaceStore(options.place));
	const place = useSyncExternalStore(store.subscribe, store.get);
	const waiting = useWait(options.waits, place.page.kind === 'loading', Date.now);
	const menu = menuItems(plainData(options.runs));

	const leave = (choice: StartChoice): void => {
		onChoice(choice);
		exit();
	};

	const load = async (what: string, ask: () => Promise<Page | Leaving>): Promise<void> => {
		const loading = at({kind: 'loading', what}, store.get());
		store.set(loading);
		let page: Page | Leaving;
		try {
			page = await ask();
		} catch (error) {
			page = {kind: 'failed', failure: plainData(partsOf(error))};
		}

		// Who went back meanwhile is not pulled forward again.
		if (store.get() === loading) {
			if (page.kind === 'leaving') {
				leave(page.choice);
			} else {
				store.set(at(page, loading));
			}
		}
	};

	const openWorkloads = async (context: string, namespace: string, isNamed: boolean): Promise<void> => {
		const begin: StartChoice = {kind: 'migrate', context, namespace};
		await load(`Looking at the workloads of ${namespace} …`, async () => {
			let found: readonly WorkloadRow[] | undefined;
			try {
				found = await options.workloads(context, namespace);
			} catch (error) {
				if (isNamed) {
					throw error;
				}
			}

			// One that is not begun is started at once, and what cannot be read is explained by the first step.
			const isShort = found === undefined || found.every(({move}) => move.kind === 'not-begun');
			if (!isNamed && isShort && (found?.length ?? 0) < 2) {
				return {kind: 'leaving', choice: begin};
			}

			return {
				kind: 'workloads',
				context,
				namespace,
				rows: found ?? [],
				items: workloadItems(plainData(found ?? []), new Date()),
			};
		});
	};

	const take = (value: Next | string, page: Page): void => {
		if (typeof value !== 'string') {
			if (value.kind === 'done') {
				leave(value.choice);
			} else if (value.kind === 'where') {
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
			if (page.task === 'migrate') {
				void openWorkloads(page.context, value, false);
			} else {
				leave({kind: page.task, context: page.context, namespace: value});
			}
		}
	};

	const confirm = (): void => {
		const now = store.get();
		const items = itemsOf(now, menu);
		const item = items[chosenOf(now, items)];
		if (item) {
			take(item.value, now.page);
		}
	};

	const isNarrowed = ({page}: Standing): boolean => page.kind === 'context' || page.kind === 'namespace';

	const typed = (input: string, key: Key): void => {
		const [text = '', ...others] = input.split('\r');
		const now = store.get();
		const filter = isNarrowed(now) ? edited(now.filter, text, key) : undefined;
		if (filter) {
			store.set({...now, chosen: 0, filter});
		}

		// Fast typing can bring the Enter in one piece with the text before it.
		if (others.length > 0) {
			confirm();
		}
	};

	useEffect(() => {
		const {page} = store.get();
		if (page.kind === 'named') {
			void openWorkloads(page.context, page.namespace, true);
		}
	});

	const pressed = (input: string, key: Key): void => {
		const now = store.get();
		const {page} = now;
		const isMenu = page.kind === 'menu' || page.kind === 'workloads';
		const verified = page.kind === 'workloads' ? verifiable(page.rows[now.chosen]) : undefined;
		const move = key.upArrow ? -1 : key.downArrow ? 1 : 0;
		const items = itemsOf(now, menu);
		if (isCommand('interrupt', input, key) || (isMenu && !now.hasHelp && isCommand('stop', input, key))) {
			leave({kind: 'quit'});
		} else if (now.hasHelp) {
			store.set({...now, hasHelp: false});
		} else if (isCommand('help', input, key) && now.filter.text === '') {
			store.set({...now, hasHelp: true});
		} else if (key.escape) {
			store.set(backFrom(now));
		} else if (move !== 0 && items.length > 0) {
			store.set({...now, chosen: (chosenOf(now, items) + move + items.length) % items.length});
		} else if (key.return) {
			confirm();
		} else if (verified !== undefined && isCommand('verify', input, key)) {
			leave({kind: 'verify', run: verified});
		} else {
			typed(input, key);
		}
	};

	useInput((input, key) => {
		if (isNarrowed(store.get()) || input.length < 2) {
			pressed(input, key);
			return;
		}

		// Keys that come in one piece each do what they do alone.
		for (const one of input) {
			pressed(one, {...noKey, return: one === '\r'});
		}
	});
	usePaste(text => {
		const now = store.get();
		if (isNarrowed(now)) {
			store.set({...now, chosen: 0, filter: withPasted(now.filter, text)});
		}
	});

	const layout = layoutOf(columns, rows, Infinity);
	const width = options.screenReader ? Infinity : columns;
	const shown = shownOf(plainData(place), plainData(itemsOf(place, menu)), {width, theme, waiting});
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
