import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {cancelWork} from '../../source/directory/cancel.js';
import {Failure} from '../../source/failure/failure.js';
import type {StepContext} from '../../source/migration/step.js';
import {catalogue} from '../../source/ping/catalogue/index.js';
import {connect} from '../../source/steps/connect.js';
import {committedProfile} from '../../source/steps/delivery/committed.js';
import {inventory} from '../../source/steps/inventory.js';
import {allowedFrom, tooLong, within} from '../../source/steps/last-round/budget.js';
import type {LastRoundNeeds} from '../../source/steps/last-round/needs.js';
import {outcomeOf} from '../../source/steps/outcomes.js';
import {upgradeText} from '../../source/steps/owner/helm.js';
import type {Owned} from '../../source/steps/owner/index.js';
import {profile} from '../../source/steps/profile/index.js';
import {readPassword} from '../../source/steps/profile/secrets.js';
import {profileWayOf} from '../../source/steps/profile/ways.js';
import {findNewServer} from '../../source/steps/servers/new-server.js';
import {strategy} from '../../source/steps/strategy.js';
import {failing, literalWorld, podObject} from './literal/world.js';

test('an outcome that the journal does not hold is told, and nothing stands in for it', () => {
	expect(() => outcomeOf({outcomes: {}}, 'strategy')).toThrow(
		expect.objectContaining({parts: expect.objectContaining({code: 'outcome-missing'}) as object}) as Error,
	);
});

const allowing = (allowed: boolean) => ({
	identity: async () => ({uid: 'u', version: 'v1.32.0', server: 'https://cluster'}),
	list: async () => [],
	get: async () => undefined,
	mayI: async (rights: readonly object[]) => rights.map(right => ({right, allowed})),
});

test('rights that are missing are named with the Role that grants them, before anything is done', async () => {
	const {context} = literalWorld({world: {cluster: allowing(false)}});
	expect(await connect.inspect(context())).toMatchObject({
		state: 'blocked',
		failure: {code: 'rights-missing', exit: 'blocked', details: expect.arrayContaining(['kind: Role']) as string[]},
	});
	await expect(connect.perform(context(), literalWorld().reporter)).rejects.toMatchObject({
		parts: {code: 'rights-missing'},
	});
});

test('a context that leads to another cluster, and a right that was taken away, are evidence', async () => {
	const {context, reporter} = literalWorld({world: {cluster: allowing(true)}});
	expect(await connect.inspect(context())).toMatchObject({state: 'to-do'});
	const outcome = await connect.perform(context(), reporter);
	expect(failing(await connect.verify(context({connect: outcome})))).toEqual([]);
	const elsewhere = {...(outcome as object), cluster: {uid: 'other', version: 'v1', server: 's'}};
	expect(failing(await connect.verify(context({connect: elsewhere})))).toEqual(['cluster']);
	const denied = literalWorld({world: {cluster: allowing(false)}});
	expect(failing(await connect.verify(denied.context({connect: outcome})))).toEqual(['rights']);
});

test('a namespace without a workload of Ping is told', async () => {
	const {context} = literalWorld({world: {cluster: allowing(true)}});
	expect(await inventory.inspect(context())).toMatchObject({state: 'blocked', failure: {code: 'no-workloads'}});
});

test('a new workload without a pod cannot be looked at', async () => {
	const {context} = literalWorld({objects: [podObject('other-0', 'other')]});
	await expect(findNewServer(context())).rejects.toMatchObject({parts: {code: 'no-pod', retryable: true}});
	const {context: there} = literalWorld({objects: [podObject('new-0', 'new')]});
	await expect(findNewServer(there())).resolves.toMatchObject({target: {pod: 'new-0'}, ldapsPort: 1636});
});

test('a last round that is foretold to take longer than is allowed is not begun', () => {
	expect(tooLong(300, 60).parts).toMatchObject({code: 'freeze-too-long', exit: 'blocked', retryable: true});
	expect(tooLong(300, 60).parts.seen).toMatch(/5 min.*1 min|300.*60/v);
});

test('a last round is given up when its time is over', async () => {
	const context = literalWorld().context() as StepContext<LastRoundNeeds>;
	const allowed = allowedFrom(context.world.clock.now(), {budget: 60, forecast: undefined, toolSeconds: 0});
	const bounded = within(context, allowed);
	await expect.poll(() => bounded.context.signal.aborted).toBe(true);
	expect(bounded.context.signal.reason).toMatchObject({parts: {code: 'freeze-over-budget'}});
	bounded.end();
});

test('a profile of a product that is saved by hand is not made', async () => {
	const product = catalogue.map(({id}) => id).find(id => profileWayOf(id).kind === 'leave');
	const {context, reporter} = literalWorld();
	const base = context();
	const outcomes = {...base.outcomes, inventory: {workload: {name: 'x', product, container: 'c', pods: [], ports: {}}}};
	await expect(profile.perform({...base, outcomes}, reporter)).rejects.toMatchObject({
		parts: {code: 'profile-by-hand'},
	});
});

test('a password that nobody typed in this try is asked for, not guessed', async () => {
	const {context} = literalWorld({answers: {'admin-password-file': ''}});
	await expect(readPassword(context())).rejects.toMatchObject({
		parts: {code: 'password-not-typed', retryable: true},
	});
});

const blob = (text: string): string => createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex');

test('a profile that is not what was committed is not given to a new server', async () => {
	const git = {
		run: async () => ({exitCode: 0, stderr: '', stdout: `100644 blob ${blob('A=1\n')}\tpd/env_vars\0`}),
	};
	const outcomes = {profile: {repository: '/repo', branch: 'b', commit: 'c'.repeat(40), path: 'pd', files: 1}};
	const stand = literalWorld({world: {git}, outcomes, here: new Map([['/runs/r/profile/env_vars', 'A=1\n']])});
	const committed = await committedProfile(stand.context());
	expect(committed?.keys().toArray()).toEqual(['env_vars']);
	stand.here.set('/runs/r/profile/env_vars', 'A=2\n');
	const refused = committedProfile(stand.context());
	await expect(refused).rejects.toBeInstanceOf(Failure);
	await expect(refused).rejects.toMatchObject({parts: {code: 'profile-changed', exit: 'blocked'}});
	stand.here.delete('/runs/r/profile/env_vars');
	await expect(committedProfile(stand.context())).rejects.toMatchObject({parts: {code: 'profile-changed'}});
});

test('an image of a sprint before 2103 is no way to leave root', async () => {
	const {context, reporter} = literalWorld({answers: {strategy: 'fresh', image: '2101-8.2.0.0'}});
	await expect(strategy.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'image-too-old', exit: 'blocked'},
	});
});

const set = (replicas: number) => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {name: 'old'},
	spec: {replicas, template: {metadata: {}, spec: {containers: []}}},
});

test('a release that helm does not find is not changed', async () => {
	const helm = {release: async () => ({missing: 'There is no helm on the PATH.'}), byHand: () => 'helm status'};
	const {context} = literalWorld({world: {helm}, objects: [set(1)]});
	const owner = {kind: 'helm', release: 'users'} as const;
	const owned: Owned = {step: 'cut-over', changes: [{owner, before: set(1), after: set(0), only: ['replicas']}]};
	await expect(upgradeText(context(), owned)).rejects.toMatchObject({
		parts: {code: 'release-missing', seen: 'There is no helm on the PATH.'},
	});
});

test('a task that goes on though it was cancelled keeps its file from being cleared away', async () => {
	const {context} = literalWorld({
		pods: {'new-0': {counts: {}, files: new Map()}},
		lies: {
			job: 'exit 137\nImport task 7 scheduled to start immediately\n',
			task: 'dn: ds-task-id=7,cn=tasks\nds-task-id: 7\nds-task-state: running\n',
		},
	});
	const {world} = context();
	const server = {pods: world.pods, target: {pod: 'new-0', container: 'pingdirectory'}, ldapsPort: 1636};
	await expect(cancelWork(server, world.clock, '/log')).rejects.toMatchObject({
		parts: {code: 'task-not-cancelled', retryable: true},
	});
});
