import {spawn} from 'node:child_process';
import process, {kill} from 'node:process';
import {isRecord} from './kubeconfig-files.js';
import {stringOf, type Body} from './plain-credentials.js';

/** What a plugin gives: a token, or a certificate with its key. */
export type PluginCredential = {
	readonly token?: string;
	readonly cert?: string;
	readonly key?: string;
};

/** How long a plugin may take, in milliseconds: somebody may have to log in in a browser. */
export const pluginMilliseconds = 120_000;

/** A credential is shorter. */
const mostBytes = 1024 * 1024;

type Printed = {readonly stdout: string; readonly stderr: string; readonly exitCode: number | null};

/** Runs a plugin with nothing on standard input, in a process group of its own, which ends with it. */
const run = async (exec: Body, command: string, milliseconds: number): Promise<Printed> => {
	const {promise, resolve, reject} = Promise.withResolvers<Printed>();
	const variables = Array.isArray(exec.env) ? exec.env.filter(entry => isRecord(entry)) : [];
	const child = spawn(command, Array.isArray(exec.args) ? exec.args.map(String) : [], {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {...process.env, ...Object.fromEntries(variables.map(entry => [stringOf(entry.name), stringOf(entry.value)]))},
	});
	const parts = {stdout: '', stderr: ''};
	const end = (why: string): void => {
		reject(new Error(`${command} ${why}.`));
		child.stdout.destroy();
		child.stderr.destroy();
		try {
			kill(-(child.pid ?? NaN), 'SIGKILL');
		} catch {
			// It has ended by itself.
		}
	};

	const timer = setTimeout(end, milliseconds, `gave no answer within ${milliseconds / 1000} seconds`);
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => {
			parts[name] += text;
			if (parts[name].length > mostBytes) {
				end('printed more than 1 MiB');
			}
		});
	}

	child.on('error', reject);
	child.on('close', exitCode => {
		resolve({...parts, exitCode});
	});
	try {
		return await promise;
	} finally {
		clearTimeout(timer);
	}
};

type Cached = {readonly credential: PluginCredential; readonly until: number};

/** Reads an ExecCredential. */
const credentialIn = (command: string, stdout: string): Cached => {
	let read: unknown;
	try {
		read = JSON.parse(stdout);
	} catch {
		// What it printed may be a secret that is cut off: it is not told.
	}

	const status = isRecord(read) && isRecord(read.status) ? read.status : {};
	const [token, cert, key] = [status.token, status.clientCertificateData, status.clientKeyData].map(value =>
		stringOf(value),
	);
	if (!token && !(cert && key)) {
		throw new Error(`${command} printed no ExecCredential with a token or a certificate and its key.`);
	}

	const expires = stringOf(status.expirationTimestamp);
	return {
		credential: {...(token && {token}), ...(cert && key && {cert, key})},
		until: expires === '' ? Infinity : Date.parse(expires) || 0,
	};
};

/**
The credential plugin of a kubeconfig's user: what it gave last, for as long as that holds, else what it gives now.
Rejects where it fails, takes too long or prints something else.
Source: kubernetes.io, reference/access-authn-authz/authentication, «client-go credential plugins».
*/
export const pluginOf = (exec: Body, milliseconds: number): (() => Promise<PluginCredential>) => {
	const command = stringOf(exec.command);
	let cached: Cached | undefined;
	let asked: Promise<Cached> | undefined;
	const ask = async (): Promise<Cached> => {
		if (command === '') {
			throw new Error('The kubeconfig names a credential plugin without its command.');
		}

		const {stdout, stderr, exitCode} = await run(exec, command, milliseconds);
		if (exitCode !== 0) {
			throw new Error(
				stderr.trim() === '' ? `${command} ended with the exit status ${exitCode ?? 'of a signal'}.` : stderr,
			);
		}

		return credentialIn(command, stdout);
	};

	return async () => {
		if (cached && cached.until > Date.now()) {
			return cached.credential;
		}

		asked ??= ask();
		try {
			cached = await asked;
			return cached.credential;
		} finally {
			asked = undefined;
		}
	};
};
