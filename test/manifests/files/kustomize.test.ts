import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {planFiles} from '../../../source/manifests/files/plan-files.js';
import {fieldOf} from '../../../source/ping/fields.js';
import {reading} from '../reading.js';
import {canRunTools, realTools} from '../real-tools.js';

const service = `apiVersion: v1
kind: Service
metadata: {name: users}
spec:
  selector: {app: users}
  ports:
  - {name: ldaps, port: 636}
`;
const set = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  serviceName: users-cluster
  replicas: 2
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
      - name: pingdirectory
        image: pingidentity/pingdirectory:2102
        env:
        - {name: PING_CONTAINER_PRIVILEGED, value: "true"}
        - {name: LDAPS_PORT, value: "636"}
        ports: [{containerPort: 636}]
        volumeMounts: [{name: out-dir, mountPath: /opt/out}]
  volumeClaimTemplates:
  - metadata: {name: out-dir}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Gi}}}
`;
const kustomization = 'resources:\n- service.yaml\n- set.yaml\nnamespace: shop\n';
const sources = {'service.yaml': service, 'set.yaml': set, 'kustomization.yaml': kustomization};

type Built = {kind: string; metadata: {name: string; namespace: string}; spec: unknown};
const container = ['template', 'spec', 'containers', 0];
let folder: string;

/** Plans the base into the folder and builds an overlay with the real kubectl, of the PATH where no other is named. */
const build = async (strategy: 'fresh' | 'root', overlay: string, kubectl = 'kubectl'): Promise<readonly Built[]> => {
	const out = path.join(folder, strategy);
	const plan = planFiles({
		files: Object.entries(sources).map(([name, text]) => reading(path.join(folder, 'base', name), text)),
		strategy,
		tag: '2109',
		wayTo: (from, file) => path.relative(path.join(out, from), path.dirname(file)),
	});
	for (const {name, text} of plan.files) {
		await mkdir(path.dirname(path.join(out, name)), {recursive: true});
		await writeFile(path.join(out, name), text);
	}

	const stdout = execFileSync(kubectl, ['kustomize', path.join(out, overlay)], {encoding: 'utf8'});
	return parseAllDocuments(stdout).map(document => document.toJS() as Built);
};

beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'unroot-kustomize-'));
	await mkdir(path.join(folder, 'base'));
	for (const [name, text] of Object.entries(sources)) {
		await writeFile(path.join(folder, 'base', name), text);
	}
});

afterAll(async () => {
	await rm(folder, {recursive: true});
});

describe('overlays that the real kubectl builds', () => {
	test('root: the workload patched, the Service as it was', async () => {
		const built = await build('root', 'kustomize');
		expect(built.map(({kind, metadata}) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
			'Service shop/users',
			'StatefulSet shop/users',
		]);
		expect(built[0]!.spec).toEqual({selector: {app: 'users'}, ports: [{name: 'ldaps', port: 636}]});
		expect(fieldOf(built[1]!.spec, 'template', 'spec')).toMatchObject({
			securityContext: {runAsUser: 0, runAsGroup: 0, runAsNonRoot: false},
			containers: [{image: 'pingidentity/pingdirectory:2109', ports: [{containerPort: 636}]}],
		});
	});

	test('fresh: the new objects beside the old ones, with the old ones unchanged', async () => {
		const built = await build('fresh', 'kustomize/beside');
		expect(built.map(({kind, metadata}) => `${kind} ${metadata.namespace}/${metadata.name}`).toSorted()).toEqual([
			'Service shop/users',
			'Service shop/users-2109-cluster',
			'StatefulSet shop/users',
			'StatefulSet shop/users-2109',
		]);
		expect(
			fieldOf(
				built.find(({kind, metadata}) => kind === 'StatefulSet' && metadata.name === 'users')!.spec,
				...container,
				'image',
			),
		).toBe('pingidentity/pingdirectory:2102');
		expect(fieldOf(built.find(({metadata}) => metadata.name === 'users-2109')!.spec, ...container, 'env')).toEqual([
			{name: 'LDAPS_PORT', value: '1636'},
			{name: 'MAKELDIF_USERS', value: '0'},
		]);
	});

	test('fresh, at the cut-over: the Service moved, its port as it was', async () => {
		const built = await build('fresh', 'kustomize/cut-over');
		expect(built.find(({kind, metadata}) => kind === 'Service' && metadata.name === 'users')!.spec).toEqual({
			selector: {app: 'users-2109'},
			ports: [{name: 'ldaps', port: 636, targetPort: 1636}],
		});
	});

	test.skipIf(!canRunTools).each([
		['root', 'kustomize'],
		['fresh', 'kustomize/beside'],
		['fresh', 'kustomize/cut-over'],
	] as const)(
		'%s, %s: alike with kubectl 1.35 and with the one of the PATH (skipped where this build of 1.35 does not ' +
			'run: it is for Linux on x64)',
		async (strategy, overlay) => {
			const {kubectl} = await realTools();
			expect(await build(strategy, overlay, kubectl)).toEqual(await build(strategy, overlay));
		},
	);
});
