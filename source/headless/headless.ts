import {asciiOf} from '../failure/plain.js';
import {failureText} from '../failure/text.js';
import type {Engine} from '../migration/engine/engine.js';
import type {Ending} from '../migration/engine/session.js';
import type {StepId} from '../migration/step.js';
import {closingLines} from '../migration/words/closing.js';
import {freezeJson, freezeLines} from '../migration/words/freeze.js';
import {runName} from '../migration/words/run-name.js';
import {drive} from './drive.js';
import {endingLine, eventLine} from './json.js';
import {createTextPrinter} from './text.js';

/** What the run without a terminal needs. */
export type HeadlessOptions = {
	readonly engine: Engine;
	/** `json` prints each RunEvent as one line, then `{"type":"ended",…}`. */
	readonly output: 'text' | 'json';
	/** Whether questions are answered with what is recommended (`--yes`); a `typed` one only in a rehearsal. */
	readonly takeRecommended: boolean;
	/** Takes one line for stdout: steps, facts, answers, commands, evidence, durations; in JSON everything. */
	readonly write: (line: string) => void;
	/** Takes one line for stderr: progress, what tools say, and the four parts of a failure. */
	readonly talk: (line: string) => void;
	/** Whether the terminal or log shows only ASCII for sure (NO_COLOR, TERM=dumb). Default `false`. */
	readonly ascii?: boolean;
	/** Seconds each step took in the rehearsal. */
	readonly expected?: Readonly<Partial<Record<StepId, number>>>;
	/** Undoes instead of walking the checklist. Default `false`. */
	readonly rollback?: boolean;
};

/** The first line: which run, where. */
const opening = ({facts}: Engine): string =>
	[
		`Run ${facts.id}`,
		...(facts.mode === 'rehearse' ? [facts.sandbox ? 'a rehearsal on the sandbox' : 'a rehearsal'] : []),
		`context ${facts.context}`,
		`namespace ${facts.namespace}`,
	].join(' · ');

/**
Drives a run without a terminal: takes the answers it may take, starts the steps, and stops at the first failure or at a
question without an answer (exit `unanswered`). The failure has been printed when this returns.
*/
export const runHeadless = async ({
	engine,
	output,
	takeRecommended,
	write,
	talk,
	ascii = false,
	expected = {},
	rollback = false,
}: HeadlessOptions): Promise<Ending> => {
	const shown =
		(outlet: (line: string) => void) =>
		(text: string): void => {
			for (const line of (ascii ? asciiOf(text) : text).split('\n')) {
				outlet(line);
			}
		};

	const outlets = {write: shown(write), talk: shown(talk)};
	if (output === 'text') {
		outlets.write(opening(engine));
		for (const line of freezeLines(engine.view().state, runName(engine.facts))) {
			outlets.write(line);
		}
	}

	const ignore = engine.onEvent(
		output === 'json'
			? event => {
					write(eventLine(event));
				}
			: createTextPrinter({engine, expected, ...outlets}),
	);
	const driver = drive(engine, takeRecommended, rollback ? 'rollback' : 'resume');
	const ended = await (rollback ? engine.rollback() : engine.run());
	driver.release();
	ignore();

	const failure = driver.failure();
	const ending: Ending = failure ? {exit: failure.exit ?? 'failed', failure} : ended;
	if (output === 'json') {
		const freeze = freezeJson(engine.view().state);
		write(endingLine(engine.facts.id, engine.facts.folder, ending, freeze));
	} else {
		outlets.write('');
		const {failure: _told, ...silent} = ending;
		for (const line of closingLines(engine.view().state, engine.checklist, engine.facts, silent)) {
			outlets.write(line);
		}
	}

	for (const line of ending.failure ? failureText(ending.failure) : []) {
		outlets.talk(line);
	}

	return ending;
};
