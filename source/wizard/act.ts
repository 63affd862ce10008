import type {Key} from 'ink';
import type {Decision} from '../migration/engine/decisions.js';
import type {Intent} from '../migration/event.js';
import type {View} from '../migration/state.js';
import {orderedOptions} from './blocks/options.js';
import {draftOf, edited, emptyDraft, exact, plain, withPasted} from './draft.js';
import {commandOf, isCommand} from './keys.js';
import type {Screen} from './screen.js';
import type {Ui, UiChange} from './ui.js';

/** What a key leads to. */
export type Act = {
	readonly change?: UiChange;
	readonly send?: Intent;
	/** Leaves the wizard at once. */
	readonly leave?: true;
};

/** What keys are read against. The view is the engine's own, so that what is sent is what it asked for. */
export type Situation = {
	readonly screen: Screen;
	readonly view: View;
	readonly ui: Ui;
	/** Every answer so far, and whether it can be decided anew. */
	readonly decisions: readonly Decision[];
};

const nothing: Act = {};

const words: Readonly<Partial<Record<string, 'confirm' | 'back'>>> = {y: 'confirm', n: 'back'};

/** The list of decisions, with the cursor on the last one that can be made anew. */
const showDecisions = ({decisions}: Situation): Act => ({
	change: {
		overlay: 'decisions',
		picked: Math.max(
			0,
			decisions.findLastIndex(({stands}) => stands === undefined),
		),
	},
});

/** One question back, or the list of decisions with the reason why none can be made anew. */
const goBack = (situation: Situation): Act =>
	situation.view.next.includes('back') || situation.decisions.length === 0
		? {send: {type: 'back'}}
		: showDecisions(situation);

const inDecisions = (input: string, key: Key, {ui, view, decisions}: Situation): Act => {
	const one = decisions[ui.picked];
	const moved = (by: number): Act => ({
		change: ({picked}) => ({picked: Math.max(0, Math.min(decisions.length - 1, picked + by))}),
	});
	switch (commandOf(['up', 'down', 'confirm', 'back', 'decisions', 'help', 'stop'], input, key)) {
		case 'up': {
			return moved(-1);
		}

		case 'down': {
			return moved(1);
		}

		case 'confirm': {
			return one && one.stands === undefined && view.next.includes('back')
				? {change: {overlay: undefined}, send: {type: 'back', question: one.question}}
				: nothing;
		}

		case 'back':
		case 'decisions':
		case 'help':
		case 'stop': {
			return {change: {overlay: undefined}};
		}

		case undefined: {
			return nothing;
		}
	}
};

const inOverlay = (input: string, key: Key, situation: Situation): Act => {
	const {ui} = situation;
	if (ui.overlay === 'decisions') {
		return inDecisions(input, key, situation);
	}

	if (ui.overlay === 'evidence' && isCommand('evidence', input, key)) {
		return {change: {overlay: undefined}};
	}

	const command: 'back' | 'confirm' | 'help' | 'stop' | undefined =
		commandOf(['back', 'confirm', 'help', 'stop'], input, key) ?? words[input];
	if (ui.overlay === 'help' || ui.overlay === 'evidence') {
		return command ? {change: {overlay: undefined}} : nothing;
	}

	switch (command) {
		case 'confirm': {
			return ui.overlay === 'skip'
				? {change: {overlay: undefined}, send: {type: 'skip'}}
				: {change: {overlay: undefined, isStopping: true}, send: {type: 'stop'}};
		}

		case 'back': {
			return {change: {overlay: undefined}};
		}

		case 'help':
		case 'stop':
		case undefined: {
			return nothing;
		}
	}
};

const inChoice = (input: string, key: Key, {view}: Situation): Act | undefined => {
	const {question} = view.state.live;
	if (question?.kind !== 'choice') {
		return undefined;
	}

	const options = orderedOptions(question);
	const moved =
		(by: number) =>
		({chosen}: Ui): Partial<Ui> => ({chosen: (chosen + by + options.length) % options.length});
	switch (commandOf(['up', 'down'], input, key)) {
		case 'up': {
			return {change: moved(-1)};
		}

		case 'down': {
			return {change: moved(1)};
		}

		case undefined: {
			const chosen = '123456789'.indexOf(input);
			return input !== '' && chosen !== -1 && chosen < options.length ? {change: {chosen}} : undefined;
		}
	}
};

/** The answer that Enter gives now. */
const answerOf = ({view, ui}: Situation): Intent | undefined => {
	const {question} = view.state.live;
	switch (question?.kind) {
		case 'choice': {
			const option = orderedOptions(question)[ui.chosen];
			return option && {type: 'answer', question: question.id, value: option.value};
		}

		case 'text': {
			return {
				type: 'answer',
				question: question.id,
				value: ui.draft.text === '' ? (question.recommended ?? '') : ui.draft.text,
			};
		}

		case 'typed':
		case 'secret': {
			return {type: 'answer', question: question.id, value: ui.draft.text};
		}

		case undefined: {
			return undefined;
		}
	}
};

const inWritten = (input: string, key: Key, situation: Situation): Act => {
	const {
		view: {state},
		ui,
	} = situation;
	const {question} = state.live;
	const isEmpty = ui.draft.text === '';
	const isSecret = question?.kind === 'secret';
	const taken = isSecret ? exact : plain;
	if (isEmpty && !isSecret && isCommand('help', input, key)) {
		return {change: {overlay: 'help'}};
	}

	if (isCommand('log', input, key)) {
		return {change: ({hasLog}) => ({hasLog: !hasLog})};
	}

	if (isCommand('evidence', input, key) && key.ctrl) {
		return {change: {overlay: 'evidence'}};
	}

	if (isCommand('back', input, key)) {
		return goBack(situation);
	}

	if (isEmpty && key.rightArrow && question?.kind === 'text' && question.recommended) {
		return {change: {draft: draftOf(question.recommended)}};
	}

	// Fast typing can bring the Enter in one piece with the text before it.
	const [typed = '', ...others] = input.split('\r');
	if (key.return || others.length > 0) {
		const draft = typed === '' ? ui.draft : (edited(ui.draft, typed, {...key, return: false}, taken) ?? ui.draft);
		const send = answerOf({...situation, ui: {...ui, draft}});
		return {change: {draft: isSecret ? emptyDraft : draft}, ...(send && {send})};
	}

	return {change: ({draft}) => ({draft: edited(draft, input, key, taken) ?? draft})};
};

const elsewhere = (input: string, key: Key, situation: Situation): Act => {
	const {screen, view} = situation;
	const choosing = screen.kind === 'choice' ? inChoice(input, key, situation) : undefined;
	if (choosing) {
		return choosing;
	}

	switch (commandOf(['confirm', 'back', 'retry', 'skip', 'log', 'evidence', 'decisions', 'help', 'stop'], input, key)) {
		case 'confirm': {
			const send: Intent | undefined = screen.kind === 'choice' ? answerOf(situation) : {type: 'start'};
			return send && view.next.includes(send.type) ? {send} : nothing;
		}

		case 'back': {
			return goBack(situation);
		}

		case 'evidence': {
			return {change: {overlay: 'evidence'}};
		}

		case 'decisions': {
			return showDecisions(situation);
		}

		case 'retry': {
			return {send: {type: 'retry'}};
		}

		case 'skip': {
			return view.next.includes('skip') ? {change: {overlay: 'skip'}} : nothing;
		}

		case 'log': {
			return {change: ({hasLog}) => ({hasLog: !hasLog})};
		}

		case 'help': {
			return {change: {overlay: 'help'}};
		}

		case 'stop': {
			return {change: {overlay: 'stop'}};
		}

		case undefined: {
			return nothing;
		}
	}
};

/** What a key means here. */
export const actOn = (input: string, key: Key, situation: Situation): Act => {
	const {screen, ui} = situation;
	if (isCommand('interrupt', input, key)) {
		return ui.overlay === 'stop' || ui.isStopping || screen.kind === 'ended'
			? {leave: true}
			: {change: {overlay: 'stop'}};
	}

	if (ui.overlay) {
		return inOverlay(input, key, situation);
	}

	if (screen.kind === 'ended') {
		return commandOf(['confirm', 'back', 'stop'], input, key) ? {leave: true} : elsewhere(input, key, situation);
	}

	return screen.kind === 'written' ? inWritten(input, key, situation) : elsewhere(input, key, situation);
};

/** What pasted text leads to: it is put in where text is typed, and means nothing elsewhere. */
export const actOnPaste = (text: string, {screen, ui, view}: Situation): Act => {
	const isSecret = view.state.live.question?.kind === 'secret';
	const pasted = isSecret || text.trim() !== '' ? text : '';
	return screen.kind === 'written' && !ui.overlay
		? {change: ({draft}) => ({draft: withPasted(draft, pasted, isSecret ? exact : plain)})}
		: nothing;
};
