import {plainLine, plainText} from '../failure/plain.js';
import type {Engine} from '../migration/engine/engine.js';
import type {RunEvent} from '../migration/event.js';
import {stepOf} from '../migration/state.js';
import type {Evidence, Fact, Preview, Question, StepId} from '../migration/step.js';
import {durationText, secondsBetween} from '../migration/words/figures.js';
import {freezeEndWords, freezeLines} from '../migration/words/freeze.js';
import {runName} from '../migration/words/run-name.js';
import {createThinner} from './thinner.js';

/** Where a line goes: `write` is stdout, `talk` is stderr. */
export type Outlets = {readonly write: (line: string) => void; readonly talk: (line: string) => void};

/** What the text needs to know beside the events. */
export type TextOptions = Outlets & {
	readonly engine: Engine;
	readonly expected: Readonly<Partial<Record<StepId, number>>>;
};

const marks = {good: '✓', warning: '!', bad: '✗'} as const;

/** Further lines of a text stand below its first one. */
const block = (first: string, text: string): string =>
	`${first}${plainText(text)
		.trimEnd()
		.split('\n')
		.join(`\n${' '.repeat(first.length)}`)}`;

const factLine = ({label, value, mark}: Fact): string =>
	block(`  ${mark ? marks[mark] : '-'} ${plainLine(label)}: `, value);

const evidenceLine = ({label, value, holds}: Evidence): string =>
	block(`  ${holds ? '✓' : '✗'} ${plainLine(label)}: `, value);

const previewLines = ({summary, commands, diffs = [], files = [], wayBack}: Preview): readonly string[] => [
	...summary.map(line => block('  ', line)),
	...commands.map(line => block('  $ ', line)),
	...files.map(file => `  writes ${plainLine(file)}`),
	...diffs.flatMap(({title, text}) => [`  ${plainLine(title)}`, block(' '.repeat(4), text)]),
	block('  Way back: ', wayBack),
];

const answerLines = (question: Question | undefined, id: string, answer: string): readonly string[] => {
	const title = question ? plainLine(question.title) : id;
	const option = question?.kind === 'choice' ? question.options.find(({value}) => value === answer) : undefined;
	return [
		`  ? ${title}`,
		`    ${id} = ${plainLine(answer)}${option ? ` (${plainLine(option.label)})` : ''}`,
		...(option ? [block('    because: ', option.reason)] : []),
		...(option?.cost ? [block('    cost: ', option.cost)] : []),
		...(option?.wayBack ? [block('    way back: ', option.wayBack)] : []),
	];
};

/**
Prints a run's events as lines of text. Every line stands for itself, so that it can be read by a screen reader and
found with grep.
*/
export const createTextPrinter = ({engine, expected, write, talk}: TextOptions): ((event: RunEvent) => void) => {
	const thinner = createThinner();
	let asked: Question | undefined;
	const ids = engine.checklist.map(({id}) => id);

	const heading = (id: StepId): string =>
		`[${ids.indexOf(id) + 1}/${ids.length}] ${engine.checklist.find(line => line.id === id)?.title ?? id}`;
	const all = (lines: readonly string[]): void => {
		for (const line of lines) {
			write(line);
		}
	};

	const took = (id: StepId, at: string): string => {
		const seconds = secondsBetween(stepOf(engine.view().state, id)?.startedAt, at);
		const usual = expected[id];
		return seconds === undefined
			? ''
			: ` in ${durationText(seconds)}${usual === undefined ? '' : ` (in the rehearsal ${durationText(usual)})`}`;
	};

	return event => {
		switch (event.type) {
			case 'step-entered': {
				all(['', heading(event.step), block('  ', engine.checklist.find(({id}) => id === event.step)?.why ?? '')]);
				break;
			}

			case 'step-inspected': {
				all(event.inspection.facts.map(fact => factLine(fact)));
				if (event.inspection.state === 'partly') {
					write(block('  Partly done: ', event.inspection.what));
				}

				break;
			}

			case 'step-rechecked': {
				all([`${heading(event.step)}: checked again`, ...event.evidence.map(evidence => evidenceLine(evidence))]);
				break;
			}

			case 'question-asked': {
				asked = event.question;
				break;
			}

			case 'question-answered': {
				all(answerLines(asked?.id === event.question ? asked : undefined, event.question, event.answer));
				break;
			}

			case 'secret-taken': {
				all([
					`  ? ${asked ? plainLine(asked.title) : event.question}`,
					`    ${event.question} was typed, and is shown nowhere`,
				]);
				break;
			}

			case 'preview-shown': {
				all(previewLines(event.preview));
				break;
			}

			case 'step-started': {
				write(`  started${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`);
				break;
			}

			case 'step-verified': {
				all([
					...(event.facts ?? []).map(fact => factLine(fact)),
					...event.evidence.map(evidence => evidenceLine(evidence)),
					`  done${took(event.step, event.at)}`,
				]);
				break;
			}

			case 'step-failed': {
				write(`  failed${took(event.step, event.at)}: ${event.failure.code}`);
				break;
			}

			case 'step-skipped': {
				write(block('  left out: ', event.why));
				break;
			}

			case 'step-reopened': {
				write(`${heading(event.step)}: open again. ${plainLine(event.why)}`);
				break;
			}

			case 'freeze-begun': {
				all(freezeLines(engine.view().state, runName(engine.facts)).map(line => `  ! ${line}`));
				break;
			}

			case 'freeze-ended': {
				write(`  writes: ${freezeEndWords[event.how]} (${plainLine(event.workload)})`);
				break;
			}

			case 'undo-started': {
				all(['', `Undo ${heading(event.step)}`]);
				break;
			}

			case 'undo-done': {
				all([...event.evidence.map(evidence => evidenceLine(evidence)), '  undone']);
				break;
			}

			case 'run-rolled-back': {
				all(['', 'Rolled back.']);
				break;
			}

			case 'progressed': {
				const line = thinner(event);
				if (line) {
					talk(`  ${line}`);
				}

				break;
			}

			case 'logged': {
				talk(`  | ${plainLine(event.line)}`);
				break;
			}

			case 'cluster-identified': {
				write(`  cluster ${plainLine(event.uid)}, Kubernetes ${plainLine(event.version)}, ${plainLine(event.server)}`);
				break;
			}

			case 'step-verifying': {
				talk('  checking what the cluster says');
				break;
			}

			case 'answer-judged':
			case 'run-opened':
			case 'run-resumed':
			case 'step-noted':
			case 'file-listed':
			case 'file-settled':
			case 'step-performed':
			case 'run-stopped':
			case 'run-finished': {
				break;
			}
		}
	};
};
