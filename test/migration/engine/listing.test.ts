import {expect, test} from 'vitest';
import {listedPath, listingWorld} from '../../../source/migration/engine/listing.js';
import {fold} from '../../../source/migration/fold/index.js';
import {emptyState, type RunState} from '../../../source/migration/state.js';
import type {RunFacts} from '../../../source/migration/step.js';
import type {World} from '../../../source/migration/world.js';

const run: RunFacts = {
	id: 'r',
	folder: '/runs/r',
	mode: 'migrate',
	context: 'c',
	namespace: 'identity',
	sandbox: false,
};

const target = {pod: 'p-0', container: 'c'};

/**
A world of files in memory, and in the order in which things happened what was written to the journal and what was done.
*/
const stand = () => {
	const happened: string[] = [];
	const here = new Set<string>();
	let state: RunState = emptyState;
	const act = (what: string) => {
		happened.push(what);
	};

	const world = listingWorld(
		{
			files: {
				async writeText(path: string) {
					here.add(path);
					act(`write ${path}`);
				},
				async shred(path: string) {
					here.delete(path);
				},
				async remove() {
					act('remove');
				},
				async seal(path: string) {
					act(`seal ${path}`);
					return `${path}.sealed`;
				},
				stat: async (path: string) => (here.has(path) ? {bytes: 1, mode: 0o600, isFolder: false} : undefined),
			},
			transfer: {
				async copyOut({localPath}: {readonly localPath: string}) {
					here.add(localPath);
					act(`copy out ${localPath}`);
				},
				async copyIn({remotePath}: {readonly remotePath: string}) {
					act(`copy in ${remotePath}`);
				},
			},
			pods: {
				async script(_: unknown, script: string, __: unknown, options?: object) {
					act(`script ${JSON.stringify(options)}`);
					return {exitCode: 0, stdout: script, stderr: ''};
				},
			},
		} as unknown as World,
		{
			run,
			state: () => state,
			async record(event) {
				state = fold(state, {at: 'now', ...event});
				act(event.type === 'file-listed' || event.type === 'file-settled' ? `${event.type} ${event.path}` : event.type);
			},
		},
	);
	return {world, happened, files: () => state.files};
};

test('a file stands in the journal before it is made, here and in a pod, and once', async () => {
	const {world, happened} = stand();
	await world.files.writeText('/runs/r/data/a.ldif', '');
	await world.files.writeText('/runs/r/data/a.ldif', '');
	await world.transfer.copyOut({target, remotePath: '/x', localPath: '/runs/r/data/b.ldif'});
	await world.transfer.copyIn({target, remotePath: '/opt/out/unroot/r/b.ldif', localPath: '/runs/r/data/b.ldif'});
	await world.pods.script(target, 'words', [], {makes: ['/opt/out/unroot/r/log'], timeoutSeconds: 5});
	await world.files.seal('/runs/r/data/a.ldif', '/p');
	expect(happened).toEqual([
		'file-listed data/a.ldif',
		'write /runs/r/data/a.ldif',
		'write /runs/r/data/a.ldif',
		'file-listed data/b.ldif',
		'copy out /runs/r/data/b.ldif',
		'file-listed /opt/out/unroot/r/b.ldif',
		'copy in /opt/out/unroot/r/b.ldif',
		'file-listed /opt/out/unroot/r/log',
		'script {"timeoutSeconds":5}',
		'file-listed data/a.ldif.sealed',
		'seal /runs/r/data/a.ldif',
	]);
});

test('what is removed is looked for again: only what is gone is settled, and made again it is open again', async () => {
	const {world, files} = stand();
	await world.files.writeText('/runs/r/data/a.ldif', '');
	await world.files.remove('/runs/r/data/a.ldif');
	expect(files()).toMatchObject([{path: 'data/a.ldif'}]);
	expect(files()[0]?.end).toBeUndefined();
	await world.files.shred('/runs/r/data/a.ldif');
	expect(files()).toMatchObject([{path: 'data/a.ldif', end: {kind: 'removed'}}]);
	await world.files.writeText('/runs/r/data/a.ldif', '');
	expect(files()[0]?.end).toBeUndefined();
});

test.each([
	['that looked again', 'left /w/b\nlooked\n', [{path: '/w/a', end: {kind: 'removed'}}, {path: '/w/b'}]],
	['whose answer lacks its end', 'left /w/b\n', [{path: '/w/a'}, {path: '/w/b'}]],
	[
		'that left what was beside it',
		'left /w/a.part\nlooked\n',
		[{path: '/w/a'}, {path: '/w/b', end: {kind: 'removed'}}],
	],
])('a removal in a pod %s settles what is gone', async (_, said, expected) => {
	const {world, files} = stand();
	await world.pods.script(target, '', [], {makes: ['/w/a', '/w/b']});
	await world.pods.script(target, said, [], {removes: ['/w/a', '/w/b']});
	expect(files().map(({path, end}) => ({path, ...(end && {end})}))).toEqual(expected);
});

test.each([
	['/runs/r/data/users/a.ldif', 'data/users/a.ldif'],
	['/runs/r/secrets/key', 'secrets/key'],
	['/runs/r/profile/pd.profile/a/b', 'profile'],
	['/runs/r/profile.tar', 'profile.tar'],
	['/runs/r', undefined],
	['/runs/rr/data/a', undefined],
	['/runs/r/../other/a', undefined],
	['/home/ada/repository/file', undefined],
])('in the list %s is %s', (path, listed) => {
	expect(listedPath(run, path)).toBe(listed);
});
