import {expect, test} from 'vitest';
import type {Freeze} from '../../../source/migration/freeze.js';
import type {JsonObject} from '../../../source/migration/json.js';
import type {StepContext} from '../../../source/migration/step.js';
import {cutOverProof} from '../../../source/steps/questions/cut-over.js';

const digest = (letter: string): string => letter.repeat(64);

const contextOf = (
	proof: JsonObject,
	more: Partial<StepContext> = {},
): Pick<StepContext, 'outcomes' | 'answers' | 'freezes'> => ({
	outcomes: {
		export: {files: [{backend: 'userRoot', exported: 20_000}]},
		prove: {
			proofs: [
				{backend: 'userRoot', source: digest('a'), copy: digest('a'), target: digest('a'), entries: 20_000, ...proof},
			],
		},
		profile: {toDecide: ['ldap.properties names port 389'], toProvide: ['the key', 'the values']},
		'catch-up': {forecastSeconds: 42, rounds: []},
	},
	answers: {'freeze-budget': '10 min'},
	freezes: [],
	...more,
});

test('counts, digests, the freeze and the open points stand above the word', () => {
	expect(cutOverProof(contextOf({}))).toEqual([
		{
			label: 'userRoot, entries',
			value: '20000 on the new server, 20000 exported from the old one',
			mark: 'good',
		},
		{
			label: 'userRoot, digest',
			value: 'old server, copy and new server agree (aaaaaaaaaaaa…)',
			mark: 'good',
		},
		{label: 'freeze', value: 'no server refuses writes now'},
		{label: 'last round', value: 'expected to refuse writes for about 42 s; the budget is 10 min'},
		{label: 'open points', value: '3 points left to you by «Server profile»:', mark: 'warning'},
		...['the key', 'the values', 'ldap.properties names port 389'].map(value => ({
			label: 'open point',
			value,
			mark: 'warning',
		})),
	]);
});

test('what does not agree, was not compared or is frozen is marked', () => {
	const freeze: Freeze = {
		workload: {kind: 'StatefulSet', name: 'pingdirectory'},
		mode: 'disabled',
		servers: [],
		since: '2026-03-01T10:00:00.000Z',
	};
	const facts = cutOverProof(contextOf({target: digest('b'), entries: 19_999}, {freezes: [freeze]}));
	expect(facts.slice(0, 3)).toEqual([
		{
			label: 'userRoot, entries',
			value: '19999 on the new server, 20000 exported from the old one',
			mark: 'warning',
		},
		{
			label: 'userRoot, digest',
			value: 'old aaaaaaaaaaaa…, copy aaaaaaaaaaaa…, new bbbbbbbbbbbb…',
			mark: 'bad',
		},
		{label: 'freeze', value: 'pingdirectory refuses writes since 10:00:00 UTC', mark: 'warning'},
	]);
	expect(cutOverProof(contextOf({source: null, copy: null, target: null}))[1]).toMatchObject({
		value: expect.stringContaining('not compared') as string,
		mark: 'warning',
	});
});
