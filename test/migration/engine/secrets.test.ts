import {expect, test} from 'vitest';
import {Failure} from '../../../source/failure/failure.js';
import type {RunEvent} from '../../../source/migration/event.js';
import type {Question} from '../../../source/migration/step.js';
import {scripted, send, step} from './scripted.js';

const secret: Question = {
	kind: 'secret',
	id: 'password',
	title: 'Password?',
	why: '',
	instead: {question: 'password-file', says: 'the path of its file'},
};
const secretFile: Question = {
	kind: 'text',
	id: 'password-file',
	title: 'File?',
	why: '',
	pattern: {source: '(?:/.+)?', says: 'A path.'},
};

/** A step that asks for a secret where no file is named, fails the first time, and keeps what it was given. */
const withSecret = (got: Array<string | undefined>) =>
	step('profile', {
		effect: 'local',
		questions: async ({answers}) => (answers['password-file'] === '' ? [secretFile, secret] : [secretFile]),
		async perform({secrets}) {
			got.push(secrets.get('password'));
			if (got.length === 1) {
				throw new Failure({
					code: 'refused',
					seen: 'It was refused.',
					means: 'Nothing was changed.',
					todo: 'Try again.',
					byHand: 'curl',
					retryable: true,
				});
			}

			return {};
		},
	});

test('a secret reaches its step and no event, and is asked for again with each try', async () => {
	const got: Array<string | undefined> = [];
	const run = scripted([
		withSecret(got),
		step('export', {
			async perform({secrets}) {
				got.push(secrets.get('password'));
				return {};
			},
		}),
	]);
	const {engine, journal} = run;
	const shown: RunEvent[] = [];
	engine.onEvent(event => {
		shown.push(event);
	});
	const running = engine.run();
	await send(engine, {type: 'answer', question: 'password-file', value: ''});
	await expect.poll(() => engine.view().state.live.question?.id).toBe('password');
	await send(engine, {type: 'answer', question: 'password', value: ''});
	await expect.poll(() => engine.view().state.live.refused).toContain('Type it');
	await send(engine, {type: 'answer', question: 'password', value: 'first-secret'});
	await expect.poll(() => engine.view().next).toContain('start');
	expect(engine.view().state.live.question).toBeUndefined();
	engine.send({type: 'start'});
	await send(engine, {type: 'retry'});
	await send(engine, {type: 'answer', question: 'password', value: 'second-secret'});
	await send(engine, {type: 'start'});
	await running;
	expect(got).toEqual(['first-secret', 'second-secret', undefined]);
	expect(shown.filter(({type}) => type === 'secret-taken')).toHaveLength(2);
	expect(JSON.stringify([shown, journal, engine.view()])).not.toMatch(/(?:first|second)-secret/v);
});

test(
	'a run that is gone on with asks for a secret again; where the question in its place was given an answer, that ' +
		'is taken',
	async () => {
		const first = scripted([withSecret([])]);
		const running = first.engine.run();
		await send(first.engine, {type: 'answer', question: 'password-file', value: ''});
		await send(first.engine, {type: 'answer', question: 'password', value: 'a-secret'});
		await send(first.engine, {type: 'stop'});
		await running;

		const again = scripted([withSecret([])], {history: first.journal, given: {password: 'never-taken'}});
		const resumed = again.engine.run();
		await expect.poll(() => again.engine.view().state.live.question?.id).toBe('password');
		again.engine.send({type: 'stop'});
		await resumed;

		const got: Array<string | undefined> = ['one failure is enough'];
		const {engine} = scripted([withSecret(got)], {
			history: first.journal,
			given: {'password-file': '/secrets/password'},
		});
		const last = engine.run();
		await send(engine, {type: 'start'});
		await expect(last).resolves.toEqual({exit: 'done'});
		expect(engine.view().state.answers).toEqual({'password-file': '/secrets/password'});
		expect(got.at(-1)).toBeUndefined();
	},
);
