import {expect, test} from 'vitest';
import {planManifests} from '../../../source/manifests/plan.js';
import type {Strategy} from '../../../source/manifests/strategy.js';
import type {Question, StepContext} from '../../../source/migration/step.js';
import {managerOf} from '../../../source/ping/inventory/manager.js';
import type {Manifest} from '../../../source/ping/workload.js';
import {apply} from '../../../source/steps/apply.js';
import {cutOver} from '../../../source/steps/cut-over/index.js';
import {clients, environment, facts, fresh, governing, oldSet, root} from '../../manifests/live.js';

type Marks = {
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
};

const marked = (object: Manifest, {labels, annotations}: Marks): Manifest => ({
	...object,
	metadata: {
		...object.metadata,
		labels: {...object.metadata.labels, ...labels},
		annotations: {...object.metadata.annotations, ...annotations},
	},
});

const ofHelm = (chart: string): Marks => ({
	labels: {'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': chart},
	annotations: {'meta.helm.sh/release-name': 'users'},
});
const ofArgo: Marks = {annotations: {'argocd.argoproj.io/tracking-id': 'users:apps/StatefulSet:identity/users'}};

type Given = {
	readonly strategy: Strategy;
	readonly workload?: Marks;
	readonly service?: Marks;
	readonly helm?: boolean;
	readonly answers?: Readonly<Record<string, string>>;
	readonly porcelain?: string;
};

/** A step's context after a preview, in a namespace whose objects bear these marks. */
const contextOf = ({
	strategy,
	workload = {},
	service = {},
	helm = false,
	answers = {},
	porcelain = '',
}: Given): StepContext => {
	const set = marked({...oldSet, metadata: {...oldSet.metadata, name: 'pingdirectory'}}, workload);
	const objects = [set, environment, marked(clients, service), governing];
	const known = {...facts, name: 'pingdirectory', manager: managerOf(set)};
	const decisions = strategy === 'root' ? {...root, newName: 'pingdirectory'} : fresh;
	const plan = JSON.stringify(planManifests({workload: known, objects, decisions}));
	const git: Readonly<Record<string, string>> = {
		'rev-parse --show-toplevel': '/repository\n',
		'status --porcelain': porcelain,
		'config user.name': 'Ada\n',
		'config user.email': 'ada@example.com\n',
	};
	const {profile, mounted, ...decided} = decisions;
	expect([profile, mounted]).toEqual([undefined, undefined]);
	return {
		run: {
			id: 'r',
			folder: '/runs/r',
			mode: 'migrate',
			context: 'c',
			namespace: 'identity',
			sandbox: false,
		},
		answers,
		secrets: new Map(),
		attempts: 0,
		notes: [],
		freezes: [],
		listed: [],
		signal: new AbortController().signal,
		outcomes: {
			inventory: {
				workload: known,
				others: [],
				isOpenShift: false,
				backends: [],
			},
			strategy: {...decided, fsGroup: decided.fsGroup ?? null},
			preview: {
				folder: '/runs/r/manifests',
				files: [],
				plan: {bytes: plan.length, sha256: 'of the plan'},
				commit: null,
			},
		},
		world: {
			cluster: {get: async (kind: string) => (kind === 'StatefulSet' ? set : undefined)},
			files: {
				fingerprint: async () => ({bytes: plan.length, sha256: 'of the plan'}),
				readText: async () => plan,
				stat: async () => ({bytes: 0, mode: 0o755, isFolder: true}),
			},
			helm: {
				release: async () =>
					helm
						? {
								revision: 3,
								status: 'deployed',
								chart: 'ping-devops',
								version: '0.9.10',
							}
						: {missing: 'There is no helm on the PATH.'},
			},
			git: {
				run: async (_: string, argv: readonly string[]) => ({
					exitCode: 0,
					stdout: git[argv.join(' ')] ?? '',
					stderr: '',
				}),
				locks: async () => [],
			},
		} as unknown as StepContext['world'],
	};
};

const ask = async (given: Given): Promise<readonly Question[]> =>
	(given.strategy === 'root' ? apply : cutOver).questions(contextOf(given));

const valuesOf = (question: Question | undefined): readonly string[] =>
	question?.kind === 'choice' ? question.options.map(({value}) => value) : [];

test('what nobody owns is changed without a question more', async () => {
	expect(await ask({strategy: 'root'})).toEqual([]);
	const questions = await ask({strategy: 'fresh'});
	expect(questions.map(({id}) => id)).toEqual(['cut-over']);
});

test.each<readonly [string, Given, readonly string[], RegExp]>([
	[
		'a release of the chart, and a helm that finds it',
		{strategy: 'root', workload: ofHelm('ping-devops-0.9.10'), helm: true},
		['upgrade', 'wait'],
		/^It is owned by Helm release users, which/v,
	],
	[
		'a release of the chart, but no helm',
		{strategy: 'root', workload: ofHelm('ping-devops-0.9.10')},
		['wait'],
		/cannot run helm upgrade: There is no helm on the PATH\.$/v,
	],
	[
		'objects of a chart that nobody installed as a release',
		{strategy: 'root', workload: {labels: ofHelm('ping-devops-0.9.10').labels ?? {}}},
		['wait'],
		/no mark of an installed release: a GitOps tool may render it\.$/v,
	],
	[
		'a release of another chart',
		{strategy: 'root', workload: ofHelm('users-1.0.0'), helm: true},
		['wait', 'patch'],
		/made from users-1\.0\.0: which of its values make this change it cannot say/v,
	],
	[
		'an application of Argo CD',
		{strategy: 'root', workload: ofArgo, helm: true},
		['wait'],
		/^It is owned by the Argo CD application users, which/v,
	],
	[
		'a release whose Service would have to move',
		{
			strategy: 'fresh',
			workload: ofHelm('ping-devops-0.9.10'),
			service: ofHelm('ping-devops-0.9.10'),
			helm: true,
		},
		['wait', 'patch'],
		/give Service\/users its selector; no value of the chart leads it to other pods/v,
	],
	[
		"a release that owns the workload, and a Service of nobody's",
		{strategy: 'fresh', workload: ofHelm('ping-devops-0.9.10'), helm: true},
		['upgrade', 'wait'],
		/^It is owned by Helm release users, which/v,
	],
	[
		'a chart in which no product can have zero replicas',
		{strategy: 'fresh', workload: ofHelm('ping-devops-0.8.4'), helm: true},
		['wait', 'patch'],
		/No value that unroot knows of sets the replicas of pingdirectory to 0 in ping-devops-0\.8\.4/v,
	],
	[
		'a GitOps tool that applies plain manifests',
		{strategy: 'fresh', workload: ofArgo, service: ofArgo},
		['wait'],
		/take back what is changed behind it\.$/v,
	],
	[
		'a GitOps tool that installs the chart',
		{strategy: 'fresh', workload: ofArgo, service: {...ofArgo, labels: {'helm.sh/chart': 'ping-devops-0.9.10'}}},
		['wait', 'patch'],
		/no value of the chart leads it to other pods/v,
	],
])('%s: the operator is asked who makes the change', async (_, given, values, why) => {
	const [question] = await ask(given);
	expect(question?.id).toBe(given.strategy === 'root' ? 'apply-owner' : 'cut-over-owner');
	expect(valuesOf(question)).toEqual(values);
	expect(question?.why).toMatch(why);
	expect(question?.kind === 'choice' && question.recommended).toBe(values[0]);
});

test('before a commit the operator is asked where to, and about what git already says', async () => {
	const given: Given = {
		strategy: 'root',
		workload: ofHelm('ping-devops-0.9.10'),
		helm: true,
		porcelain: ' M values.yaml\n',
		answers: {'apply-owner': 'upgrade', 'owner-repository': '/repository'},
	};
	const questions = await ask(given);
	expect(questions.map(({id}) => id)).toEqual(['helm-chart', 'owner-repository', 'profile-dirty']);
	expect(await ask({...given, workload: ofHelm('users-1.0.0'), answers: {'apply-owner': 'patch'}})).toEqual([]);
});

test('a patch past the owner says before it is made what may become of it', async () => {
	const context = contextOf({
		strategy: 'fresh',
		workload: ofHelm('ping-devops-0.9.10'),
		service: ofHelm('ping-devops-0.9.10'),
		answers: {'cut-over-owner': 'patch'},
	});
	const {summary, commands} = await cutOver.preview({
		...context,
		world: {
			...context.world,
			kubectl: {...context.world.kubectl, byHand: (...argv: readonly string[]) => argv.join(' ')},
		},
	});
	expect(summary.at(-1)).toBe(
		'The next sync or upgrade of Helm release users may undo it: clients would then be led to a server that is ' +
			'scaled down.',
	);
	expect(commands.some(command => command.startsWith('patch service users'))).toBe(true);
});
