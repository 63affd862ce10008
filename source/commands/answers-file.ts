import {readFile} from 'node:fs/promises';
import {parseDocument} from 'yaml';
import * as z from 'zod';
import {Failure} from '../failure/failure.js';
import type {StepId} from '../migration/step.js';
import {knownQuestions} from './known-questions.js';

/** Answers given in advance, and how long each step took when they were given. */
export type AnswersFile = {
	readonly answers: Readonly<Record<string, string>>;
	readonly steps: Readonly<Partial<Record<StepId, number>>>;
};

/**
The ids of every question a run can ask. An answer to anything else is a mistake, and a mistyped one must not be passed
over.
*/
const questionIds: ReadonlySet<string> = new Set(knownQuestions.map(({id}) => id));

/** Secrets a run can ask for, and the question that takes their place in an answers file. */
const secrets: Readonly<Record<string, string>> = {'profile-admin-password': 'profile-admin-password-file'};

const bad = (path: string, seen: string): Failure =>
	new Failure({
		code: 'answers-file',
		seen: `${path}: ${seen}`,
		means: 'unroot could not read the answers file. Nothing was changed.',
		todo: 'Correct the file; a rehearsal writes one as answers.yaml into its folder.',
		byHand: `$EDITOR ${path}`,
		exit: 'usage',
	});

/** Answers of the version before, in the words of this one. */
const ofToday = (answers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
	answers.freeze === 'open' ? {...answers, freeze: 'catch-up'} : answers;

/**
Reads an answers file: YAML or JSON, with `answers` (question id to answer) and, from a rehearsal, `steps` (seconds).
Rejects with exit status 2 for a key or a kind of value that it does not know.
*/
export const readAnswers = async (path: string): Promise<AnswersFile> => {
	const text = await readFile(path, 'utf8').catch((error: unknown) => {
		throw bad(path, error instanceof Error ? error.message : String(error));
	});
	const document = parseDocument(text);
	const [problem] = document.errors;
	if (problem) {
		throw bad(path, problem.message.split('\n', 1)[0] ?? 'it does not parse');
	}

	const schema = z.strictObject({
		answers: z.record(z.string(), z.string()),
		steps: z.record(z.string(), z.number()).optional(),
	});
	const read = schema.safeParse(document.toJS());
	if (!read.success) {
		const [issue] = read.error.issues;
		throw bad(path, `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not understood'}`.trim());
	}

	const secret = Object.keys(read.data.answers).find(id => secrets[id] !== undefined);
	if (secret !== undefined) {
		throw bad(path, `${secret} is a secret, which no answers file holds: name its file as ${secrets[secret] ?? ''}`);
	}

	const unknown = Object.keys(read.data.answers).filter(id => !questionIds.has(id));
	if (unknown.length > 0) {
		throw bad(path, `no question is called ${unknown.join(', ')}; known are ${[...questionIds].join(', ')}`);
	}

	return {answers: ofToday(read.data.answers), steps: read.data.steps ?? {}};
};
