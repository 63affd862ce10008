import {expect, test} from 'vitest';
import type {JsonObject} from '../../source/migration/json.js';
import type {StepContext} from '../../source/migration/step.js';
import {apply} from '../../source/steps/apply.js';
import {restart} from '../../source/steps/restart.js';

const started = {workload: 'pingdirectory', pod: 'pingdirectory-0', runPlan: 'RESTART'};

const contextOf = (strategy: 'fresh' | 'root', outcomes: JsonObject = {}, attempts = 0): StepContext => ({
	world: {
		files: {
			fingerprint: async () => ({bytes: 1, sha256: 'a'}),
			readText: async () => JSON.stringify({apply: [], before: [], switches: [], files: [], notes: []}),
		},
		cluster: {get: async () => undefined},
	} as unknown as StepContext['world'],
	run: {id: 'r', folder: '/runs/r', mode: 'migrate', context: 'c', namespace: 'identity', sandbox: false},
	answers: {},
	secrets: new Map(),
	outcomes: {
		inventory: {workload: {name: 'pingdirectory', kind: 'StatefulSet', manager: {kind: 'nobody'}}},
		strategy: {strategy, newName: 'pingdirectory-2103'},
		preview: {plan: {bytes: 1, sha256: 'a'}},
		...outcomes,
	},
	attempts,
	notes: [],
	freezes: [],
	listed: [],
	signal: new AbortController().signal,
});

test('a fresh deployment is brought up before the export, and by nothing after it', async () => {
	await expect(apply.inspect(contextOf('fresh'))).resolves.toMatchObject({state: 'to-do'});
	await expect(restart.inspect(contextOf('fresh'))).resolves.toMatchObject({
		state: 'not-needed',
		why: expect.stringContaining('«Apply»') as string,
	});
});

test('as root nothing is applied before the copy is here', async () => {
	await expect(apply.inspect(contextOf('root'))).resolves.toMatchObject({
		state: 'not-needed',
		why: expect.stringContaining('«Restart»') as string,
	});
	await expect(restart.inspect(contextOf('root'))).resolves.toMatchObject({state: 'to-do'});
});

test('what a version before began as root in the step «Apply» is ended there, and not done again', async () => {
	await expect(apply.inspect(contextOf('root', {}, 1))).resolves.toMatchObject({state: 'to-do'});
	await expect(restart.inspect(contextOf('root', {apply: started}))).resolves.toMatchObject({
		state: 'not-needed',
		why: expect.stringContaining('earlier version') as string,
	});
});
