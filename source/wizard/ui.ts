import {useState} from 'react';
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

/** The front end's own state; a new screen begins with nothing chosen and nothing typed. */
export const useUi = (key: string): {readonly ui: Ui; readonly change: (change: Partial<Ui> | ((ui: Ui) => Partial<Ui>)) => void} => {
	const [kept, setKept] = useState<Ui>({
		key, chosen: 0, draft: emptyDraft, hasLog: false, isStopping: false,
	});
	const current = (ui: Ui): Ui => ui.key === key
		? ui
		: {
			...ui, key, chosen: 0, draft: emptyDraft, overlay: ui.overlay === 'skip' ? undefined : ui.overlay,
		};
	return {
		ui: current(kept),
		change(change) {
			setKept(before => {
				const ui = current(before);
				return {...ui, ...(typeof change === 'function' ? change(ui) : change)};
			});
		},
	};
};
