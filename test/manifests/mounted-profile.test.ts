import {Buffer} from 'node:buffer';
import {describe, expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {fitsObjects} from '../../source/manifests/fresh/bundle.js';
import {applyEdits, set} from '../../source/manifests/objects/edit.js';
import {planManifests} from '../../source/manifests/plan.js';
import type {ManifestPlan, MountedProfile} from '../../source/manifests/strategy.js';
import {fieldOf, listOf, mapOf} from '../../source/ping/fields.js';
import type {Manifest} from '../../source/ping/workload.js';
import {facts, fresh, namespaceObjects, oldSet} from './live.js';

const podSpec = ['spec', 'template', 'spec'];
const server = [...podSpec, 'containers', 0];

const files = new Map([
	['pd.profile/dsconfig/00-config.dsconfig', Buffer.from('dsconfig set-x-prop --set a:b\n')],
	['pd.profile/server-sdk-extensions/one.zip', Buffer.from([0x50, 0x4b, 0, 0xff])],
	['env_vars', Buffer.from('A=1\n')],
]);

const planWith = (mounted: MountedProfile, change: (old: Manifest) => Manifest = old => old): ManifestPlan =>
	planManifests({
		workload: facts,
		objects: namespaceObjects.map(object => (object === oldSet ? change(object) : object)),
		decisions: {...fresh, mounted},
	});

const workloadOf = ({apply}: ManifestPlan): Manifest => apply.find(({kind}) => kind === 'StatefulSet')!;

const mountsOf = (plan: ManifestPlan): ReadonlyArray<readonly [path: unknown, subPath: unknown]> =>
	listOf(fieldOf(workloadOf(plan), ...server, 'volumeMounts'))
		.map(mount => mapOf(mount))
		.filter(({name}) => name === 'server-profile')
		.map(({mountPath, subPath}) => [mountPath, subPath]);

const withMount = (mountPath: string) => (old: Manifest) => {
	const path = [...server, 'volumeMounts'];
	return applyEdits(old, [set([...path, listOf(fieldOf(old, ...path)).length], {name: 'licence', mountPath})]);
};

describe('a profile that is mounted', () => {
	test('lies in a ConfigMap, text as text and bytes as bytes, each file at its path below /opt/in', () => {
		const plan = planWith({kind: 'ConfigMap', files});
		const map = plan.apply.find(({metadata}) => metadata.name === 'users-2109-profile');
		expect(map?.kind).toBe('ConfigMap');
		expect(Object.values(mapOf(map?.data))).toEqual(['dsconfig set-x-prop --set a:b\n', 'A=1\n']);
		expect(Object.values(mapOf(map?.binaryData))).toEqual([Buffer.from([0x50, 0x4b, 0, 0xff]).toString('base64')]);
		const volume = mapOf(
			listOf(fieldOf(workloadOf(plan), ...podSpec, 'volumes')).find(each => mapOf(each).name === 'server-profile'),
		);
		const [source] = listOf(fieldOf(volume, 'projected', 'sources'));
		const items = listOf(fieldOf(source, 'configMap', 'items')).map(item => mapOf(item));
		const keys = new Set(['data', 'binaryData'].flatMap(field => Object.keys(mapOf(mapOf(map)[field]))));
		expect(items.map(({path}) => path)).toEqual(files.keys().toArray());
		expect(new Set(items.map(({key}) => key))).toEqual(keys);
	});

	test('is mounted by sub-path, because the images follow no link', () => {
		expect(mountsOf(planWith({kind: 'Secret', files}))).toEqual([
			['/opt/in/pd.profile', 'pd.profile'],
			['/opt/in/env_vars', 'env_vars'],
		]);
	});

	test('gives each file a mount of its own beside what is mounted there already', () => {
		const licence = '/opt/in/pd.profile/server-root/pre-setup/PingDirectory.lic';
		expect(mountsOf(planWith({kind: 'ConfigMap', files}, withMount(licence)))).toEqual(
			files
				.keys()
				.map(path => [`/opt/in/${path}`, path])
				.toArray(),
		);
		expect(mountsOf(planWith({kind: 'ConfigMap', files}, withMount('/opt/in/pd.profile/dsconfig')))).toEqual(
			files
				.keys()
				.drop(1)
				.map(path => [`/opt/in/${path}`, path])
				.toArray(),
		);
	});

	test.each([
		[{kind: 'ConfigMap', files}, '/opt/in/'],
		[{kind: 'claim', name: 'profile'}, '/opt/in/pd.profile/x'],
	] as const)('does not cover what is mounted there: %o at %s', (mounted, path) => {
		expect(() => planWith(mounted, withMount(path))).toThrow(Failure);
	});

	test('is cut over as many objects as it needs, and does not fit where one file is too large', () => {
		const large = (kibibytes: number) => Buffer.alloc(kibibytes * 1024, 'x');
		const many = new Map([...'abc'].map(name => [`pd.profile/${name}`, large(400)]));
		const maps = planWith({kind: 'ConfigMap', files: many}).apply.filter(({metadata}) =>
			metadata.name.startsWith('users-2109-profile'),
		);
		expect(maps.map(({metadata}) => metadata.name)).toEqual(['users-2109-profile', 'users-2109-profile-2']);
		expect(fitsObjects(many)).toBe(true);
		expect(fitsObjects(new Map([['pd.profile/a', large(1000)]]))).toBe(false);
	});

	test('is the only one: a remote that the old workload names is named no more', () => {
		const url = (old: Manifest) =>
			applyEdits(old, [set([...server, 'env', 0], {name: 'SERVER_PROFILE_URL', value: 'u'})]);
		const variables = listOf(fieldOf(workloadOf(planWith({kind: 'ConfigMap', files}, url)), ...server, 'env'));
		expect(variables).toContainEqual({name: 'SERVER_PROFILE_URL', value: ''});
	});
});

describe('passwords that are mounted', () => {
	const planned = (sprint: string, mountPath: string, named: boolean) => () =>
		planManifests({
			workload: facts,
			objects: namespaceObjects.map(object =>
				object === oldSet
					? applyEdits(withMount(mountPath)(oldSet), named ? [] : [set([...server, 'env'], [])])
					: object,
			),
			decisions: {...fresh, image: `pingidentity/pingdirectory:${sprint}-8.3.0.0`},
		});

	test('stop a plan for an image that would leave them aside, and no other', () => {
		expect(planned('2111', '/run/secrets', false)).toThrow(/of sprint 2111/v);
		expect(planned('2111', '/run/secrets', true)).not.toThrow();
		expect(planned('2109', '/run/secrets', false)).not.toThrow();
		expect(planned('2111', '/run/secrets/one', false)).not.toThrow();
	});
});
