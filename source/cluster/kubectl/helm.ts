import {Failure} from '../../failure/failure.js';
import {quoted} from '../../failure/quoted.js';
import type {CommandResult, Helm, HelmOrder, HelmRelease, KubernetesObject} from '../../migration/world.js';
import {helmActing, helmByHand, isDone, type Connection} from '../connection.js';
import {lastLines} from '../failures/lines.js';
import {runProcess, type Tool} from './process.js';

/** An upgrade waits for the hooks of the chart. */
const timeoutSeconds = 600;

/**
Variables of Helm's that would lead it to another cluster, or let it act as somebody else, past the context it is given.
*/
const elsewhere = [
	'HELM_KUBEAPISERVER',
	'HELM_KUBETOKEN',
	'HELM_KUBECAFILE',
	'HELM_KUBEASUSER',
	'HELM_KUBEASGROUPS',
	'HELM_KUBEINSECURE_SKIP_TLS_VERIFY',
	'HELM_KUBETLS_SERVER_NAME',
];

const missing = (code: string): Failure =>
	new Failure({
		code: 'helm-missing',
		seen: code === 'ENOENT' ? 'There is no helm on the PATH.' : `helm cannot be started: ${code}.`,
		means: 'A release is changed through helm alone. Nothing was done.',
		todo: 'Put the helm on the PATH that the release was made with, then try again.',
		byHand: 'helm version',
		retryable: true,
	});

const toolOn = (connection: Connection): Tool => ({
	program: 'helm',
	flags: ['--kube-context', connection.context, '--namespace', connection.namespace, ...helmActing(connection)],
	environment: {
		...Object.fromEntries(elsewhere.map(name => [name, undefined])),
		KUBECONFIG: connection.kubeconfig,
		LC_ALL: 'C',
	},
	missing,
	byHand: argv => helmByHand(connection, argv),
	connection,
});

const failed = (tool: Tool, argv: readonly string[], {exitCode, stderr}: CommandResult): Failure =>
	new Failure({
		code: 'helm-failed',
		seen:
			`helm ${argv[0] ?? ''} ended with exit status ${exitCode ?? 'none'}: ` +
			(lastLines(stderr).at(-1) ?? 'it said nothing'),
		means: 'Helm did not do what was asked, or not all of it.',
		todo: 'Read what Helm said, fix it, then try again; helm history shows what became of the release.',
		byHand: tool.byHand(argv),
		retryable: true,
		details: lastLines(stderr).slice(-8),
	});

/**
Whether a name may be one of a release. It comes from an annotation that anybody with a right on the object can write,
and must not be read as a flag.
@see helm, tag v3.18.0, pkg/chartutil/validate_name.go: validName
*/
const isReleaseName = (name: string): boolean => name.length <= 53 && /^[\da-z](?:[\d\-.a-z]*[\da-z])?$/v.test(name);

const upgradeWords = ({release, chart, version}: HelmOrder, values: string): readonly string[] => [
	'upgrade',
	release,
	chart,
	'--version',
	version,
	'--reuse-values',
	'--values',
	values,
];

const objectsIn = async (manifest: string): Promise<readonly KubernetesObject[]> => {
	const {parseAllDocuments} = await import('yaml');
	return [...parseAllDocuments(manifest)].flatMap(document => {
		const value = document.toJS() as KubernetesObject | null;
		return typeof value?.kind === 'string' ? [value] : [];
	});
};

/**
The operator's own helm, with its repositories, plugins and registry logins. Values go through files. What helm prints
of a release's values is neither kept nor shown.
*/
export const createHelm = (connection: Connection): Helm => {
	const tool = toolOn(connection);
	const run = async (argv: readonly string[], input?: string): Promise<string> => {
		const result = await runProcess(tool, argv, {timeoutSeconds, ...(input !== undefined && {input})});
		if (!isDone(result)) {
			throw failed(tool, argv, result);
		}

		return result.stdout;
	};

	return {
		async release(name) {
			if (!isReleaseName(name)) {
				return {missing: `«${quoted(name)}» is not the name of a release.`};
			}

			try {
				const text = await run(['get', 'metadata', name, '--output', 'json']);
				const {revision, status, chart, version} = JSON.parse(text) as HelmRelease;
				return {
					revision,
					status,
					chart,
					version,
				};
			} catch (error) {
				if (error instanceof Failure) {
					return {missing: error.parts.seen};
				}

				throw error;
			}
		},
		manifest: async name => objectsIn(await run(['get', 'manifest', name])),
		async dryRun(order, values) {
			const text = await run([...upgradeWords(order, '-'), '--dry-run=server', '--output', 'json'], values);
			const {manifest, chart} = JSON.parse(text) as {
				readonly manifest: string;
				readonly chart: {readonly metadata: {readonly name: string; readonly version: string}};
			};
			return {chart: chart.metadata.name, version: chart.metadata.version, objects: await objectsIn(manifest)};
		},
		async upgrade(order, path) {
			await run(upgradeWords(order, path));
		},
		async rollback(name, revision) {
			await run(['rollback', name, String(revision)]);
		},
		byHand: (...argv) => helmByHand(connection, argv),
	};
};
