import {writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {environmentOf, startProgram, temporaryHome} from './program.js';
import {startProgram as startOnTerminal} from './terminal.js';

/** A server that takes every connection and answers none, and a home whose kubeconfig leads to it. */
const silence = async (): Promise<{readonly home: string; readonly address: string}> => {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => {
			sockets.delete(socket);
		});
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	onTestFinished(() => {
		for (const socket of sockets) {
			socket.destroy();
		}

		server.close();
	});
	const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const home = await temporaryHome();
	await writeFile(
		join(home, 'kubeconfig'),
		JSON.stringify({
			apiVersion: 'v1',
			kind: 'Config',
			clusters: [{name: 'silent', cluster: {server: address}}],
			contexts: [{name: 'silent', context: {cluster: 'silent', user: 'nobody', namespace: 'identity'}}],
			users: [{name: 'nobody', user: {}}],
			'current-context': 'silent',
		}),
		{mode: 0o600},
	);
	return {home, address};
};

test('while an API server accepts and does not answer, commands say who is waited for and since when', async () => {
	const {home, address} = await silence();
	const programs = await Promise.all([['inspect'], ['migrate', '--yes']].map(async args => startProgram({home, args})));
	for (const {stderr} of programs) {
		await expect
			.poll(stderr, {timeout: 30_000})
			.toMatch(
				new RegExp(String.raw`^Waiting for the API server ${address} since \d\d:\d\d:\d\d \(GET /.*\), \d+ s$`, 'mv'),
			);
	}
}, 60_000);

test('a terminal counts the seconds on one line', async ({onTestFinished: whenOver}) => {
	const {home, address} = await silence();
	const environment = await environmentOf(home, undefined, {TERM: 'xterm-256color'});
	const terminal = startOnTerminal(['inspect'], {
		onTestFinished: whenOver,
		environment: environment as Readonly<Record<string, string>>,
		columns: 140,
	});
	const lines = (text: string): readonly string[] => text.split('\n').filter(line => line.includes('Waiting for'));
	await terminal.until(({text}) => /Waiting for .*, 1 s$/mv.test(text));
	const later = await terminal.until(({text}) => /Waiting for .*, [2-9] s$/mv.test(text));
	expect(lines(later.text)).toHaveLength(1);
	expect(later.text).toContain(`Waiting for the API server ${address} since `);
}, 60_000);
