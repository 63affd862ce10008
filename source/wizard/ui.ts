import {emptyDraft, type Draft} from './draft.js';

/** What lies over the screen. */
export type Overlay = 'help' | 'stop' | 'skip';

/** What the front end alone knows: nothing of it is part of the run. */
export type Ui = {
	/** The screen that `chosen` and `draft` belong to. */
	readonly key: string;
	readonly chosen: number;
	readonly draft: Draft;
	readonly overlay?: Overlay | undefined;
	readonly hasLog: boolean;
	readonly isStopping: boolean;
};

/** What a key changes. */
export type UiChange = Partial<Ui> | ((ui: Ui) => Partial<Ui>);

/**
The front end's own state, outside of the components: keys that come in one piece each see what the one before has changed, although nothing was drawn between them.
*/
export type UiStore = {
	readonly get: () => Ui;
	readonly subscribe: (listener: () => void) => () => void;
	readonly change: (key: string, change: UiChange) => void;
};

/** The state on a screen; a new screen begins with nothing chosen and nothing typed. */
export const uiOn = (ui: Ui, key: string): Ui =>
	ui.key === key
		? ui
		: {
				...ui,
				key,
				chosen: 0,
				draft: emptyDraft,
				overlay: ui.overlay === 'skip' ? undefined : ui.overlay,
			};

/** A store with nothing chosen, typed or laid over. */
export const createUiStore = (): UiStore => {
	const listeners = new Set<() => void>();
	let ui: Ui = {
		key: '',
		chosen: 0,
		draft: emptyDraft,
		hasLog: false,
		isStopping: false,
	};
	return {
		get: () => ui,
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		change(key, change) {
			const before = uiOn(ui, key);
			ui = {...before, ...(typeof change === 'function' ? change(before) : change)};
			for (const listener of listeners) {
				listener();
			}
		},
	};
};
