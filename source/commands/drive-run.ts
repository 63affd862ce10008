import {join} from 'node:path';
import process from 'node:process';
import {exitStatus, type Failure, type FailureParts} from '../failure/failure.js';
import {writeDurably} from '../machine/durable.js';
import {withPath} from '../machine/file-failure.js';
import {journalPath, readJournal} from '../machine/journal.js';
import type {Engine} from '../migration/engine/engine.js';
import type {Ending} from '../migration/engine/session.js';
import {rehearsalOf} from '../report/rehearsal.js';
import {renderPage, renderReport, type ReportOptions} from '../report/report.js';
import {certificateName, certificateOf} from './certificate.js';
import {openRun, type OpenSession, type SessionOrder} from './run-session.js';
import {onSignals} from './signals.js';
import type {Surroundings} from './surroundings.js';
import {tellingWaits} from './waiting.js';

/**
Ctrl-C and the end of a session stop the run: the engine writes that down, and what runs in the pods goes on there. A
second one ends the program at once, as a kill would: the journal is made for that.
*/
const stopOnSignals = (engine: Engine): (() => void) => {
	let asked = false;
	const stop = (): void => {
		if (asked) {
			process.kill(process.pid, 'SIGKILL');
		}

		asked = true;
		engine.send({type: 'stop'});
	};

	return onSignals(stop);
};

/**
The engine, stopped when the namespace is lost: the loss is then how the run ends, so that every front end tells it as
it tells any other failure.
*/
const stoppedWhenLost = (engine: Engine, lost: Promise<Failure>): Engine => {
	let loss: FailureParts | undefined;
	const stop = async (): Promise<void> => {
		({parts: loss} = await lost);
		engine.send({type: 'stop', why: loss.seen});
	};

	const withLoss = (ending: Ending): Ending =>
		loss && ending.exit === 'interrupted' ? {exit: loss.exit ?? 'failed', failure: loss} : ending;
	void stop();
	return {
		...engine,
		run: async () => withLoss(await engine.run()),
		rollback: async () => withLoss(await engine.rollback()),
	};
};

const onTerminal = async (
	{stdin, stdout, screen, hasColour, isAscii, isSpoken, waits}: Surroundings,
	{engine, expected}: OpenSession,
	rollback: boolean,
): Promise<Ending> => {
	const {runWizard} = await import('../wizard/wizard.js');
	const {ending, summary} = await runWizard({
		engine,
		stdin,
		stdout: screen,
		colour: hasColour,
		ascii: isAscii,
		screenReader: isSpoken,
		expected,
		rollback,
		waits,
	});
	stdout.write(summary);
	return ending;
};

const withoutTerminal = async (
	surroundings: Surroundings,
	{engine, expected}: OpenSession,
	rollback: boolean,
): Promise<Ending> => {
	const {options, stdout, stderr, isAscii} = surroundings;
	const {runHeadless} = await import('../headless/headless.js');
	const stopListening = stopOnSignals(engine);
	const ending = await tellingWaits(surroundings, false, async () =>
		runHeadless({
			engine,
			output: options.output === 'json' ? 'json' : 'text',
			takeRecommended: options.yes || engine.facts.sandbox,
			write(line) {
				stdout.write(`${line}\n`);
			},
			talk(line) {
				stderr.write(`${line}\n`);
			},
			ascii: isAscii,
			expected,
			rollback,
		}),
	);
	stopListening();
	return ending;
};

/**
The report in both forms, and after a rehearsal the answers file. Written at the end of every session, whatever the
run's state.
*/
export const writeReport = async ({program}: Surroundings, {engine, expected}: OpenSession): Promise<void> => {
	const {folder, mode} = engine.facts;
	const {state} = engine.view();
	const events = await readJournal(folder);
	const options: ReportOptions = {
		program,
		folder,
		journal: journalPath(folder),
		checklist: engine.checklist,
		expected,
	};
	await writeDurably(join(folder, 'report.md'), renderReport(events, options), 0o600);
	await writeDurably(join(folder, 'report.html'), renderPage(events, options), 0o600);
	if (mode === 'rehearse') {
		const {stringify} = await import('yaml');
		await writeDurably(join(folder, 'answers.yaml'), stringify(rehearsalOf(state, folder)), 0o600);
		const certificate = certificateOf(state, {folder, program});
		if (certificate) {
			const text = `${JSON.stringify(certificate, undefined, 2)}\n`;
			await writeDurably(join(folder, certificateName), text, 0o600);
		}
	}
};

/**
Opens a run, lets the operator or the given answers drive it, and writes the report. Gives the exit status.
*/
export const driveRun = async (surroundings: Surroundings, order: SessionOrder, rollback = false): Promise<number> => {
	const {options, isTerminal} = surroundings;
	const opened = await tellingWaits(surroundings, true, async () => openRun(surroundings, order));
	const session: OpenSession = {...opened, engine: stoppedWhenLost(opened.engine, opened.lost)};
	try {
		const ending =
			isTerminal && !options.yes && options.output === 'text'
				? await onTerminal(surroundings, session, rollback)
				: await withoutTerminal(surroundings, session, rollback);
		await withPath('filled', order.folder, async () => writeReport(surroundings, session)).catch((error: unknown) => {
			// Where the run itself failed, that has been told, and a full disk is told once.
			if (!ending.failure) {
				throw error;
			}
		});
		return exitStatus[ending.exit];
	} finally {
		await session.close();
	}
};
