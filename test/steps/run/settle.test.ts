import {expect, test} from 'vitest';
import type {FileEnd, ListedFile} from '../../../source/migration/listed.js';
import type {Reporter, StepContext} from '../../../source/migration/step.js';
import {isOfRun, settleHere, settlePods} from '../../../source/steps/run/settle.js';

type Settled = {readonly path: string; readonly end: FileEnd};

const inPod = (path: string, pod = 'pingdirectory-0'): ListedFile => ({
	place: {kind: 'pod', pod, container: 'pingdirectory'},
	path,
});

const here = (path: string): ListedFile => ({place: {kind: 'here'}, path});

/** A run with a list, pods that run and what rm leaves in them, and files that lie here. */
const stand = ({
	listed,
	pods = {},
	present = [],
	kind = 'StatefulSet',
}: {
	readonly listed: readonly ListedFile[];
	readonly pods?: Readonly<Record<string, readonly string[]>>;
	readonly present?: readonly string[];
	readonly kind?: 'StatefulSet' | 'Deployment';
}) => {
	const settled: Settled[] = [];
	const removed: string[] = [];
	const files = new Set(present);
	const context = {
		run: {id: 'r', folder: '/runs/r'},
		answers: {'seal-passphrase-file': '/p'},
		listed,
		outcomes: {inventory: {workload: {kind, name: 'pingdirectory', image: 'old'}}},
		world: {
			cluster: {
				get: async (_: string, name: string) => (Object.hasOwn(pods, name) ? {status: {phase: 'Running'}} : undefined),
				list: async () =>
					Object.keys(pods).map(name => ({
						metadata: {name, ownerReferences: [{kind: 'ReplicaSet', name: 'pingdirectory-7f'}]},
						status: {phase: 'Running'},
					})),
			},
			pods: {
				async script({pod}: {readonly pod: string}, _: string, [, ...paths]: readonly string[]) {
					removed.push(...paths.map(path => `${pod} ${path}`));
					return {
						exitCode: 0,
						stderr: '',
						stdout: [...(pods[pod] ?? []).map(path => `left ${path}`), 'looked'].join('\n'),
					};
				},
				byHand: ({pod}: {readonly pod: string}, argv: readonly string[]) => `${pod}: ${argv.join(' ')}`,
			},
			files: {
				stat: async (path: string) => (files.has(path) ? {bytes: 1, mode: 0o600, isFolder: false} : undefined),
				async shred(path: string) {
					files.delete(path);
				},
				async seal(path: string) {
					files.add(`${path}.sealed`);
					return `${path}.sealed`;
				},
			},
		},
	} as unknown as StepContext;
	const reporter: Reporter = {
		progress() {
			/* nothing is shown here */
		},
		log() {
			/* nothing is shown here */
		},
		note: async () => expect.unreachable(),
		frozen: async () => expect.unreachable(),
		thawed: async () => expect.unreachable(),
		async settle({path}, end) {
			settled.push({path, end});
		},
	};
	return {context, reporter, settled, removed, files};
};

const work = '/opt/out/unroot/r';

test('files in a pod that runs are removed with what was beside them, and looked for again', async () => {
	const {context, reporter, settled, removed} = stand({
		listed: [inPod(`${work}/a.ldif`), {...inPod(`${work}/b`), end: {kind: 'removed'}}],
		pods: {'pingdirectory-0': []},
	});
	expect(await settlePods(context, reporter)).toMatchObject([{holds: true}]);
	expect(removed).toEqual([
		`pingdirectory-0 ${work}/a.ldif`,
		`pingdirectory-0 ${work}/a.ldif.part`,
		`pingdirectory-0 ${work}/a.ldif.part.ranges`,
	]);
	expect(settled).toEqual([]);
});

test('what rm does not remove is told, with the command that does', async () => {
	const {context, reporter, settled} = stand({
		listed: [inPod(`${work}/a.ldif`), inPod(`${work}/b.ldif`)],
		pods: {'pingdirectory-0': [`${work}/a.ldif.part`]},
	});
	expect(await settlePods(context, reporter)).toMatchObject([
		{value: `still there: ${work}/a.ldif.part`, holds: false},
	]);
	expect(settled).toMatchObject([
		{path: `${work}/a.ldif`, end: {kind: 'left', byHand: expect.stringContaining(`rm -rf ${work}/a.ldif`) as string}},
	]);
});

test('what lies on the volume of a pod that is gone stands in the list as left', async () => {
	const {context, reporter, settled} = stand({listed: [inPod(`${work}/a.ldif`)]});
	expect(await settlePods(context, reporter)).toEqual([]);
	expect(settled).toMatchObject([{end: {kind: 'left', why: expect.stringMatching(/does not run/v) as string}}]);
});

test("a Deployment's pod that took the place of another has its volume", async () => {
	const {context, reporter, settled, removed} = stand({
		listed: [inPod(`${work}/a.ldif`, 'pingdirectory-7f-aa')],
		pods: {'pingdirectory-7f-bb': []},
		kind: 'Deployment',
	});
	await settlePods(context, reporter);
	expect(removed).toContain(`pingdirectory-7f-bb ${work}/a.ldif`);
	expect(settled).toEqual([{path: `${work}/a.ldif`, end: {kind: 'removed'}}]);
});

test('a journal that was edited by hand has nothing removed that is not of its run', async () => {
	const outside = [
		'/opt/out/instance/db',
		`${work}/../../instance`,
		'/tmp',
		'/opt/out/unroot/another/a.ldif',
		'/tmp/unroot-r2',
		'/tmp/unroot.opt.out.unroot.r2.log.pid',
	];
	for (const path of outside) {
		expect(isOfRun('r', path), path).toBe(false);
	}

	for (const path of [`${work}/a`, '/tmp/unroot-r', '/tmp/unroot-r/export', '/tmp/unroot.opt.out.unroot.r.log.pid']) {
		expect(isOfRun('r', path), path).toBe(true);
	}

	const {context, reporter, settled, removed, files} = stand({
		listed: [...outside.map(path => inPod(path)), here('../../home/data'), here('data/../../x')],
		pods: {'pingdirectory-0': []},
		present: ['/home/data', '/runs/x'],
	});
	await settlePods(context, reporter);
	await settleHere(context, reporter, 'shred');
	expect({settled, removed, files: [...files]}).toEqual({settled: [], removed: [], files: ['/home/data', '/runs/x']});
});

const local = ['data/userRoot.ldif', 'data/rejects-userRoot.ldif', 'data/proof-userRoot.ldif', 'plan.json'];

test.each([
	['keep', ['data/userRoot.ldif', 'data/rejects-userRoot.ldif', 'plan.json']],
	['seal', ['plan.json', 'data/userRoot.ldif.sealed', 'data/rejects-userRoot.ldif.sealed']],
	['shred', ['plan.json']],
] as const)('with «%s», what lies here is settled, and nothing half copied stays', async (keeping, left) => {
	const {context, reporter, settled, files} = stand({
		listed: [...local, 'data/gone.ldif'].map(path => here(path)),
		present: [...local, 'data/userRoot.ldif.part', 'data/userRoot.ldif.part.ranges', 'data/gone.ldif.part'].map(
			path => `/runs/r/${path}`,
		),
	});
	await settleHere(context, reporter, keeping);
	expect([...files].toSorted()).toEqual(left.map(path => `/runs/r/${path}`).toSorted());
	for (const path of left) {
		expect(settled).toContainEqual({path, end: expect.objectContaining({kind: 'kept'}) as FileEnd});
	}

	expect(settled).toContainEqual({path: 'data/gone.ldif', end: {kind: 'removed'}});
});
