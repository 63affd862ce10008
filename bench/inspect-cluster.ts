/*
How long `unroot inspect` of a namespace takes against `kubectl get -o json` of the same kinds, both as processes, one
after the other in one run. On the embedded sandbox, filled with 2,000 objects and served by a process of its own; or,
where KUBECONFIG is set, on the namespace of its current context as it is, read-only.
*/
import {execFile, spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const timesAllowed = 2;
const rounds = 5;
const perKind = 500;
const kinds =
	'statefulsets,deployments,daemonsets,jobs,cronjobs,pods,services,configmaps,persistentvolumeclaims,networkpolicies,ingresses,storageclasses,csidrivers';

const median = (values: readonly number[]): number =>
	values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

/**
Objects as a namespace of many teams holds them. The Deployments have no pods, so that nothing moves while it is
measured.
*/
const fillers: ReadonlyArray<readonly [path: string, make: (index: number) => object]> = [
	[
		'apis/apps/v1/namespaces/identity/deployments',
		index => ({
			apiVersion: 'apps/v1',
			kind: 'Deployment',
			metadata: {name: `portal-${index}`, labels: {app: `portal-${index}`}},
			spec: {
				replicas: 0,
				selector: {matchLabels: {app: `portal-${index}`}},
				template: {
					metadata: {labels: {app: `portal-${index}`}},
					spec: {
						containers: [
							{
								name: 'portal',
								image: `example/portal:${index}`,
								ports: [{containerPort: 443}],
								env: [
									{name: 'DIRECTORY', value: 'ldaps://pingdirectory:636'},
									{name: 'API', value: 'https://api.example.com:443/v1'},
								],
								livenessProbe: {httpGet: {port: 443, path: '/'}},
							},
						],
					},
				},
			},
		}),
	],
	[
		'api/v1/namespaces/identity/services',
		index => ({
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name: `portal-${index}`},
			spec: {selector: {app: `portal-${index}`}, ports: [{name: 'https', port: 443, targetPort: 443}]},
		}),
	],
	[
		'api/v1/namespaces/identity/configmaps',
		index => ({
			apiVersion: 'v1',
			kind: 'ConfigMap',
			metadata: {name: `settings-${index}`},
			data: {
				'application.properties': `server.port=8080\nldap.url=ldaps://pingdirectory:636\n${'# a line of text that says nothing\n'.repeat(20)}`,
			},
		}),
	],
	[
		'apis/networking.k8s.io/v1/namespaces/identity/networkpolicies',
		index => ({
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata: {name: `portal-${index}`},
			spec: {podSelector: {matchLabels: {app: `portal-${index}`}}, ingress: [{ports: [{port: 443}]}]},
		}),
	],
];

const fill = async (url: string): Promise<void> => {
	for (const [where, make] of fillers) {
		for (let index = 0; index < perKind; index += 50) {
			await Promise.all(
				Array.from({length: 50}, async (_, offset) => {
					const {ok, status} = await fetch(`${url}/${where}`, {
						method: 'POST',
						headers: {'content-type': 'application/json'},
						body: JSON.stringify(make(index + offset)),
					});
					if (!ok) {
						throw new Error(`The sandbox took no ${where}: ${status}.`);
					}
				}),
			);
		}
	}
};

const secondsOf = async (program: string, argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> => {
	const start = performance.now();
	await run(program, [...argv], {env: environment, maxBuffer: 1e9}).catch((error: unknown) => {
		// A finding that blocks is a result.
		if ((error as {readonly code?: unknown}).code !== 3) {
			throw error;
		}
	});
	return (performance.now() - start) / 1000;
};

const compare = async (what: string, environment: NodeJS.ProcessEnv): Promise<void> => {
	const {stdout} = await run('kubectl', ['get', kinds, '-o', 'json'], {env: environment, maxBuffer: 1e9});
	const count = (JSON.parse(stdout) as {readonly items: readonly unknown[]}).items.length;
	const ours: number[] = [];
	const kubectls: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		kubectls.push(await secondsOf('kubectl', ['get', kinds, '-o', 'json'], environment));
		ours.push(await secondsOf(process.execPath, [cli, 'inspect', '--output', 'json'], environment));
	}

	const [inspect, kubectl] = [median(ours), median(kubectls)];
	process.stdout.write(
		`inspect of ${count} objects of ${what}: ${inspect.toFixed(2)} s; kubectl get -o json of the same kinds: ` +
			`${kubectl.toFixed(2)} s; ${(inspect / kubectl).toFixed(2)} times (at most ${timesAllowed}), medians of ` +
			`${rounds}\n`,
	);
	if (inspect > timesAllowed * kubectl) {
		process.exitCode = 1;
	}
};

/** Measures, and sets the exit status where it takes too long. */
export const benchCluster = async (): Promise<void> => {
	if (process.env['KUBECONFIG'] !== undefined) {
		await compare('the cluster of KUBECONFIG', process.env);
		return;
	}

	const folder = await mkdtemp(path.join(tmpdir(), 'inspect-bench-'));
	const kubeconfig = path.join(folder, 'kubeconfig');
	const sandbox = spawn(
		process.execPath,
		[cli, 'sandbox', '--entries', '100', '--kubeconfig', kubeconfig, '--output', 'json'],
		{stdio: ['ignore', 'pipe', 'inherit']},
	);
	try {
		const [line] = (await sandbox.stdout.take(1).toArray()) as readonly Uint8Array[];
		const {url} = JSON.parse(String(line)) as {readonly url: string};
		await fill(url);
		await compare('the embedded sandbox', {...process.env, KUBECONFIG: kubeconfig, HOME: folder});
	} finally {
		sandbox.kill('SIGTERM');
		await new Promise(resolve => {
			sandbox.once('exit', resolve);
		});
		await rm(folder, {recursive: true});
	}
};
