import {expect, test} from 'vitest';
import {isWhole, sealed, type Rehearsed} from '../../source/migration/certificate.js';
import type {JsonObject} from '../../source/migration/json.js';
import type {RunFacts, StepContext} from '../../source/migration/step.js';
import {
	differencesNow,
	differencesQuestions,
	judgeAccepted,
	rehearsalFacts,
} from '../../source/steps/rehearsed/accept.js';
import {scaledFreeze} from '../../source/steps/rehearsed/compare.js';

const rehearsed: Rehearsed = {
	strategy: 'fresh',
	image: 'pingidentity/pingdirectory:2103-8.2.0.3',
	'old-image': 'pingidentity/pingdirectory:2102-8.2.0.1',
	kubernetes: 'v1.32',
	kubectl: 'v1.33',
	tools: {task: true},
	schema: 'a'.repeat(64),
	replicas: 3,
	size: {userRoot: 2000},
	rights: [],
	findings: ['fsgroup-missing'],
};

const certificate = sealed({
	schema: 1,
	program: '0.1.0',
	run: 'run-0',
	at: '2026-11-20T10:00:00.000Z',
	sandbox: false,
	rehearsed,
	answers: {strategy: 'fresh'},
	steps: {export: 4},
	figures: {refusedSeconds: 14, forecastSeconds: 20, bytes: {userRoot: 1_000_000}},
	manifests: {files: ['manifests/new.yaml'], sha256: 'b'.repeat(64)},
});

const contextOf = (
	inventory: JsonObject = {},
	connect: JsonObject = {},
	run: Partial<RunFacts> = {},
): Pick<StepContext, 'run' | 'outcomes'> => ({
	run: {
		id: 'run-1',
		folder: '/runs/run-1',
		mode: 'migrate',
		context: 'prod',
		namespace: 'identity',
		sandbox: false,
		certificate,
		...run,
	},
	outcomes: {
		connect: {cluster: {version: 'v1.32.9'}, kubectl: 'v1.33.1', missing: [], ...connect},
		inventory: {
			workload: {image: rehearsed['old-image'], replicas: 3},
			backends: [{id: 'userRoot', entries: 2200}],
			tools: {task: true},
			schema: rehearsed.schema,
			findings: [],
			...inventory,
		},
	},
});

const decided = {strategy: 'fresh', image: rehearsed.image} as const;

test('what is as it was rehearsed asks nothing', () => {
	const context = contextOf();
	expect(differencesNow(context, decided)).toEqual([]);
	expect(differencesQuestions([])).toEqual([]);
	expect(rehearsalFacts(context, decided)).toContainEqual({
		label: 'differs in',
		value: 'nothing that a rehearsal shows',
		mark: 'good',
	});
});

test.each<[string, JsonObject, JsonObject, {readonly strategy: 'fresh' | 'root'; readonly image: string}]>([
	['image', {}, {}, {strategy: 'fresh', image: 'pingidentity/pingdirectory:2109-8.3.0.0'}],
	['old-image', {workload: {image: 'pingidentity/pingdirectory:2012-8.1.0.0', replicas: 3}}, {}, decided],
	['strategy', {}, {}, {strategy: 'root', image: rehearsed.image}],
	['kubernetes', {}, {cluster: {version: 'v1.35.0'}}, decided],
	['kubectl', {}, {kubectl: 'v1.29.0'}, decided],
	['tools', {tools: {task: false}}, {}, decided],
	['tools', {tools: null}, {}, decided],
	['schema', {schema: 'c'.repeat(64)}, {}, decided],
	['replicas', {workload: {image: rehearsed['old-image'], replicas: 5}}, {}, decided],
	['size', {backends: [{id: 'userRoot', entries: 2_000_000}]}, {}, decided],
	['size', {backends: [{id: 'otherRoot', entries: 2000}]}, {}, decided],
	['rights', {}, {missing: ['patch persistentvolumes']}, decided],
	['findings', {findings: ['fsgroup-missing', 'image-gone']}, {}, decided],
])('%s: what differs has a name, and is accepted by it alone', (name, inventory, connect, way) => {
	const differences = differencesNow(contextOf(inventory, connect), way);
	expect(differences.map(one => one.name)).toEqual([name]);
	const [question] = differencesQuestions(differences);
	expect(question).toMatchObject({kind: 'text', id: 'rehearsal-differences'});
	expect(question).not.toHaveProperty('recommended');
	expect(question?.why).toContain(`${name}: `);
	expect(judgeAccepted(differences, name)).toBeUndefined();
	expect(judgeAccepted(differences, 'yes')).toMatch(/^Not accepted: /v);
	expect(judgeAccepted(differences, `${name}, more`)).toBe('No difference is called more.');
});

test('what was missing in the rehearsal and is there now is no difference', () => {
	expect(differencesNow(contextOf({findings: []}), decided)).toEqual([]);
});

test('a rehearsal, and a run without a certificate, are held against none', () => {
	const other = contextOf({backends: []}, {}, {mode: 'rehearse'});
	expect(differencesNow(other, decided)).toEqual([]);
	expect(rehearsalFacts(other, decided)).toEqual([]);
});

test('the freeze is scaled by the entries, but for what takes as long whatever the size', () => {
	expect(scaledFreeze(certificate, {userRoot: 2000})).toBe(14);
	expect(scaledFreeze(certificate, {userRoot: 200_000})).toBe(410);
	const {sha256, ...rest} = certificate;
	const figures = {...rest.figures, refusedSeconds: null, forecastSeconds: null};
	expect(scaledFreeze({...rest, sha256, figures}, {userRoot: 2000})).toBeUndefined();
});

test('the seal holds over a new layout, and not over a changed word', () => {
	const again = structuredClone(certificate);
	const {sha256, schema, ...rest} = again;
	expect(isWhole({sha256, ...rest, schema})).toBe(true);
	expect(isWhole({...again, rehearsed: {...again.rehearsed, replicas: 4}})).toBe(false);
});
