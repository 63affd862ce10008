import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {createServer, type IncomingHttpHeaders} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {createReader} from '../../../source/cluster/api/reader.js';
import {parseOptions} from '../../../source/commands/arguments.js';
import {connectionFor} from '../../../source/commands/connect.js';
import {lookAtSurroundings} from '../../../source/commands/surroundings.js';
import {createClock} from '../../../source/machine/clock.js';
import {temporaryFolder} from '../temporary-folder.js';

/** An API server that answers everything with an empty list, or not at all. */
const api = async (isSilent: boolean) => {
	const seen: IncomingHttpHeaders[] = [];
	const server = createServer((request, response) => {
		seen.push(request.headers);
		if (!isSilent) {
			response.end('{"apiVersion": "v1", "kind": "PodList", "items": []}');
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});

	const folder = await temporaryFolder();
	const kubeconfig = join(folder, 'config');
	const {port} = server.address() as AddressInfo;
	await writeFile(
		kubeconfig,
		JSON.stringify({
			'current-context': 'one',
			clusters: [{name: 'one', cluster: {server: `http://127.0.0.1:${port}`}}],
			contexts: [{name: 'one', context: {cluster: 'one', user: 'one'}}],
			users: [{name: 'one', user: {}}],
		}),
	);
	const read = async (...words: readonly string[]) => {
		const surroundings = lookAtSurroundings(parseOptions(['workloads', ...words]), '0.1.0');
		const connection = await connectionFor(surroundings, {cacheFolder: folder, kubeconfig});
		return createReader(connection, {...createClock(), sleep: async () => undefined}).list('Pod');
	};

	return {seen, read};
};

test('--as and --as-group go with every request', async () => {
	const {seen, read} = await api(false);
	await read('--as', 'ada', '--as-group', 'operators', '--as-group', 'auditors');
	expect(seen.at(-1)).toMatchObject({'impersonate-user': 'ada', 'impersonate-group': 'operators, auditors'});
	await read();
	expect(seen.at(-1)).not.toHaveProperty('impersonate-user');
});

test('--request-timeout ends a request that nobody answers', async () => {
	const {read} = await api(true);
	await expect(read('--request-timeout', '1s')).rejects.toThrow(/./v);
}, 30_000);

test.each([
	[['--as-group', 'operators'], '--as-group needs --as'],
	[['--request-timeout', 'soon'], '--request-timeout is «soon»'],
	[['--request-timeout', '0'], '--request-timeout is «0»'],
])('%j is refused', (words, says) => {
	expect(() => parseOptions(['workloads', ...words])).toThrow(says);
});
