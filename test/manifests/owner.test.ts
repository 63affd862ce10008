import {execFileSync} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {applyEdits, set, type Edit} from '../../source/manifests/objects/edit.js';
import {ownerPatch} from '../../source/manifests/objects/owner-patch.js';
import {differencesOf} from '../../source/manifests/objects/shape.js';
import {planManifests} from '../../source/manifests/plan.js';
import type {ManifestFile} from '../../source/manifests/strategy.js';
import type {Manifest} from '../../source/ping/workload.js';
import {environment, facts, fresh, namespaceObjects, oldSet, root} from './live.js';

/**
The owner's own manifests of what is live: in another order, without what the API server fills in, and with a container
more.
*/
const ownersSet = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  replicas: 3
  serviceName: users-cluster
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users, team: iam}}
    spec:
      containers:
      - name: audit
        image: registry.example.com/audit:1
      - name: pingdirectory
        image: registry.example.com/pingidentity/pingdirectory:2102-8.2.0.1
        env:
        - {name: PING_CONTAINER_PRIVILEGED, value: "true"}
        - {name: ROOT_USER_PASSWORD_FILE, value: /run/secrets/root-user-password}
        - {name: LDAPS_PORT, value: "636"}
        ports: [{containerPort: 8989}, {containerPort: 443}, {containerPort: 389}, {containerPort: 636}]
`;
const ownersService = `apiVersion: v1
kind: Service
metadata: {name: users}
spec:
  selector: {app: users}
  ports: [{name: https, port: 443}, {name: ldaps, port: 636, targetPort: 636}, {name: ldap, port: 389, targetPort: ldap}]
`;

/** Builds the owner's manifests with a patch, by the real kubectl. */
const build = async (base: string, patch: ManifestFile): Promise<Manifest> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'unroot-owner-'));
	onTestFinished(async () => rm(folder, {recursive: true}));
	await writeFile(path.join(folder, 'base.yaml'), base);
	await writeFile(path.join(folder, patch.name), patch.text);
	await writeFile(
		path.join(folder, 'kustomization.yaml'),
		`resources: [base.yaml]\npatches: [{path: ${patch.name}}]\n`,
	);
	const [document] = parseAllDocuments(execFileSync('kubectl', ['kustomize', folder], {encoding: 'utf8'}));
	return document?.toJS() as Manifest;
};

/** Kustomize puts what it patched first. */
const byName = <Named extends {readonly name: string}>(items: readonly Named[] = []): readonly Named[] =>
	items.toSorted((one, other) => one.name.localeCompare(other.name));

const podOf = (object: Manifest) =>
	(
		object.spec as {
			readonly template: {
				readonly spec: {
					readonly securityContext?: unknown;
					readonly containers: ReadonlyArray<{
						readonly name: string;
						readonly image: string;
						readonly env?: ReadonlyArray<{readonly name: string; readonly value: string}>;
					}>;
				};
			};
		}
	).template.spec;

const environmentOf = (object: Manifest): Readonly<Record<string, string>> =>
	Object.fromEntries(byName(podOf(object).containers)[1]!.env!.map(({name, value}) => [name, value]));

const imagesOf = (object: Manifest): ReadonlyArray<readonly [string, string]> =>
	byName(podOf(object).containers).map(({name, image}) => [name, image]);

const inPlace = (): {readonly before: Manifest; readonly after: Manifest} => {
	const {apply, before} = planManifests({workload: facts, objects: namespaceObjects, decisions: root});
	return {before: before[0]!, after: apply[0]!};
};

describe('a patch for the owner', () => {
	test('makes root of his own manifest, whatever its order and however little it says', async () => {
		const {before, after} = inPlace();
		const built = await build(ownersSet, ownerPatch(before, after));
		expect(podOf(built).securityContext).toEqual({runAsUser: 0, runAsGroup: 0, runAsNonRoot: false});
		expect(imagesOf(built)).toEqual([
			['audit', 'registry.example.com/audit:1'],
			['pingdirectory', 'registry.example.com/pingidentity/pingdirectory:2109-8.3.0.0'],
		]);
		expect(environmentOf(built)).toEqual({
			ROOT_USER_PASSWORD_FILE: '/run/secrets/root-user-password',
			LDAP_PORT: '389',
			LDAPS_PORT: '636',
			HTTPS_PORT: '443',
			JMX_PORT: '689',
		});
	});

	test('takes it back', async () => {
		const {before, after} = inPlace();
		const there = await build(ownersSet, ownerPatch(before, after));
		const back = await build(JSON.stringify(there), ownerPatch(after, before));
		const own = parse(ownersSet) as Manifest;
		expect(podOf(back).securityContext ?? {}).toEqual({});
		expect(imagesOf(back)).toEqual(imagesOf(own));
		expect(environmentOf(back)).toEqual(environmentOf(own));
	});

	test('leads his Service to the new pods', async () => {
		const {switches} = planManifests({workload: facts, objects: namespaceObjects, decisions: fresh});
		const {before, after} = switches[0]!;
		const {spec} = await build(ownersService, ownerPatch(before, after));
		const {selector, ports} = spec as {
			readonly selector: unknown;
			readonly ports: ReadonlyArray<{readonly name: string}>;
		};
		expect(selector).toEqual({app: 'users-2109'});
		expect(byName(ports)).toEqual([
			{name: 'https', port: 443, targetPort: 1443},
			{name: 'ldap', port: 389, targetPort: 'ldap'},
			{name: 'ldaps', port: 636, targetPort: 1636},
		]);
	});
});

describe('what is still different', () => {
	const container = ['spec', 'template', 'spec', 'containers', 0];
	const seen = (object: Manifest, ...others: readonly Manifest[]): readonly string[] =>
		differencesOf(inPlace().after, [object, ...others]).map(({what, wanted, is}) => `${what}: ${is}, wanted ${wanted}`);
	const edited = (...edits: readonly Edit[]): Manifest => applyEdits(inPlace().after, edits);

	test('is nothing, once the object is as it was planned, or was brought there in another way', () => {
		expect(seen(inPlace().after)).toEqual([]);
		const fromMap = edited(set([...container, 'env'], []));
		expect(
			seen(fromMap, {
				...environment,
				data: {
					LDAP_PORT: '389',
					LDAPS_PORT: '636',
					HTTPS_PORT: '443',
					JMX_PORT: '689',
				},
			}),
		).toEqual([]);
		expect(
			seen(
				edited(
					set(['spec', 'template', 'spec', 'securityContext'], {}),
					set([...container, 'securityContext'], {runAsUser: 0, runAsGroup: 0}),
				),
			),
		).toEqual([]);
	});

	test.each<readonly [string, readonly Edit[], readonly string[]]>([
		[
			'the user of the image',
			[set(['spec', 'template', 'spec', 'securityContext'], {})],
			[
				'user: 9031:0, wanted 0:0',
				'root: unknown, wanted allowed',
				'capabilities: unknown, wanted all that root needs',
			],
		],
		[
			'root refused',
			[set(['spec', 'template', 'spec', 'securityContext', 'runAsNonRoot'], true)],
			['root: refused by runAsNonRoot, wanted allowed'],
		],
		[
			'capabilities dropped',
			[set([...container, 'securityContext'], {capabilities: {drop: ['ALL'], add: ['CHOWN']}})],
			['capabilities: without NET_BIND_SERVICE, DAC_OVERRIDE, FOWNER, wanted all that root needs'],
		],
		['fewer replicas', [set(['spec', 'replicas'], 1)], ['replicas: 1, wanted 3']],
	])('is %s', (_, edits, differences) => {
		expect(seen(edited(...edits))).toEqual(differences);
	});

	test('is all of it before anything was changed, and that there is nothing where the object is gone', () => {
		expect(seen(oldSet, environment).map(line => line.split(':', 1)[0])).toEqual(['image']);
		expect(seen(environment)).toEqual(['object: is not there, wanted is there']);
	});
});
