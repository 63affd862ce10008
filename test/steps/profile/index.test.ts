import {expect, test} from 'vitest';
import type {Json} from '../../../source/migration/json.js';
import type {StepContext} from '../../../source/migration/step.js';
import type {PodShell} from '../../../source/migration/world.js';
import {catalogue} from '../../../source/ping/catalogue/index.js';
import {profile} from '../../../source/steps/profile/index.js';
import {profileWayOf} from '../../../source/steps/profile/ways.js';

const never = async (): Promise<never> => {
	throw new Error('is not to be called');
};

/** A context with a workload of a product, whose pod says this of itself. */
const contextFor = (product: string, said: string, isInGit = false): StepContext => ({
	run: {
		id: 'r',
		folder: '/runs/r',
		mode: 'migrate',
		context: 'c',
		namespace: 'identity',
		sandbox: false,
	},
	answers: {},
	secrets: new Map(),
	attempts: 0,
	notes: [],
	freezes: [],
	listed: [],
	signal: new AbortController().signal,
	outcomes: {
		inventory: {
			workload: {
				name: `${product}-x`,
				product,
				container: product,
				pods: [`${product}-x-0`],
				ports: {},
				services: [],
			},
			others: [],
			isOpenShift: false,
			backends: [],
		},
	},
	world: {
		pods: {
			run: never,
			script: async () => ({exitCode: 0, stdout: said, stderr: ''}),
			byHand: () => 'kubectl exec',
		} satisfies PodShell,
		git: {
			version: never,
			run: async (folder: string, argv: readonly string[]) =>
				folder === '/runs/r' && isInGit && argv[0] === 'rev-parse'
					? {exitCode: 0, stdout: '/runs\n', stderr: ''}
					: {exitCode: 128, stdout: '', stderr: 'fatal: not a git repository'},
		},
	} as unknown as StepContext['world'],
});

test('every product of the catalogue has its profile collected, or is told how to save it by hand', () => {
	const collected = catalogue.filter(({id}) => profileWayOf(id).kind === 'collect').map(({id}) => id);
	expect(collected.toSorted((one, other) => one.localeCompare(other))).toEqual([
		'pingaccess',
		'pingauthorize',
		'pingdatagovernance',
		'pingdatasync',
		'pingdirectory',
		'pingdirectoryproxy',
		'pingfederate',
	]);
});

test.each([
	[
		'pingcentral',
		/save it by hand.*instance\/conf\/application\.properties\.subst.*Keep out of git:.*pingcentral\.jwk.*carried by a copy of the database together with pingcentral\.jwk/v,
	],
	['pingdelegator', /save it by hand.*hooks\/50-before-post-start\.sh/v],
	['pingauthorizepap', /carried by an export of the policies in its console/v],
	['pingtoolkit', /has no server profile/v],
	['something-else', /is not a product that is known here/v],
])('the profile of %s is left to the operator, who is told what and where', async (product, why) => {
	const seen = await profile.inspect(contextFor(product, ''));
	expect(seen).toMatchObject({state: 'not-needed'});
	expect(seen.state === 'not-needed' && seen.why).toMatch(why);
});

test('an engine takes its configuration from the administration node, and is not asked for it', async () => {
	expect(await profile.inspect(contextFor('pingfederate', 'mode CLUSTERED_ENGINE\ncurl yes\n'))).toMatchObject({
		state: 'not-needed',
		why: expect.stringContaining('is an engine') as string,
	});
	expect(await profile.inspect(contextFor('pingfederate', 'mode CLUSTERED_CONSOLE\ncurl yes\n'))).toMatchObject({
		state: 'to-do',
	});
});

test('a pod of a Deployment that was replaced since the inventory is asked under its new name', async () => {
	const context = contextFor('pingfederate', '');
	const asked: string[] = [];
	const pods: PodShell = {
		run: never,
		async script({pod}) {
			asked.push(pod);
			return {exitCode: 0, stdout: 'mode CLUSTERED_CONSOLE\ncurl yes\n', stderr: ''};
		},
		byHand: () => 'kubectl exec',
	};
	const inventory = context.outcomes.inventory as {readonly workload: Readonly<Record<string, Json>>};
	const list = async () => [
		{
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: {name: 'pingfederate-x-5d-new', ownerReferences: [{kind: 'ReplicaSet', name: 'pingfederate-x-5d'}]},
			status: {phase: 'Running'},
		},
	];
	const seen = await profile.inspect({
		...context,
		outcomes: {
			inventory: {...inventory, workload: {...inventory.workload, kind: 'Deployment', image: 'pingfederate:2102'}},
		},
		world: {...context.world, pods, cluster: {list}} as unknown as StepContext['world'],
	});
	expect(seen).toMatchObject({state: 'to-do'});
	expect(asked).toEqual(['pingfederate-x-5d-new']);
});

test("a run's folder inside a git work tree is refused before a key lies in it", async () => {
	expect(await profile.inspect(contextFor('pingaccess', 'mode \ncurl yes\n', true))).toMatchObject({
		state: 'blocked',
		failure: {code: 'run-inside-git'},
	});
});

test('the password is asked for by the name of its file, and has no recommendation', async () => {
	const questions = await profile.questions(contextFor('pingaccess', 'mode \n'));
	const [user, password] = ['profile-admin-user', 'profile-admin-password-file'].map(id =>
		questions.find(question => question.id === id),
	);
	expect(user).toMatchObject({recommended: 'Administrator'});
	expect(password).toMatchObject({kind: 'text'});
	expect(password).not.toHaveProperty('recommended');
});
