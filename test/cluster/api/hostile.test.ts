import {chmod, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createApi} from '../../../source/cluster/api/api.js';
import {createReader} from '../../../source/cluster/api/reader.js';
import {Failure} from '../../../source/failure/failure.js';
import {createFastClock} from '../hand-clock.js';
import {temporaryFolder} from '../temporary-folder.js';
import {connectionTo, startApiServer, type Reply, type Seen} from './api-server.js';

/** The Failure that something ends in: of four parts, each with something to read. */
const failureOf = async (work: Promise<unknown>): Promise<Failure['parts']> => {
	try {
		await work;
	} catch (error) {
		if (!(error instanceof Failure)) {
			throw error;
		}

		for (const part of [error.parts.seen, error.parts.means, error.parts.todo, error.parts.byHand]) {
			expect(part).toMatch(/\S/v);
		}

		return error.parts;
	}

	throw new Error('it ended well');
};

/** Whether something ends in the Failure of this code. */
const expectCode = async (work: Promise<unknown>, code: string): Promise<void> => {
	const parts = await failureOf(work);
	expect(parts.code).toBe(code);
};

const readerOf = async (answer: (seen: Seen) => Reply) => {
	const {connection, seen} = await startApiServer(answer);
	return {reader: createReader(connection, createFastClock()), seen};
};

const right = {verb: 'get', group: '', resource: 'pods'};

const bodies: ReadonlyArray<readonly [what: string, body: unknown]> = [
	['null', 'null'],
	['nothing', ''],
	['a number', '7'],
	['a text', '"pods"'],
	['a list', '[]'],
	['a page for people', '<html><body>Please log in</body></html>'],
	['half of an answer', '{"items": ['],
	['a list whose items are no list', {items: {a: 1}}],
	['a list whose items are nothing', {items: [null, 7]}],
	['a list whose items have no name', {items: [{metadata: null}, {metadata: {name: 7}}]}],
];

test.each(bodies)('%s for an answer is a failure, whatever is asked for', async (_what, body) => {
	const {reader} = await readerOf(() => ({body}));
	await expectCode(reader.list('Pod'), 'not-kubernetes');
	await expectCode(reader.get('Pod', 'a'), 'not-kubernetes');
	await expectCode(reader.list('PodDisruptionBudget'), 'not-kubernetes');
	await expectCode(reader.events('a'), 'not-kubernetes');
});

test.each(bodies.slice(0, 7))('%s where a right or the version is asked for is a failure', async (_what, body) => {
	const {reader} = await readerOf(() => ({body}));
	await expectCode(reader.mayI([right]), 'not-kubernetes');
	await expectCode(reader.identity(), 'not-kubernetes');
});

test.each<readonly [what: string, body: unknown]>([
	['a status that is none', {status: 'allowed'}],
	['a word in place of a yes', {status: {allowed: 'true'}}],
	['no status', {status: null}],
])('%s grants no right', async (_what, body) => {
	const {reader} = await readerOf(() => ({body}));
	expect(await reader.mayI([right])).toEqual([{right, allowed: false}]);
});

test('a version and an identity that are no texts are unknown', async () => {
	const {reader} = await readerOf(({path}) => ({
		body: path === '/version' ? {gitVersion: 7} : {metadata: {uid: {a: 1}}},
	}));
	const {version, uid} = await reader.identity();
	expect(version).toBe('unknown');
	expect(uid).toMatch(/^server:/v);
});

test('events whose fields are no texts are told as far as they are', async () => {
	const {reader} = await readerOf(() => ({
		body: {items: [{metadata: {name: 'a'}, message: 7, reason: null, type: {}, involvedObject: 'x', lastTimestamp: 1}]},
	}));
	expect(await reader.events('a')).toEqual([{type: 'Normal', reason: '', object: '/', message: '', at: ''}]);
});

const item = {metadata: {name: 'a'}};

test.each<readonly [what: string, answer: (count: number) => unknown]>([
	['always says the same next page', () => ({items: [item], metadata: {continue: 'same'}})],
	['always says another next page', count => ({items: [item], metadata: {continue: `page${count}`}})],
	['says another next page and has nothing on it', count => ({items: [], metadata: {continue: `page${count}`}})],
])(
	'a list that %s ends in a failure',
	async (_what, answer) => {
		let count = 0;
		const {reader, seen} = await readerOf(() => ({body: answer(count++)}));
		await expectCode(reader.list('Pod'), 'list-endless');
		expect(seen.length).toBeLessThanOrEqual(1001);
	},
	60_000,
);

test('an answer without end is cut off', async () => {
	const {reader} = await readerOf(() => ({body: `{"items": ["${'x'.repeat(140 * 1024 * 1024)}"]}`}));
	const {seen} = await failureOf(reader.list('Pod'));
	expect(seen).toContain('longer than');
}, 60_000);

test('a server that accepts and does not answer is given up', async () => {
	const {connection} = await startApiServer(() => 'silent');
	const api = createApi(connection, createFastClock(), {answerMilliseconds: 100});
	const parts = await failureOf(
		api.send({method: 'GET', path: '/version', verb: 'get', resource: 'the version', isNamespaced: false}),
	);
	expect(parts.code).toBe('server-unreachable');
	expect(parts.seen).toContain('no answer came in time');
});

test.each<readonly [what: string, script: string, detail: RegExp]>([
	['hangs', 'sleep 60', /gave no answer within/v],
	['hangs and leaves a child', 'sleep 61 & sleep 60', /gave no answer within/v],
	['prints rubbish', 'echo Your secret is kestrel4Q9x7', /printed no ExecCredential/v],
	['prints nothing', 'true', /printed no ExecCredential/v],
	['prints null', 'echo null', /printed no ExecCredential/v],
	['prints half of a certificate', `echo '{"status":{"clientCertificateData":"a"}}'`, /printed no ExecCredential/v],
	['prints without end', 'yes', /printed more than/v],
	['fails', 'echo You are not logged in >&2; exit 3', /You are not logged in/v],
	['fails and says nothing', 'exit 3', /exit status 3/v],
])('a credential plugin that %s ends in a failure', async (_what, script, detail) => {
	const folder = await temporaryFolder();
	const plugin = join(folder, 'plugin');
	await writeFile(plugin, `#!/bin/sh\n${script}\n`);
	await chmod(plugin, 0o755);
	const {url} = await startApiServer(() => ({body: {}}));
	const connection = await connectionTo(url, {
		user: `exec: {apiVersion: client.authentication.k8s.io/v1, command: "${plugin}", interactiveMode: Never}`,
	});
	const api = createApi(connection, createFastClock(), {pluginMilliseconds: 1000});
	const parts = await failureOf(
		api.send({method: 'GET', path: '/version', verb: 'get', resource: 'the version', isNamespaced: false}),
	);
	expect(parts.code).toBe('credentials');
	expect(parts.details?.join('\n')).toMatch(detail);
	expect(JSON.stringify(parts)).not.toContain('kestrel');
});
