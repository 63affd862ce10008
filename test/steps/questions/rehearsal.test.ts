import {expect, test} from 'vitest';
import type {RunFacts, StepContext} from '../../../source/migration/step.js';
import {rehearsalQuestions, rehearsalRefusal} from '../../../source/steps/questions/rehearsal.js';

const cluster = {uid: 'uid-1', version: 'v1.32.0', server: 'https://cluster'};

const contextOf = (run: Partial<RunFacts>, marks: Readonly<Record<string, string>> = {}): StepContext =>
	({
		world: {cluster: {get: async () => ({metadata: {name: 'identity', annotations: marks}})}},
		run: {
			id: 'r',
			folder: '/runs/r',
			mode: 'rehearse',
			context: 'staging',
			namespace: 'identity',
			sandbox: false,
			...run,
		},
	}) as unknown as StepContext;

test('a rehearsal outside the sandbox says that it is real, and is begun by the name of its namespace alone', () => {
	const [question] = rehearsalQuestions(contextOf({}));
	expect(question).toMatchObject({kind: 'typed', id: 'rehearse', expected: 'identity', isAsked: true});
	expect(question?.title).toContain('real migration');
	expect(rehearsalQuestions(contextOf({sandbox: true}))).toEqual([]);
	expect(rehearsalQuestions(contextOf({mode: 'migrate'}))).toEqual([]);
});

test.each([
	['environment', 'production'],
	['app.example.com/env', 'PROD'],
	['unroot/production', 'true'],
])('a namespace marked %s=%s is refused', async (key, value) => {
	const failure = await rehearsalRefusal(contextOf({}, {[key]: value}), cluster);
	expect(failure?.parts).toMatchObject({code: 'rehearsal-on-production', exit: 'blocked'});
	expect(failure?.parts.seen).toContain(`${key}=${value}`);
	await expect(rehearsalRefusal(contextOf({mode: 'migrate'}, {[key]: value}), cluster)).resolves.toBeUndefined();
});

test('a namespace that a migration was started in is refused on its cluster, and on no other', async () => {
	const real = {run: 'run-7', namespace: 'identity'};
	const refusal = async (more: Readonly<{cluster?: string; namespace?: string}>) => {
		const context = contextOf({realRuns: [{...real, ...more}]}, {environment: 'staging'});
		const failure = await rehearsalRefusal(context, cluster);
		return failure?.parts.seen;
	};

	await expect(refusal({cluster: 'uid-1'})).resolves.toContain('run-7');
	await expect(refusal({})).resolves.toContain('run-7');
	await expect(refusal({cluster: 'uid-2'})).resolves.toBeUndefined();
	await expect(refusal({namespace: 'other'})).resolves.toBeUndefined();
});
