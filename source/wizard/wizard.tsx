import {render} from 'ink';
import {asciiOf} from '../failure/plain.js';
import type {Engine} from '../migration/engine/engine.js';
import type {Ending} from '../migration/engine/session.js';
import type {StepId} from '../migration/step.js';
import {createWaits, type Waits} from '../migration/waits.js';
import {closingLines} from '../migration/words/closing.js';
import {App} from './app.js';
import {renderOptions, type Terminal} from './terminal.js';
import {themeOf} from './theme.js';

/** What the wizard needs. The caller has checked that both streams are terminals. */
export type WizardOptions = Terminal & {
	readonly engine: Engine;
	/** Seconds each step took in the rehearsal. */
	readonly expected?: Readonly<Partial<Record<StepId, number>>>;
	/** Who is waited for outside; nobody where left out. */
	readonly waits?: Waits;
	/** Undoes instead of walking the checklist. Default `false`. */
	readonly rollback?: boolean;
	/** Milliseconds. Default the machine's clock. */
	readonly now?: () => number;
};

/** How the wizard ended, and what the caller prints to stdout now that the screen is gone. */
export type WizardEnding = {readonly ending: Ending; readonly summary: string};

/**
Leads an operator through the checklist on a terminal. Owns Ctrl-C: the first one asks, the second one returns at once
with exit `interrupted` although the engine may still be at work.
*/
export const runWizard = async ({
	engine,
	stdin,
	stdout,
	colour,
	ascii,
	screenReader,
	expected = {},
	rollback = false,
	waits = createWaits(Date.now),
	now = Date.now,
}: WizardOptions): Promise<WizardEnding> => {
	let settled: Ending | undefined;
	const walk = async (): Promise<Ending> => {
		settled = await (rollback ? engine.rollback() : engine.run());
		return settled;
	};

	const theme = themeOf({colour, ascii: ascii || screenReader});
	const app = render(
		<App
			engine={engine}
			running={walk()}
			theme={theme}
			expected={expected}
			isSpoken={screenReader}
			waits={waits}
			now={now}
		/>,
		renderOptions({
			stdin,
			stdout,
			colour,
			ascii,
			screenReader,
		}),
	);
	await app.waitUntilExit();
	const ending: Ending = settled ?? {exit: 'interrupted'};
	const summary = closingLines(engine.view().state, engine.checklist, engine.facts, ending).join('\n');
	return {ending, summary: `${ascii ? asciiOf(summary) : summary}\n`};
};
