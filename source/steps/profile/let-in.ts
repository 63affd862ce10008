import {quoted} from '../../failure/quoted.js';
import type {Question, StepContext} from '../../migration/step.js';
import {Undecided} from '../../migration/undecided.js';
import {heldBack} from '../../profile/held-back.js';
import {leakText, type Leak} from '../../profile/secrets.js';
import type {ProfileTree} from '../../profile/tree.js';
import {countText} from '../run/words.js';

/** The question what is let in of all that is held back. */
const letInId = 'profile-let-in';

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
	namesIn(answers[letInId] ?? '');

const namesOf = (leaks: readonly Leak[]): readonly string[] =>
	leaks
		.filter(({name}, index) => leaks.findIndex(other => other.name === name) === index)
		.map(({name, what, line, isWhole}) => `${name} (${isWhole ? what : `line ${line}: ${what}`})`);

const leftOut =
	'Nothing is let in: whole files stay out of git, and what is held back inside of a file must be corrected first.';

/** Asked once a draft is there and something of it is held back. */
export const letInQuestions = async (draft: ProfileTree, folder: string): Promise<readonly Question[]> => {
	const names = namesOf(await heldBack(draft));
	const more = names.length - mostNamed;
	return names.length === 0
		? []
		: [
				{
					kind: 'text',
					id: letInId,
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

/**
Sorts a draft by what the operator decided. Rejects where he has not been asked yet; what is held back inside of a file
is left in for the commit to refuse.
*/
export const sortDraft = async (
	context: Pick<StepContext, 'answers'>,
	draft: ProfileTree,
	folder: string,
): Promise<Sorted> => {
	const leaks = await heldBack(draft, letInBy(context));
	if (leaks.length > 0 && context.answers[letInId] === undefined) {
		throw new Undecided({
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
	}

	const whole = leaks.filter(({isWhole}) => isWhole);
	const out = new Set(whole.map(({path}) => path));
	return {
		files: new Map([...draft].filter(([path]) => !out.has(path))),
		leftOut: whole.map(({path, what}) => `${path}: ${what}`),
	};
};
