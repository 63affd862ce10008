import {emptyDraft, type Typed} from './draft.js';

/** What lies over the screen. */
export type Overlay = 'help' | 'stop' | 'skip' | 'decisions' | 'evidence';

/** What the front end alone knows: nothing of it is part of the run. */
export type Ui = {
	/** The screen that `chosen` and `draft` belong to. */
	readonly key: string;
	readonly chosen: number;
	readonly draft: Typed;
	readonly overlay?: Overlay | undefined;
	/** Which decision the cursor is on, in the list of them. */
	readonly picked: number;
	readonly hasLog: boolean;
	readonly isStopping: boolean;
};

/** What a screen begins with: its key, and what was answered before it was opened again. */
export type Beginning = {readonly key: string; readonly chosen: number; readonly draft: Typed};

/** What a key changes. */
export type UiChange = Partial<Ui> | ((ui: Ui) => Partial<Ui>);

/**
The front end's own state, outside of the components: keys that come in one piece each see what the one before has
changed, although nothing was drawn between them.
*/
export type UiStore = {
	readonly get: () => Ui;
	readonly subscribe: (listener: () => void) => () => void;
	readonly change: (beginning: Beginning, change: UiChange) => void;
};

/** Overlays that are about a step's own screen, and go with it. */
const ofTheScreen = new Set<Overlay | undefined>(['skip', 'decisions']);

/** The state on a screen; a new screen begins anew. */
export const uiOn = (ui: Ui, beginning: Beginning): Ui =>
	ui.key === beginning.key
		? ui
		: {
				...ui,
				...beginning,
				overlay: ofTheScreen.has(ui.overlay) ? undefined : ui.overlay,
			};

/** A store with nothing chosen, typed or laid over. */
export const createUiStore = (): UiStore => {
	const listeners = new Set<() => void>();
	let ui: Ui = {
		key: '',
		chosen: 0,
		draft: emptyDraft,
		picked: 0,
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
		change(beginning, change) {
			const before = uiOn(ui, beginning);
			ui = {...before, ...(typeof change === 'function' ? change(before) : change)};
			for (const listener of listeners) {
				listener();
			}
		},
	};
};
