import {expandPattern, expandText, expandWords, type Substitute} from './expand.js';
import type {Flow, Shell} from './shell.js';
import type {Command, Script} from './syntax.js';

type Compound<K extends Command['kind']> = Extract<Command, {kind: K}>;

/** How a compound command runs what is in it. */
export type Context = {
	readonly shell: Shell;
	readonly substitute: Substitute;
	/** Runs a body. */
	readonly run: (script: Script) => Promise<Flow>;
	/** Runs a condition, whose failure ends nothing. */
	readonly test: (script: Script) => Promise<Flow>;
};

/** Whether a loop goes on after its body, and what it hands on. */
const afterBody = (flow: Flow): {readonly goesOn: boolean; readonly flow: Flow} => {
	if (flow.leave === 'exit') {
		return {goesOn: false, flow};
	}

	return flow.leave !== undefined && (flow.levels ?? 1) > 1
		? {goesOn: false, flow: {...flow, levels: flow.levels! - 1}}
		: {goesOn: flow.leave !== 'break', flow: {status: flow.status}};
};

/** `if`: the first body whose condition holds. */
export const runIf = async ({run, test}: Context, {branches, otherwise}: Compound<'if'>): Promise<Flow> => {
	for (const {test: condition, body} of branches) {
		const flow = await test(condition);
		if (flow.leave) {
			return flow;
		}

		if (flow.status === 0) {
			return run(body);
		}
	}

	return otherwise ? run(otherwise) : {status: 0};
};

/** `while` and `until`. */
export const runWhile = async (
	{shell, run, test}: Context,
	{test: condition, body, isUntil}: Compound<'while'>,
): Promise<Flow> => {
	let status = 0;
	for (;;) {
		const tested = await test(condition);
		if (tested.leave) {
			return tested;
		}

		if ((tested.status === 0) === isUntil) {
			return {status};
		}

		const {goesOn, flow} = afterBody(await run(body));
		if (!goesOn) {
			return flow;
		}

		({status} = flow);
		await shell.process.interruptible(Promise.resolve());
	}
};

/** `for`: over words, or over the parameters. */
export const runFor = async (
	{shell, substitute, run}: Context,
	{name, words, body}: Compound<'for'>,
): Promise<Flow> => {
	let status = 0;
	for (const value of words ? await expandWords(shell, words, substitute) : shell.parameters) {
		shell.variables.set(name, value);
		const {goesOn, flow} = afterBody(await run(body));
		if (!goesOn) {
			return flow;
		}

		({status} = flow);
	}

	return {status};
};

/** `case`: the first body one of whose patterns matches. */
export const runCase = async ({shell, substitute, run}: Context, {word, items}: Compound<'case'>): Promise<Flow> => {
	const subject = await expandText(shell, word, substitute);
	for (const {patterns, body} of items) {
		for (const pattern of patterns) {
			if (new RegExp(`^(?:${await expandPattern(shell, pattern, substitute)})$`, 'v').test(subject)) {
				return run(body);
			}
		}
	}

	return {status: 0};
};
