import {createHash} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '../../../source/cluster/api/reader.js';
import {createFastClock} from '../hand-clock.js';
import {temporaryFolder} from '../temporary-folder.js';
import {connectionTo, refusal, startApiServer, type Reply, type Seen} from './api-server.js';

const serve = async (answer: (seen: Seen) => Reply) => {
	const server = await startApiServer(answer);
	const clock = createFastClock();
	return {...server, clock, reader: createReader(server.connection, clock)};
};

const pod = (name: string) => ({metadata: {name, namespace: 'identity'}, spec: {brandNewField: true}});

test('a list has every page, with kind and version on each object and every field as the server gave it', async () => {
	const {reader, seen} = await serve(({query}) => ({
		body:
			query.continue === 'page2'
				? {
						apiVersion: 'v1',
						kind: 'PodList',
						metadata: {},
						items: [pod('pingdirectory-1')],
					}
				: {
						apiVersion: 'v1',
						kind: 'PodList',
						metadata: {continue: 'page2'},
						items: [pod('pingdirectory-0')],
					},
	}));
	expect(await reader.list('Pod', {labelSelector: 'app=pingdirectory'})).toEqual([
		{apiVersion: 'v1', kind: 'Pod', ...pod('pingdirectory-0')},
		{apiVersion: 'v1', kind: 'Pod', ...pod('pingdirectory-1')},
	]);
	expect(seen.map(({path, query}) => [path, query])).toEqual([
		['/api/v1/namespaces/identity/pods', {labelSelector: 'app=pingdirectory', limit: '250'}],
		['/api/v1/namespaces/identity/pods', {labelSelector: 'app=pingdirectory', limit: '250', continue: 'page2'}],
	]);
	expect(seen[0]?.headers.authorization).toBe('Bearer abc');
});

test('a list whose page was forgotten by the server begins anew, without pages', async () => {
	const {reader} = await serve(({query}) =>
		query.continue
			? refusal(410, 'Expired', 'The provided continue parameter is too old')
			: {
					body: {
						apiVersion: 'v1',
						kind: 'PodList',
						metadata: query.limit ? {continue: 'x'} : {},
						items: [pod('a'), pod('b')],
					},
				},
	);
	expect(await reader.list('Pod')).toHaveLength(2);
});

test.each([
	['StatefulSet', '/apis/apps/v1/namespaces/identity/statefulsets'],
	['Ingress', '/apis/networking.k8s.io/v1/namespaces/identity/ingresses'],
	['StorageClass', '/apis/storage.k8s.io/v1/storageclasses'],
	['PersistentVolume', '/api/v1/persistentvolumes'],
	['Node', '/api/v1/nodes'],
] as const)('%s is read from %s', async (kind, path) => {
	const {reader, seen} = await serve(() => ({body: {items: null}}));
	expect(await reader.list(kind)).toEqual([]);
	expect(seen.map(({path: asked}) => asked)).toEqual([path]);
});

test.each([
	['v1', ['v1', 'v1beta1']],
	['v1beta1', ['v1beta1']],
])('cron jobs are read from %s where the server serves %j', async (version, served) => {
	const {reader, seen} = await serve(({path}) => {
		if (path.endsWith('/cronjobs')) {
			return {body: {kind: 'CronJobList', apiVersion: `batch/${version}`, items: [{metadata: {name: 'backup'}}]}};
		}

		if (path.endsWith('/cronjobs/backup')) {
			return {body: {metadata: {name: 'backup'}}};
		}

		return served.some(one => path === `/apis/batch/${one}`)
			? {body: {resources: [{name: 'jobs'}, {name: 'cronjobs'}]}}
			: {status: 404, body: '404 page not found\n'};
	});
	expect(await reader.list('CronJob')).toEqual([
		{apiVersion: `batch/${version}`, kind: 'CronJob', metadata: {name: 'backup'}},
	]);
	expect(await reader.get('CronJob', 'backup')).toBeDefined();
	expect(seen.filter(({path}) => path.includes('cronjobs')).map(({path}) => path)).toEqual([
		`/apis/batch/${version}/namespaces/identity/cronjobs`,
		`/apis/batch/${version}/namespaces/identity/cronjobs/backup`,
	]);
});

test('an object that is not there is undefined, and one that may not be read is a failure that names the right', async () => {
	const {reader} = await serve(({path}) =>
		path.endsWith('/secret')
			? refusal(403, 'Forbidden', 'secrets "secret" is forbidden: User "ada" cannot get resource "secrets"')
			: refusal(404, 'NotFound', 'secrets "none" not found'),
	);
	expect(await reader.get('Secret', 'none')).toBeUndefined();
	await expect(reader.get('Secret', 'secret')).rejects.toMatchObject({
		parts: {
			code: 'forbidden',
			exit: 'blocked',
			seen: expect.stringContaining('User "ada" cannot get resource "secrets"') as string,
			means: expect.stringContaining('get secrets in the namespace «identity»') as string,
			byHand: expect.stringContaining('auth can-i get secrets') as string,
		},
	});
});

test('a kind that the server does not serve is a failure and no empty list', async () => {
	const {reader} = await serve(() => ({status: 404, body: '404 page not found\n'}));
	await expect(reader.list('NetworkPolicy')).rejects.toMatchObject({parts: {code: 'not-served'}});
	await expect(reader.get('NetworkPolicy', 'deny-all')).rejects.toMatchObject({parts: {code: 'not-served'}});
});

test('credentials that are not taken are told apart from rights that are missing', async () => {
	const {reader, seen} = await serve(() => refusal(401, 'Unauthorized', 'Unauthorized'));
	await expect(reader.list('Pod')).rejects.toMatchObject({parts: {code: 'unauthorized', exit: 'blocked'}});
	expect(seen).toHaveLength(1);
});

test('a server that is busy is asked again, and when it says for how long, that is believed', async () => {
	let requests = 0;
	const {reader, clock} = await serve(() => {
		requests++;
		switch (requests) {
			case 1: {
				return {status: 429, headers: {'Retry-After': '3'}};
			}

			case 2: {
				return {status: 503, headers: {'Retry-After': '100000'}};
			}

			case 3: {
				return undefined;
			}

			default: {
				return {body: {items: []}};
			}
		}
	});
	expect(await reader.list('Pod')).toEqual([]);
	expect(clock.slept).toEqual([3000, 10_000, 1500]);
});

test("a server that stays busy is a failure, which a retry may help, in the server's words", async () => {
	const {reader, seen} = await serve(() => refusal(500, 'InternalError', 'etcdserver: leader changed'));
	await expect(reader.list('Pod')).rejects.toMatchObject({
		parts: {
			code: 'server-busy',
			retryable: true,
			seen: expect.stringContaining('etcdserver: leader changed') as string,
		},
	});
	expect(seen).toHaveLength(4);
});

test('an answer that is no JSON is not taken for one of Kubernetes', async () => {
	const {reader} = await serve(() => ({body: '<html>Please log in</html>'}));
	await expect(reader.list('Pod')).rejects.toMatchObject({
		parts: {code: 'not-kubernetes', details: ['<html>Please log in</html>']},
	});
});

test('a connection that nobody listens at, and a name that is not known, are told as such', async () => {
	const clock = createFastClock();
	const refused = createReader(await connectionTo('https://127.0.0.1:1'), clock);
	await expect(refused.list('Pod')).rejects.toMatchObject({parts: {code: 'server-refused', retryable: true}});
	expect(clock.slept).toEqual([200, 600, 1500]);
	const unknown = createReader(await connectionTo('https://no-such-host.invalid:6443'), createFastClock());
	await expect(unknown.list('Pod')).rejects.toMatchObject({
		parts: {code: 'server-name-unknown', seen: expect.stringContaining('no-such-host.invalid') as string},
	});
});

test('a server that speaks no TLS where TLS is expected is told as such, and not asked again', async () => {
	const {url} = await serve(() => ({}));
	const clock = createFastClock();
	const reader = createReader(await connectionTo(url.replace('http:', 'https:')), clock);
	await expect(reader.list('Pod')).rejects.toMatchObject({parts: {code: 'tls', retryable: false}});
	expect(clock.slept).toEqual([]);
});

test('the cluster is known by the UID of kube-system', async () => {
	const {reader, url} = await serve(({path}) => ({
		body: path === '/version' ? {gitVersion: 'v1.29.4'} : {metadata: {name: 'kube-system', uid: '8a9c4a86'}},
	}));
	expect(await reader.identity()).toEqual({uid: '8a9c4a86', version: 'v1.29.4', server: url});
});

test('where that may not be read, the cluster is known by its address, and says so', async () => {
	const {reader, url} = await serve(({path}) =>
		path === '/version' ? {body: {gitVersion: 'v1.29.4'}} : refusal(403, 'Forbidden', 'no'),
	);
	const {uid} = await reader.identity();
	expect(uid).toBe(`server:${createHash('sha256').update(`${url}\n\n`).digest('hex').slice(0, 32)}`);
});

test('rights are asked for in the namespace or in the whole cluster, and answered in order', async () => {
	const {reader, seen} = await serve(({body}) => {
		const {spec} = body as {readonly spec: {readonly resourceAttributes: {readonly resource: string}}};
		const isAllowed = spec.resourceAttributes.resource !== 'nodes';
		return {status: 201, body: {status: {allowed: isAllowed, ...(!isAllowed && {reason: 'no RBAC policy matched'})}}};
	});
	const rights = [
		{
			verb: 'create',
			group: '',
			resource: 'pods',
			subresource: 'exec',
		},
		...Array.from({length: 20}, (_, index) => ({verb: 'get', group: 'apps', resource: `thing${index}`})),
		{
			verb: 'list',
			group: '',
			resource: 'nodes',
			clusterWide: true,
		},
	];
	const reviews = await reader.mayI(rights);
	expect(reviews.map(({right}) => right)).toEqual(rights);
	expect(reviews[0]).toEqual({right: rights[0], allowed: true});
	expect(reviews.at(-1)).toEqual({right: rights.at(-1), allowed: false, reason: 'no RBAC policy matched'});
	const asked = seen.map(
		({body}) => (body as {readonly spec: {readonly resourceAttributes: unknown}}).spec.resourceAttributes,
	);
	expect(asked).toContainEqual({
		verb: 'create',
		group: '',
		resource: 'pods',
		subresource: 'exec',
		namespace: 'identity',
	});
	expect(asked).toContainEqual({verb: 'list', group: '', resource: 'nodes'});
});

test('events are those of the object, oldest first, whichever of their times is filled', async () => {
	const involvedObject = {kind: 'Pod', name: 'pingdirectory-0'};
	const {reader, seen} = await serve(() => ({
		body: {
			kind: 'EventList',
			apiVersion: 'v1',
			items: [
				{
					metadata: {name: 'c'},
					involvedObject,
					type: 'Warning',
					reason: 'BackOff',
					message: 'third',
					lastTimestamp: '2026-11-24T10:00:03Z',
					firstTimestamp: '2026-11-24T09:00:00Z',
				},
				{
					metadata: {name: 'a'},
					involvedObject,
					type: 'Normal',
					reason: 'Scheduled',
					message: 'first',
					eventTime: '2026-11-24T10:00:01.500000Z',
					lastTimestamp: null,
				},
				{
					metadata: {name: 'b', creationTimestamp: '2026-11-24T10:00:02Z'},
					involvedObject,
					reason: 'Pulled',
					message: 'second',
				},
			],
		},
	}));
	expect(await reader.events('pingdirectory-0')).toEqual([
		{
			type: 'Normal',
			reason: 'Scheduled',
			object: 'Pod/pingdirectory-0',
			message: 'first',
			at: '2026-11-24T10:00:01.500000Z',
		},
		{
			type: 'Normal',
			reason: 'Pulled',
			object: 'Pod/pingdirectory-0',
			message: 'second',
			at: '2026-11-24T10:00:02Z',
		},
		{
			type: 'Warning',
			reason: 'BackOff',
			object: 'Pod/pingdirectory-0',
			message: 'third',
			at: '2026-11-24T10:00:03Z',
		},
	]);
	expect(seen[0]?.query.fieldSelector).toBe('involvedObject.name=pingdirectory-0');
});

test('a log is cut at its beginning and never at its end', async () => {
	const lines = Array.from({length: 400}, (_, index) => `${index} ${'x'.repeat(10_000)}\n`);
	const {reader} = await serve(({query}) => {
		const whole = lines.slice(-Number(query.tailLines)).join('');
		return {body: whole.slice(0, Number(query.limitBytes))};
	});
	const log = await reader.logs('pingdirectory-0', {tail: 400});
	expect(log.length).toBeLessThan(1024 * 1024);
	expect(log.endsWith(lines.at(-1) ?? '?')).toBe(true);
	expect(log.startsWith('300 ')).toBe(true);
});

test('a log that is not there says why', async () => {
	const {reader, seen} = await serve(() =>
		refusal(
			400,
			'BadRequest',
			'container "pingdirectory" in pod "pingdirectory-0" is waiting to start: ImagePullBackOff',
		),
	);
	await expect(reader.logs('pingdirectory-0', {container: 'pingdirectory', previous: true})).rejects.toMatchObject({
		parts: {code: 'log-unavailable', seen: expect.stringContaining('ImagePullBackOff') as string},
	});
	expect(seen[0]?.query).toMatchObject({container: 'pingdirectory', previous: 'true'});
});

test('a credential plugin is run, is told that nobody can be asked, and its token is used', async () => {
	const {url, seen} = await serve(() => ({body: {items: []}}));
	const plugin = join(await temporaryFolder(), 'plugin.sh');
	await writeFile(
		plugin,
		`#!/bin/sh
case $KUBERNETES_EXEC_INFO in *'"interactive":false'*'"server":"${url}"'*) token=told ;; *) token=untold ;; esac
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$token"
`,
		{mode: 0o755},
	);
	const user =
		`exec: {apiVersion: client.authentication.k8s.io/v1, command: "${plugin}", interactiveMode: Never, ` +
		'provideClusterInfo: true}';
	const reader = createReader(await connectionTo(url, {user}), createFastClock());
	await reader.list('Pod');
	expect(seen.map(({headers}) => headers.authorization)).toEqual(['Bearer told']);
});

test('a credential plugin that fails is told in its own words, and the cluster is not asked', async () => {
	const {url, seen} = await serve(() => ({body: {items: []}}));
	const plugin = join(await temporaryFolder(), 'plugin.sh');
	await writeFile(plugin, '#!/bin/sh\necho "your session has expired" >&2\nexit 1\n', {mode: 0o755});
	const user = `exec: {apiVersion: client.authentication.k8s.io/v1, command: "${plugin}", interactiveMode: Never}`;
	const reader = createReader(await connectionTo(url, {user}), createFastClock());
	await expect(reader.list('Pod')).rejects.toMatchObject({
		parts: {code: 'credentials', details: ['your session has expired']},
	});
	expect(seen).toEqual([]);
});

test('a token in a file is read anew for each request, and impersonation is passed on', async () => {
	const {url, seen} = await serve(() => ({body: {items: []}}));
	const token = join(await temporaryFolder(), 'token');
	await writeFile(token, 'first\n');
	const reader = createReader(
		await connectionTo(url, {user: `tokenFile: "${token}", as: bob, as-groups: [ops, idm]`}),
		createFastClock(),
	);
	await reader.list('Pod');
	await writeFile(token, 'second\n');
	await reader.list('Pod');
	expect(seen.map(({headers}) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
	expect(seen[0]?.headers).toMatchObject({'impersonate-user': 'bob', 'impersonate-group': 'ops, idm'});
});
