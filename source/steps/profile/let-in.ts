import {quoted} from '../../failure/quoted.js';
import type {Question, Reporter, StepContext} from '../../migration/step.js';
import {Undecided} from '../../migration/undecided.js';
import {heldBack} from '../../profile/held-back.js';
import {leakText, type Leak} from '../../profile/secrets.js';
import type {ProfileTree} from '../../profile/tree.js';
import {countText} from '../run/words.js';

/** The questions what is let in of all that is held back, one a round. */
const letInIds = ['profile-let-in', 'profile-let-in-2', 'profile-let-in-3'] as const;

/** How many rounds have their answer. */
const roundsOf = ({answers}: Pick<StepContext, 'answers'>): number =>
	letInIds.filter(id => answers[id] !== undefined).length;

/** What is noted once a round was not enough: so many rounds there were. */
const notEnough = 'let-in-not-enough';

/** The question of the round that is due: the first, and each after one that was not enough. */
const idDue = (context: Pick<StepContext, 'answers' | 'notes'>): string | undefined => {
	const rounds = roundsOf(context);
	const isDue = rounds === 0 || context.notes.some(({kind, rounds: noted}) => kind === notEnough && noted === rounds);
	return isDue ? letInIds[rounds] : undefined;
};

/** How many are named in a question; all of them are in the failure that comes before it. */
const mostNamed = 12;

/** Names as they are typed: separated by commas. */
const namesIn = (answer: string): ReadonlySet<string> =>
	new Set(
		answer
			.split(',')
			.map(name => name.trim())
			.filter(Boolean),
	);

/** What the operator let in by name. */
export const letInBy = ({answers}: Pick<StepContext, 'answers'>): ReadonlySet<string> =>
	new Set(letInIds.flatMap(id => [...namesIn(answers[id] ?? '')]));

const namesOf = (leaks: readonly Leak[]): readonly string[] =>
	leaks
		.filter(({name}, index) => leaks.findIndex(other => other.name === name) === index)
		.map(({name, what, line, isWhole}) => `${name} (${isWhole ? what : `line ${line}: ${what}`})`);

const leftOut =
	'Nothing is let in: whole files stay out of git, and what is held back inside of a file must be corrected first.';

/**
Asked once a draft is there and something of it is held back, and again where something is still held back inside of a
file: what was let in may have hidden it, or the operator has mended the draft meanwhile.
*/
export const letInQuestions = async (
	context: Pick<StepContext, 'answers' | 'notes'>,
	draft: ProfileTree,
	folder: string,
): Promise<readonly Question[]> => {
	const id = idDue(context);
	const names = namesOf(await heldBack(draft, letInBy(context)));
	const more = names.length - mostNamed;
	return id === undefined || names.length === 0
		? []
		: [
				{
					kind: 'text',
					id,
					title:
						`${countText(names.length, 'thing is', 'things are')} held back from the commit. Which may go into ` +
						'git?',
					why:
						'A file is committed because unroot knows it and finds no secret in it. You may let in by name what ' +
						'is none; the names are separated by commas. Held back: ' +
						`${names.slice(0, mostNamed).join('; ')}${more > 0 ? `; and ${more} more` : ''}. The files lie in ` +
						`${folder}.`,
					recommended: '',
					pattern: {source: String.raw`[^\n]*`, says: 'Names from the list, separated by commas, or nothing.'},
					ifEmpty: leftOut,
				},
			];
};

/** What may be committed of a draft, and what stays out of it. */
export type Sorted = {readonly files: ProfileTree; readonly leftOut: readonly string[]};

const held = (leaks: readonly Leak[], folder: string): Undecided =>
	new Undecided({
		code: 'held-back',
		seen: `${countText(leaks.length, 'thing is', 'things are')} held back from the commit: ${leaks
			.slice(0, 3)
			.map(({path, line, what}) => `${path}:${line} (${what})`)
			.join(', ')}.`,
		means: 'What is once in git stays in its history. Nothing was committed.',
		todo: `Correct the files below ${folder}, or let in by name what is no secret, then try again.`,
		byHand: `ls -R ${quoted(folder)}`,
		exit: 'blocked',
		retryable: true,
		details: leaks.map(leak => leakText(leak)),
	});

/**
Sorts a draft by what the operator decided. Rejects where he has not been asked yet, and where what he let in leaves
something held back inside of a file: he is asked for that again. Where he let nothing in, the commit refuses it.
*/
export const sortDraft = async (
	context: Pick<StepContext, 'answers'>,
	draft: ProfileTree,
	folder: string,
	reporter: Pick<Reporter, 'note'>,
): Promise<Sorted> => {
	const leaks = await heldBack(draft, letInBy(context));
	const rounds = roundsOf(context);
	if (leaks.length > 0 && rounds === 0) {
		throw held(leaks, folder);
	}

	const inside = leaks.filter(({isWhole}) => !isWhole);
	if (inside.length > 0) {
		await reporter.note({kind: notEnough, rounds});
		if (context.answers[letInIds[rounds - 1] ?? ''] !== '') {
			throw held(inside, folder);
		}
	}

	const whole = leaks.filter(({isWhole}) => isWhole);
	const out = new Set(whole.map(({path}) => path));
	return {
		files: new Map([...draft].filter(([path]) => !out.has(path))),
		leftOut: whole.map(({path, what}) => `${path}: ${what}`),
	};
};
