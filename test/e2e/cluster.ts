import process from 'node:process';
import {createInterface} from 'node:readline';
import {execa} from 'execa';

/** The images of the test, by what they stand for. `test/e2e/images/build` makes them under these names. */
export const images = {
	/** Runs as root, ports 389, 636, 443. */
	old: process.env.UNROOT_E2E_IMAGE_OLD ?? 'localhost/unroot-e2e/pingdirectory:2102',
	/** Runs as 9031:9999, ports 1389, 1636, 1443. */
	new: process.env.UNROOT_E2E_IMAGE_NEW ?? 'localhost/unroot-e2e/pingdirectory:2103',
	/** Runs as 9031:0, as the images since sprint 2109. */
	newGroup0: process.env.UNROOT_E2E_IMAGE_NEW_GROUP_0 ?? 'localhost/unroot-e2e/pingdirectory:2109',
} as const;

/** An object of Kubernetes, as far as these tests look at it. */
export type KubeObject = {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {readonly name: string; readonly namespace?: string; readonly [field: string]: unknown};
	readonly [field: string]: unknown;
};

/**
Why the end-to-end tests cannot run here, in one sentence; undefined where they can.

Only a cluster that KUBECONFIG names is used: never the one that somebody's `~/.kube/config` happens to point at.
*/
export const whyNot = async (): Promise<string | undefined> => {
	if (!process.env.KUBECONFIG) {
		return 'KUBECONFIG names no cluster';
	}

	const {exitCode, stderr} = await execa('kubectl', ['get', '--raw', '/readyz', '--request-timeout', '10s'], {
		reject: false,
	});
	return exitCode === 0 ? undefined : `the cluster of KUBECONFIG does not answer: ${stderr.split('\n').at(-1)}`;
};

/** Runs kubectl and gives its standard output; throws with its standard error where it fails. */
export const kubectl = async (argv: readonly string[], input?: string | Uint8Array): Promise<string> => {
	const {stdout} = await execa('kubectl', argv, {
		maxBuffer: 1e9,
		stripFinalNewline: false,
		...(input === undefined ? {} : {input}),
	});
	return stdout;
};

/** Applies objects, server-side, as the tests' own field manager. */
export const apply = async (namespace: string, objects: readonly KubeObject[]): Promise<void> => {
	const list = JSON.stringify({apiVersion: 'v1', kind: 'List', items: objects});
	await kubectl(
		[
			'apply',
			'--server-side',
			'--force-conflicts',
			'--field-manager',
			'unroot-e2e',
			'--namespace',
			namespace,
			'--filename',
			'-',
		],
		list,
	);
};

/** One object of a namespace. */
export type Place = {readonly namespace: string; readonly kind: string; readonly name: string};

/**
Watches one object, from before it exists, until it is as wanted, and gives it back. Rejects after the seconds with the
last state seen.
*/
export const until = async <T extends KubeObject>(
	{namespace, kind, name}: Place,
	isAsWanted: (object: T) => boolean,
	seconds = 120,
): Promise<T> => {
	const argv = [
		'--namespace',
		namespace,
		'get',
		kind,
		'--field-selector',
		`metadata.name=${name}`,
		'--watch',
		'--output',
		String.raw`jsonpath={@}{"\n"}`,
	];
	const watch = execa('kubectl', argv, {timeout: seconds * 1000, reject: false, buffer: {stdout: false}});
	let last: T | undefined;
	for await (const line of createInterface({input: watch.stdout})) {
		last = JSON.parse(line) as T;
		if (isAsWanted(last)) {
			watch.kill();
			await watch;
			return last;
		}
	}

	const {stderr} = await watch;
	throw new Error(`${kind} ${name} was not as wanted within ${seconds} s: ${stderr} ${JSON.stringify(last?.status)}`);
};
