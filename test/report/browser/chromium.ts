import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import type {Readable, Writable} from 'node:stream';

/** The browser of Debian, where it is installed. */
export const chromium: string | undefined = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(path =>
	existsSync(path),
);

type Answer = {
	readonly id?: number;
	readonly method?: string;
	readonly params?: Readonly<Record<string, unknown>>;
	readonly result?: Readonly<Record<string, unknown>>;
	readonly error?: {readonly message: string};
};

/** One page in a browser without a window, driven over the protocol of its developer tools. */
export type Page = {
	readonly send: (
		method: string,
		params?: Readonly<Record<string, unknown>>,
	) => Promise<Readonly<Record<string, unknown>>>;
	/** The value of an expression in the page. */
	readonly value: <Value>(expression: string) => Promise<Value>;
	/** Addresses that the page asked for, its own among them. */
	readonly requests: () => readonly string[];
	readonly close: () => Promise<void>;
};

/** Opens a browser on a page. */
export const openPage = async (browser: string, address: string): Promise<Page> => {
	const profile = await mkdtemp(join(tmpdir(), 'unroot-browser-'));
	const child = spawn(
		browser,
		[
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			`--user-data-dir=${profile}`,
			'--remote-debugging-pipe',
			'about:blank',
		],
		{stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: {...process.env, HOME: profile}},
	);
	const commands = child.stdio[3] as Writable;
	const answers = child.stdio[4] as Readable;
	const waiting = new Map<number, (answer: Answer) => void>();
	const events: Answer[] = [];
	const listeners = new Set<() => void>();
	let rest = '';
	answers.setEncoding('utf8').on('data', (text: string) => {
		const messages = `${rest}${text}`.split('\0');
		rest = messages.pop() ?? '';
		for (const message of messages) {
			const answer = JSON.parse(message) as Answer;
			if (answer.id === undefined) {
				events.push(answer);
			} else {
				waiting.get(answer.id)?.(answer);
			}
		}

		for (const listener of listeners) {
			listener();
		}
	});
	let last = 0;
	const call = async (
		session: string | undefined,
		method: string,
		params: Readonly<Record<string, unknown>> = {},
	): Promise<Readonly<Record<string, unknown>>> => {
		const id = ++last;
		const {promise, resolve} = Promise.withResolvers<Answer>();
		waiting.set(id, resolve);
		commands.write(`${JSON.stringify({id, method, params, ...(session !== undefined && {sessionId: session})})}\0`);
		const {result, error} = await promise;
		if (error) {
			throw new Error(`${method}: ${error.message}`);
		}

		return result ?? {};
	};

	const until = async (method: string): Promise<void> => {
		const {promise, resolve} = Promise.withResolvers<void>();
		const look = (): void => {
			if (events.some(event => event.method === method)) {
				resolve();
			}
		};

		listeners.add(look);
		look();
		await promise;
		listeners.delete(look);
	};

	const {targetId} = await call(undefined, 'Target.createTarget', {url: 'about:blank'});
	const {sessionId} = await call(undefined, 'Target.attachToTarget', {targetId, flatten: true});
	const send: Page['send'] = async (method, params) => call(sessionId as string, method, params);
	await send('Page.enable');
	await send('Network.enable');
	events.length = 0;
	await send('Page.navigate', {url: address});
	await until('Page.loadEventFired');
	return {
		send,
		async value<Value>(expression: string) {
			const {result, exceptionDetails} = await send('Runtime.evaluate', {expression, returnByValue: true});
			if (exceptionDetails) {
				throw new Error(JSON.stringify(exceptionDetails));
			}

			return (result as {readonly value: Value}).value;
		},
		requests: () =>
			events.flatMap(({method, params}) =>
				method === 'Network.requestWillBeSent' ? [(params?.request as {readonly url: string}).url] : [],
			),
		async close() {
			const {promise, resolve} = Promise.withResolvers<void>();
			child.once('close', () => {
				resolve();
			});
			child.kill('SIGKILL');
			await promise;
			await rm(profile, {recursive: true, force: true, maxRetries: 5});
		},
	};
};
