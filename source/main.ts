import {readFileSync} from 'node:fs';
import process from 'node:process';
import {parseOptions, type CommandName} from './commands/arguments.js';
import {helpOf, helpText} from './commands/help.js';
import {withServiceAccount} from './commands/in-cluster.js';
import {lookAtSurroundings, type Surroundings} from './commands/surroundings.js';
import {asCalled, calledName} from './failure/called.js';
import {exitStatus, partsOf, type ExitName} from './failure/failure.js';
import {failureText} from './failure/text.js';

/** A command that prints what it found, and meanwhile who is waited for. */
const telling = async (surroundings: Surroundings, work: () => Promise<number>): Promise<number> => {
	const {tellingWaits} = await import('./commands/waiting.js');
	return tellingWaits(surroundings, true, work);
};

/** What each command does; its code is only loaded when it is called. */
const run = async (command: CommandName, surroundings: Surroundings): Promise<number> => {
	switch (command) {
		case 'wizard': {
			const {openStartMenu} = await import('./commands/start.js');
			return openStartMenu(surroundings);
		}

		case 'migrate': {
			const {startRun} = await import('./commands/migrate.js');
			return startRun(surroundings, {mode: 'migrate', isSandbox: false});
		}

		case 'rehearse': {
			const {startRun} = await import('./commands/migrate.js');
			return startRun(surroundings, {mode: 'rehearse', isSandbox: surroundings.options.sandbox});
		}

		case 'resume':
		case 'rollback': {
			const {continueRun} = await import('./commands/migrate.js');
			return continueRun(surroundings, command === 'rollback');
		}

		case 'inspect': {
			const {inspect} = await import('./commands/inspect/here.js');
			return telling(surroundings, async () => inspect(surroundings));
		}

		case 'plan': {
			const {plan} = await import('./commands/plan/index.js');
			await plan(surroundings.options, surroundings);
			return exitStatus.done;
		}

		case 'status': {
			const {showStatus} = await import('./commands/look-back.js');
			return telling(surroundings, async () => showStatus(surroundings));
		}

		case 'workloads': {
			const {showWorkloads} = await import('./commands/workloads/index.js');
			return telling(surroundings, async () => showWorkloads(surroundings));
		}

		case 'runs': {
			const {showRuns} = await import('./commands/list-runs.js');
			return showRuns(surroundings);
		}

		case 'completion': {
			const {showCompletion} = await import('./commands/completion.js');
			return showCompletion(surroundings);
		}

		case 'questions': {
			const {questionsText} = await import('./commands/known-questions.js');
			surroundings.stdout.write(questionsText());
			return exitStatus.done;
		}

		case 'unfreeze': {
			const {unfreezeRun} = await import('./commands/unfreeze.js');
			return unfreezeRun(surroundings);
		}

		case 'report': {
			const {showReport} = await import('./commands/look-back.js');
			return showReport(surroundings);
		}

		case 'verify': {
			const {verifyRun} = await import('./commands/verify.js');
			return telling(surroundings, async () => verifyRun(surroundings));
		}

		case 'ldif': {
			const {ldif} = await import('./commands/ldif-here.js');
			return ldif(surroundings);
		}

		case 'sandbox': {
			const {serveSandbox} = await import('./commands/sandbox.js');
			return serveSandbox(surroundings);
		}
	}
};

const programVersion = (): string => {
	const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
		readonly version: string;
	};
	return version;
};

/** kubectl asks a program of this name what could be typed next; everybody else types commands. */
const asTyped = (words: readonly string[]): readonly string[] =>
	calledName === 'kubectl_complete-unroot' ? ['completion', 'kubectl', '--', ...words] : words;

/**
The program. Results go to stdout, talk to stderr; whatever is thrown becomes the four parts of a failure and an exit
status.
*/
export const main = async (words: readonly string[]): Promise<void> => {
	try {
		const options = parseOptions(asTyped(words));
		if (options.help || options.version) {
			const help = options.command === 'wizard' ? helpText() : helpOf(options.command);
			process.stdout.write(options.help ? asCalled(help) : `${programVersion()}\n`);
			return;
		}

		const around = lookAtSurroundings(options, programVersion());
		process.exitCode = await run(options.command, await withServiceAccount(around));
	} catch (error) {
		const parts = partsOf(error);
		const exit: ExitName = parts.exit ?? 'failed';
		const isJson = words.some(
			(word, index) =>
				/^(?:--output=json|-ojson)$/v.test(word) || (/^(?:-o|--output)$/v.test(word) && words[index + 1] === 'json'),
		);
		const told = isJson ? JSON.stringify({type: 'failed', exit, failure: parts}) : failureText(parts).join('\n');
		process.stderr.write(`${asCalled(told)}\n`);
		process.exitCode = exitStatus[exit];
	}
};
