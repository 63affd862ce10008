import {isOver, stepOf, type View} from '../migration/state.js';
import type {StepId} from '../migration/step.js';

/** What the operator sees now: one of these at a time. */
export type Screen =
	| {readonly kind: 'opening'}
	| {readonly kind: 'looking'; readonly step: StepId}
	| {readonly kind: 'choice'; readonly step: StepId; readonly question: string}
	| {readonly kind: 'written'; readonly step: StepId; readonly question: string}
	| {readonly kind: 'preview'; readonly step: StepId}
	| {readonly kind: 'working'; readonly step: StepId}
	| {readonly kind: 'failed'; readonly step: StepId}
	| {readonly kind: 'ended'};

/**
Which screen a view asks for. It follows from what the engine accepts, so that no screen waits for a move that is not
possible.
*/
export const screenOf = ({state, next}: View): Screen => {
	const {step, question} = state.live;
	// A finished run that is being rolled back is over, and yet at work: Enter must not leave it.
	if (isOver(state) && next.length === 0) {
		return {kind: 'ended'};
	}

	if (!step) {
		return {kind: 'opening'};
	}

	if (question && next.includes('answer')) {
		return {kind: question.kind === 'choice' ? 'choice' : 'written', step, question: question.id};
	}

	if (next.includes('start')) {
		return {kind: 'preview', step};
	}

	if (next.includes('retry')) {
		return {kind: 'failed', step};
	}

	const known = stepOf(state, step);
	const isWorking =
		known?.status === 'started' || known?.status === 'performed' || known?.undoing === true || state.live.verifying;
	return {kind: isWorking ? 'working' : 'looking', step};
};

/** What tells one screen from the next: a new one starts at its top, with an empty answer. */
export const screenKey = (screen: Screen): string =>
	[screen.kind, 'step' in screen ? screen.step : '', 'question' in screen ? screen.question : ''].join('/');
