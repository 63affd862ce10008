import {expect} from 'vitest';
import type {Step} from '../../source/migration/step.js';
import {runWizard, type WizardEnding, type WizardOptions} from '../../source/wizard/wizard.js';
import {scripted, type Scripted, type ScriptedOptions} from '../migration/engine/scripted.js';
import {createTerminal, type TestTerminal} from './terminal.js';

/** A run that is driven by the wizard on a terminal. */
export type Session = Scripted & {readonly terminal: TestTerminal; readonly ending: Promise<WizardEnding>};

/** How the run and the wizard differ from the usual. */
export type OpenOptions = ScriptedOptions &
	Partial<Pick<WizardOptions, 'colour' | 'ascii' | 'screenReader' | 'rollback'>> & {
		readonly columns?: number;
		readonly rows?: number;
	};

/** Opens the wizard on a run of these steps. */
export const open = (steps: readonly Step[], options: OpenOptions = {}): Session => {
	const run = scripted(steps, options);
	const terminal = createTerminal(options.columns ?? 80, options.rows ?? 24);
	const ending = runWizard({
		...terminal,
		engine: run.engine,
		colour: options.colour ?? false,
		ascii: options.ascii ?? false,
		screenReader: options.screenReader ?? false,
		rollback: options.rollback ?? false,
		now: () => run.clock.now().getTime(),
	});
	return {...run, terminal, ending};
};

/** Waits until the screen shows it. */
export const sees = async ({text}: TestTerminal, what: string): Promise<void> => expect.poll(text).toContain(what);
