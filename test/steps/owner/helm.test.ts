import {expect, test} from 'vitest';
import {planManifests} from '../../../source/manifests/plan.js';
import type {JsonObject} from '../../../source/migration/json.js';
import type {Reporter, StepContext} from '../../../source/migration/step.js';
import type {HelmOrder, HelmRelease} from '../../../source/migration/world.js';
import type {Manifest} from '../../../source/ping/workload.js';
import {rollBackRelease, upgradeRelease, upgradeText} from '../../../source/steps/owner/helm.js';
import type {Owned} from '../../../source/steps/owner/index.js';
import {environment, facts, namespaceObjects, root} from '../../manifests/live.js';

const plan = planManifests({workload: facts, objects: namespaceObjects, decisions: root});
const [after] = plan.apply;
const [before] = plan.before;

const owned: Owned = {
	step: 'apply',
	changes: [{owner: {kind: 'helm', release: 'users', chart: 'ping-devops-0.9.10'}, before: before!, after: after!}],
	values: {name: 'helm/values-users.yaml', text: 'pingdirectory: {image: {tag: 2109-8.3.0.0}}\n'},
};

/** A release, and a cluster that shows what the release has, as they stand; tests change them. */
type Stand = {
	release: HelmRelease;
	live: Manifest;
	rendered: {chart: string; version: string; object: Manifest};
	readonly done: string[];
	readonly notes: JsonObject[];
};

const standing = (changes: Partial<Stand> = {}): Stand => ({
	release: {
		revision: 3,
		status: 'deployed',
		chart: 'ping-devops',
		version: '0.9.10',
	},
	live: before!,
	rendered: {chart: 'ping-devops', version: '0.9.10', object: after!},
	done: [],
	notes: [],
	...changes,
});

/** A step's context over it. What was handed over before is on its branch. */
const contextOf = (stand: Stand): StepContext => ({
	run: {
		id: 'r',
		folder: '/runs/r',
		mode: 'migrate',
		context: 'c',
		namespace: 'identity',
		sandbox: false,
	},
	answers: {'apply-owner': 'upgrade', 'helm-chart': 'pingidentity/ping-devops', 'owner-repository': '/repository'},
	secrets: new Map(),
	attempts: 0,
	freezes: [],
	notes: [
		{
			kind: 'handed-over',
			direction: 'there',
			repository: '/repository',
			branch: 'unroot/r',
			isPushed: false,
			commit: 'abc',
			files: ['/runs/r/owner/apply/values-users.yaml'],
		},
		...stand.notes,
	],
	listed: [],
	signal: new AbortController().signal,
	outcomes: {},
	world: {
		cluster: {get: async () => stand.live, list: async () => [environment]},
		files: {
			async writeText() {
				/* what is written is not looked at here */
			},
		},
		git: {run: async () => ({exitCode: 0, stdout: '', stderr: ''})},
		helm: {
			release: async () => stand.release,
			manifest: async () => [before, environment],
			dryRun: async () => ({
				chart: stand.rendered.chart,
				version: stand.rendered.version,
				objects: [stand.rendered.object, environment],
			}),
			async upgrade({release, chart, version}: HelmOrder, path: string) {
				stand.done.push(`upgrade ${release} ${chart} ${version} ${path}`);
				stand.release = {...stand.release, revision: stand.release.revision + 1};
				stand.live = stand.rendered.object;
			},
			async rollback(name: string, revision: number) {
				stand.done.push(`rollback ${name} ${revision}`);
				stand.release = {...stand.release, revision: stand.release.revision + 1};
				stand.live = before!;
			},
			byHand: (...argv: readonly string[]) => `helm ${argv.join(' ')}`,
		},
	} as unknown as StepContext['world'],
});

const reporterOf = ({notes}: Stand): Reporter => ({
	async frozen() {
		/* nothing here refuses writes */
	},
	async thawed() {
		/* nothing here refuses writes */
	},
	progress() {
		/* nothing is shown here */
	},
	log() {
		/* nothing is shown here */
	},
	async note(note) {
		notes.push(note);
	},
	async settle() {
		/* nothing is settled here */
	},
});

const upgrade = async (stand: Stand): Promise<void> => upgradeRelease(contextOf(stand), owned, reporterOf(stand));

const rollBack = async (stand: Stand) => rollBackRelease(contextOf(stand), owned, reporterOf(stand));

test('the dry run says which objects change', async () => {
	expect(await upgradeText(contextOf(standing()), owned)).toEqual([
		'Helm renders 2 objects of users in a dry run; of these change: StatefulSet/users.',
	]);
});

test('an upgrade is noted before it is run, is not run twice, and is rolled back to where it began', async () => {
	const stand = standing();
	await upgrade(stand);
	await upgrade(stand);
	expect(stand.done).toEqual(['upgrade users pingidentity/ping-devops 0.9.10 /runs/r/owner/apply/values-users.yaml']);
	expect(stand.notes).toEqual([{kind: 'upgrade', release: 'users', from: 3}]);
	expect(await rollBack(stand)).toEqual([{label: 'Helm release users', value: 'is as in revision 3', holds: true}]);
	expect(await rollBack(stand)).toEqual([{label: 'StatefulSet/users', value: 'is as it was', holds: true}]);
	expect(stand.done.slice(1)).toEqual(['rollback users 3']);
});

test.each<readonly [string, Partial<Stand>, string]>([
	[
		'another version of the chart',
		{rendered: {chart: 'ping-devops', version: '0.12.0', object: after!}},
		'chart-other',
	],
	['another chart', {rendered: {chart: 'users', version: '0.9.10', object: after!}}, 'chart-other'],
	[
		'values that change nothing',
		{rendered: {chart: 'ping-devops', version: '0.9.10', object: before!}},
		'values-without-effect',
	],
	[
		'a release that another helm is at',
		{
			release: {
				revision: 4,
				status: 'pending-upgrade',
				chart: 'ping-devops',
				version: '0.9.10',
			},
		},
		'release-pending',
	],
])('%s: nothing is upgraded', async (_, changes, code) => {
	const stand = standing(changes);
	await expect(upgrade(stand)).rejects.toMatchObject({parts: {code}});
	expect(stand.done).toEqual([]);
	expect(stand.notes).toEqual([]);
});

test('an upgrade that the cluster does not show is not called done', async () => {
	const stand = standing();
	const context = contextOf(stand);
	const {helm} = context.world;
	const silent = {
		...context,
		world: {
			...context.world,
			helm: {
				...helm,
				async upgrade() {
					/* Helm says that all is well */
				},
			},
		},
	};
	await expect(upgradeRelease(silent, owned, reporterOf(stand))).rejects.toMatchObject({
		parts: {code: 'upgrade-incomplete', retryable: true},
	});
});

test('a release that somebody upgraded since is not rolled back', async () => {
	const stand = standing();
	await upgrade(stand);
	stand.release = {...stand.release, revision: 5};
	await expect(rollBack(stand)).rejects.toMatchObject({
		parts: {code: 'release-moved-on', byHand: 'helm history users'},
	});
	expect(stand.done).toHaveLength(1);
});

test('a release that unroot did not upgrade is left alone', async () => {
	const stand = standing({live: after!});
	expect(await rollBack(stand)).toEqual([]);
	expect(stand.done).toEqual([]);
});
