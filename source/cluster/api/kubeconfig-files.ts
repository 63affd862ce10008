import {readFile} from 'node:fs/promises';
import {delimiter, dirname, isAbsolute, join, resolve} from 'node:path';
import {Failure} from '../../failure/failure.js';
import {commandLine} from '../connection.js';

/** An entry of a kubeconfig's list: what it is called and what it says. */
type Entry = {readonly name: string; readonly body: Readonly<Record<string, unknown>>};

/** A context: which cluster, which user, which namespace. */
export type ContextEntry = {
	readonly name: string;
	readonly cluster: string;
	readonly user: string;
	readonly namespace: string | undefined;
};

/** What the kubeconfig files say together. */
export type Kubeconfig = {
	readonly contexts: readonly ContextEntry[];
	readonly clusters: readonly Entry[];
	readonly users: readonly Entry[];
	readonly current: string | undefined;
};

/** Where kubectl looks for its files. */
export type KubeconfigSource = {
	/** `--kubeconfig`: this one file and no other. */
	readonly kubeconfig?: string;
	/** The variables of this process, of which KUBECONFIG counts. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly home: string;
};

/**
The files kubectl would read, as absolute paths, in its order: `--kubeconfig` alone, else the list in KUBECONFIG, else
`~/.kube/config`.
*/
export const kubeconfigFiles = ({kubeconfig, environment, home}: KubeconfigSource): readonly string[] => {
	if (kubeconfig) {
		return [resolve(kubeconfig)];
	}

	const listed = (environment.KUBECONFIG ?? '')
		.split(delimiter)
		.filter(Boolean)
		.map(file => resolve(file));
	return listed.length > 0 ? [...new Set(listed)] : [join(home, '.kube', 'config')];
};

/** Paths in a kubeconfig are relative to the file that names them. */
const pathFields: Readonly<Record<'cluster' | 'user', readonly string[]>> = {
	cluster: ['certificate-authority'],
	user: ['client-certificate', 'client-key', 'tokenFile'],
};

/** Whether a value of a kubeconfig is a map. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const absolute = (
	folder: string,
	kind: 'cluster' | 'user',
	body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
	const paths = pathFields[kind].flatMap(field => {
		const value = body[field];
		return typeof value === 'string' && value !== '' && !isAbsolute(value)
			? [[field, join(folder, value)] as const]
			: [];
	});
	const {exec} = body;
	// A credential plugin named by a path is looked for beside its kubeconfig, one named by a word on the PATH.
	const isBeside =
		isRecord(exec) && typeof exec.command === 'string' && exec.command.includes('/') && !isAbsolute(exec.command);
	return {
		...body,
		...Object.fromEntries(paths),
		...(isBeside && {exec: {...exec, command: join(folder, String(exec.command))}}),
	};
};

const unreadable = (file: string, reason: string): Failure =>
	new Failure({
		code: 'kubeconfig-unreadable',
		seen: `The kubeconfig ${file} cannot be used: ${reason}`,
		means: 'Without it there is no way to the cluster. Nothing was done.',
		todo: 'Repair the file, or name another one with --kubeconfig.',
		byHand: commandLine(['kubectl', '--kubeconfig', file, 'config', 'view']),
		exit: 'blocked',
	});

/** The entries of one list in one file. */
const entriesOf = (
	file: string,
	document: Readonly<Record<string, unknown>>,
	list: string,
	kind: 'cluster' | 'context' | 'user',
): readonly Entry[] => {
	const items = document[list] ?? [];
	if (!Array.isArray(items)) {
		throw unreadable(file, `${list} is not a list.`);
	}

	return items.map((item: unknown, index) => {
		if (!isRecord(item) || typeof item.name !== 'string' || item.name === '') {
			throw unreadable(file, `${list}[${index}] has no name.`);
		}

		const body = item[kind] ?? {};
		if (!isRecord(body)) {
			throw unreadable(file, `${list}[${index}].${kind} is not a mapping.`);
		}

		return {name: item.name, body: kind === 'context' ? body : absolute(dirname(file), kind, body)};
	});
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const readOne = async (file: string): Promise<Kubeconfig | undefined> => {
	let text;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
			return undefined;
		}

		throw unreadable(file, error instanceof Error ? error.message : String(error));
	}

	const {parseDocument} = await import('yaml');
	const parsed = parseDocument(text);
	const [problem] = parsed.errors;
	if (problem) {
		throw unreadable(file, problem.message.split('\n', 1)[0] ?? problem.code);
	}

	const document: unknown = parsed.toJS() ?? {};
	if (!isRecord(document)) {
		throw unreadable(file, 'it is not a mapping.');
	}

	return {
		contexts: entriesOf(file, document, 'contexts', 'context').map(({name, body}) => ({
			name,
			cluster: textOf(body.cluster) ?? '',
			user: textOf(body.user) ?? '',
			namespace: textOf(body.namespace),
		})),
		clusters: entriesOf(file, document, 'clusters', 'cluster'),
		users: entriesOf(file, document, 'users', 'user'),
		current: textOf(document['current-context']),
	};
};

/** Where two files have the same name, the first file's whole entry counts. */
const firstOfEach = <Named extends {readonly name: string}>(entries: readonly Named[]): readonly Named[] =>
	new Map(entries.toReversed().map(entry => [entry.name, entry])).values().toArray().toReversed();

/**
Reads kubeconfig files and merges them as kubectl does: files that are not there are passed over, and the first file to
name something wins. Rejects with a Failure where there is none, or one does not parse.
*/
export const readKubeconfig = async (files: readonly string[]): Promise<Kubeconfig> => {
	const read = await Promise.all(files.map(async file => readOne(file)));
	const found = read.filter(file => file !== undefined);
	if (found.length === 0) {
		throw new Failure({
			code: 'kubeconfig-missing',
			seen: `There is no kubeconfig at ${files.join(' or ')}.`,
			means: 'A kubeconfig says which cluster there is and who you are in it. Nothing was done.',
			todo:
				'Name the file with --kubeconfig or in KUBECONFIG. To try unroot without a cluster, rehearse on the ' +
				'sandbox.',
			byHand: 'unroot rehearse --sandbox',
			exit: 'blocked',
		});
	}

	return {
		contexts: firstOfEach(found.flatMap(({contexts}) => contexts)),
		clusters: firstOfEach(found.flatMap(({clusters}) => clusters)),
		users: firstOfEach(found.flatMap(({users}) => users)),
		current: found.map(({current}) => current).find(Boolean),
	};
};
