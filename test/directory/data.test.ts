import {describe, expect, test} from 'vitest';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {readData} from '../../source/directory/data.js';
import type {DirectoryServer} from '../../source/directory/server.js';
import type {PodShell} from '../../source/migration/world.js';
import {withSandbox} from '../cluster/sandbox-connection.js';

type Said = {readonly exitCode?: number; readonly stdout: string};

const entry = (dn: string, attributes: Readonly<Record<string, string>>): string =>
	[`dn: ${dn}`, ...Object.entries(attributes).map(([name, value]) => `${name}: ${value}`), ''].join('\n');

const monitored = (id: string, attributes: Readonly<Record<string, string>>): string =>
	entry(`cn=${id} Backend,cn=monitor`, {
		objectClass: 'ds-backend-monitor-entry',
		'ds-backend-id': id,
		'ds-backend-is-private': 'false',
		...attributes,
	});

const configured = (id: string, isEnabled = true, kind = 'local-db'): string =>
	entry(`ds-cfg-backend-id=${id},cn=Backends,cn=config`, {
		objectClass: `ds-cfg-${kind}-backend`,
		'ds-cfg-backend-id': id,
		'ds-cfg-enabled': String(isEnabled),
		'ds-cfg-base-dn': `o=${id}`,
	});

const own = [monitored('adminRoot', {'ds-backend-is-private': 'true', 'ds-backend-entry-count': '12'})];

/** A server that answers a search of its monitor and of its configuration with what is given. */
const serverThatSays = (monitor: Said, configuration: Said): DirectoryServer => ({
	pods: {
		async script(_target, _script, parameters = []) {
			const {exitCode = 0, stdout} = parameters.includes('cn=monitor') ? monitor : configuration;
			return {exitCode, stdout, stderr: ''};
		},
		run: async () => expect.unreachable(),
		byHand: (_target, argv) => argv.join(' '),
	} satisfies PodShell,
	target: {pod: 'pingdirectory-0', container: 'pingdirectory'},
	ldapsPort: 636,
});

const good = monitored('userRoot', {'ds-backend-entry-count': '1048'});

test('backends with entries, and those that are served and empty, are told apart; the own ones are left out', async () => {
	const data = await readData(
		serverThatSays(
			{stdout: [...own, good, monitored('other', {'ds-backend-entry-count': '0'})].join('\n')},
			{stdout: [configured('userRoot'), configured('other'), configured('adminRoot', false)].join('\n')},
		),
	);
	expect(data.backends).toMatchObject([{id: 'userRoot', entries: 1048}]);
	expect(data.empty).toMatchObject([{id: 'other'}]);
});

test('a database of the configuration is user data, even where the monitor calls it private', async () => {
	const isPrivate = monitored('userRoot', {'ds-backend-entry-count': '5', 'ds-backend-is-private': 'true'});
	await expect(readData(serverThatSays({stdout: isPrivate}, {stdout: configured('userRoot')}))).resolves.toMatchObject({
		backends: [{id: 'userRoot', entries: 5}],
	});
});

test('what is private and no database is not user data', async () => {
	const state = monitored('stats', {'ds-backend-entry-count': '5', 'ds-backend-is-private': 'true'});
	await expect(
		readData(serverThatSays({stdout: [good, state].join('\n')}, {stdout: configured('userRoot')})),
	).resolves.toMatchObject({backends: [{id: 'userRoot'}], empty: []});
});

describe('what is no whole answer, or shows no data, is a stop', () => {
	const configuration = {stdout: configured('userRoot')};
	const counted = (count: string): Said => ({
		stdout: [...own, monitored('userRoot', {'ds-backend-entry-count': count})].join('\n'),
	});

	test.each([
		['no entry', counted('0'), configuration, 'no-entries', /counts no entry in userRoot/v],
		['a negative count', counted('-1'), configuration, 'count-unreadable', /«-1»/v],
		['a count with a separator', counted('1,048'), configuration, 'count-unreadable', /«1,048»/v],
		['an empty count', counted(''), configuration, 'count-unreadable', /unnamed/v],
		['a count beyond what a number holds', counted('9'.repeat(40)), configuration, 'count-unreadable', /999/v],
		['no count', {stdout: monitored('userRoot', {})}, configuration, 'count-unreadable', /unnamed/v],
		['a limit that cut the answer', {exitCode: 4, stdout: good}, configuration, 'search-failed', /status 4/v],
		['a monitor that is not there', {exitCode: 32, stdout: ''}, configuration, 'search-failed', /status 32/v],
		['nothing below the monitor', {stdout: ''}, configuration, 'no-backends', /no backend/v],
		[
			'a configuration that cannot be read',
			{stdout: good},
			{exitCode: 50, stdout: ''},
			'search-failed',
			/cn=config.*status 50/v,
		],
		['only backends of its own', {stdout: own.join('\n')}, {stdout: ''}, 'no-entries', /serves no backend/v],
		[
			'a backend that is disabled',
			{stdout: own.join('\n')},
			{stdout: configured('userRoot', false)},
			'backend-unserved',
			/userRoot \(o=userRoot\), which is disabled/v,
		],
		[
			'a second backend that is disabled',
			{stdout: good},
			{stdout: [configured('userRoot'), configured('other', false)].join('\n')},
			'backend-unserved',
			/other \(o=other\), which is disabled/v,
		],
		[
			'a backend that is enabled and not in the monitor',
			{stdout: good},
			{stdout: [configured('userRoot'), configured('other', true, 'je')].join('\n')},
			'backend-unserved',
			/other \(o=other\), which is enabled/v,
		],
	] satisfies Array<[string, Said, Said, string, RegExp]>)('%s', async (_, monitor, configured_, code, seen) => {
		await expect(readData(serverThatSays(monitor, configured_))).rejects.toMatchObject({
			parts: {code, seen: expect.stringMatching(seen) as string},
		});
	});
});

test('a server whose backend is disabled shows no data, by its own tools', async () => {
	const {connection} = await withSandbox();
	const pods = createPodShell(connection);
	const server = {pods, target: {pod: 'pingdirectory-0', container: 'pingdirectory'}, ldapsPort: 636};
	await expect(readData(server)).resolves.toMatchObject({backends: [{id: 'userRoot'}], empty: []});
	await pods.run(server.target, [
		'dsconfig',
		'set-backend-prop',
		'--backend-name',
		'userRoot',
		'--set',
		'enabled:false',
	]);
	await expect(readData(server)).rejects.toMatchObject({parts: {code: 'backend-unserved', exit: 'blocked'}});
});
