import {expect, test} from 'vitest';
import type {JsonObject} from '../../../source/migration/json.js';
import {Undecided} from '../../../source/migration/undecided.js';
import {letInQuestions, sortDraft} from '../../../source/steps/profile/let-in.js';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** A file of no known kind, and a batch with two things of which the first hides the second: they stand in one line. */
const draft = new Map([
	['misc-files/a.bin', text('x')],
	['pd.profile/dsconfig/a.dsconfig', text('dsconfig create-x --set unheard-of:a?b!c --set password:opensesame\n')],
]);
const [first, second] = ['pd.profile/dsconfig/a.dsconfig#unheard-of', 'pd.profile/dsconfig/a.dsconfig#password'];

/** What a step remembers between its tries. */
const desk = () => {
	const notes: JsonObject[] = [];
	const reporter = {
		async note(note: JsonObject) {
			notes.push(note);
		},
	};
	return {
		async ask(answers: Readonly<Record<string, string>>) {
			const questions = await letInQuestions({answers, notes}, draft, '/draft');
			return questions.filter(({id}) => answers[id] === undefined);
		},
		sort: async (answers: Readonly<Record<string, string>>) => sortDraft({answers}, draft, '/draft', reporter),
	};
};

test('what is still held back after something was let in is a question again, not a failure', async () => {
	const {ask, sort} = desk();
	await expect(sort({})).rejects.toBeInstanceOf(Undecided);
	const asked = await ask({});
	expect(asked.map(({id}) => id)).toEqual(['profile-let-in']);

	const once = {'profile-let-in': first};
	expect(await ask(once)).toEqual([]);
	await expect(sort(once)).rejects.toBeInstanceOf(Undecided);
	const [again] = await ask(once);
	expect(again?.id).toBe('profile-let-in-2');
	expect(again?.why).toContain(second);
	expect(again?.why).not.toContain(first);

	const twice = {...once, 'profile-let-in-2': second};
	const {files, leftOut} = await sort(twice);
	expect(files.keys().toArray()).toEqual(['pd.profile/dsconfig/a.dsconfig']);
	expect(leftOut).toHaveLength(1);
	expect(await ask(twice)).toEqual([]);
});

test('who lets nothing in meets the refusal of the commit, and is asked again once he has mended the draft', async () => {
	const {ask, sort} = desk();
	const none = {'profile-let-in': ''};
	expect(await ask(none)).toEqual([]);
	const {files} = await sort(none);
	expect(files.has('pd.profile/dsconfig/a.dsconfig')).toBe(true);
	const asked = await ask(none);
	expect(asked.map(({id}) => id)).toEqual(['profile-let-in-2']);
});
