import {join} from 'node:path';
import {Failure, partsOf} from '../failure/failure.js';
import type {Files, Fingerprint, PodShell, PodTarget, Transfer} from '../migration/world.js';
import type {AdminApi, AdminArchive, Exportable} from './admin-api.js';
import {noCurl, notAnExport, refused, stillThere, unknownVersion, type Asked} from './admin-failures.js';
import {exportPlaceOf, versionOf} from './admin-place.js';
import {membersOf, readDocument, type Document} from './json-text.js';
import {clearRemote, remoteFolder} from './remote.js';

/** What it takes to ask an administration API in its pod. */
export type AdminCall = {
	readonly pods: PodShell;
	readonly transfer: Transfer;
	readonly files: Files;
	readonly target: PodTarget;
	readonly api: AdminApi;
	readonly user: string;
	/** Goes into the pod through standard input, and nowhere else. */
	readonly password: string;
	/** A folder of this machine that nobody else reads, for the answer while it is read. */
	readonly folder: string;
	readonly run: string;
	readonly signal?: AbortSignal;
};

/**
Asks for the export. `$1` a folder for the answer, `$2` the variable of the port, `$3` the port where it is not set,
`$4` the header, `$5` the path, `$6` curl's word for the status. curl reads user and password from standard input: it
has no other argument that is a secret. The server's certificate is its own, and the connection does not leave the pod.
*/
const ask = `
umask 077
port=$(printenv "$2")
if [ -z "$port" ]; then port=$3; fi
rm -rf "$1"
mkdir -p "$1"
if command -v curl >/dev/null 2>&1; then
status=$(curl -q --config - --silent --show-error --insecure --max-time 300 --header "$4" --output "$1/export" --write-out "$6" "https://localhost:$port$5")
echo "curl $?"
echo "http $status"
else
echo "no curl"
fi
`;

/** A line of curl's configuration: user and password in double quotes, which only know the backslash. */
const credentials = (user: string, password: string): string =>
	`user = "${`${user}:${password}`.replaceAll(/["\\]/gv, String.raw`\$&`)}"\n`;

/** The command an operator would type for the same: curl asks him for the password. */
export const exportWords = ({header, port}: AdminApi, {path}: Exportable, user: string): readonly string[] => [
	'curl',
	'--insecure',
	'--user',
	user,
	'--header',
	header,
	`https://localhost:${port}${path}`,
];

const readExport = (asked: Asked, text: string): Document => {
	let document: Document;
	try {
		document = readDocument(text);
	} catch {
		// What a parser says quotes the text, and the text holds secrets.
		throw notAnExport(asked, 'it is not whole JSON.');
	}

	const missing = asked.api.fields.filter(field => membersOf(document)?.[field] === undefined);
	if (missing.length > 0) {
		throw notAnExport(asked, `it has no ${missing.join(' and no ')}.`);
	}

	const version = versionOf(asked.api, document);
	if (asked.api.earlier && !exportPlaceOf(asked.api, version)) {
		throw unknownVersion(asked, version, asked.api.earlier.from);
	}

	return document;
};

/** Lets the server write what is wanted into the run's folder in the pod. */
const askFor = async ({pods, target, api, user, password, run, signal}: AdminCall, asked: Asked): Promise<void> => {
	const result = await pods.script(
		target,
		ask,
		[remoteFolder(run), api.portVariable, String(api.port), api.header, asked.wanted.path, '%{http_code}'],
		{
			input: credentials(user, password),
			timeoutSeconds: 330,
			makes: [remoteFolder(run)],
			...(signal && {signal}),
		},
	);
	const lines = result.stdout.split('\n');
	if (lines.includes('no curl')) {
		throw noCurl(asked);
	}

	const status =
		lines
			.find(line => line.startsWith('http '))
			?.slice('http '.length)
			.trim() ?? '';
	if (status !== '200' || !lines.includes('curl 0')) {
		throw refused(asked, status === '200' ? '' : status, result.stderr.split('\n').filter(Boolean).slice(-5));
	}
};

/**
What was asked for is full of secrets: what is left of it here and in the pod is removed. Gives what could not be.
*/
const clear = async (
	{pods, transfer, files, target, run}: AdminCall,
	local: string,
	isWhole: boolean,
): Promise<readonly string[]> => {
	const here = [...(isWhole ? [] : [local]), ...transfer.partialFiles(local)];
	const results = await Promise.allSettled([
		...here.map(async path => files.shred(path)),
		clearRemote(pods, target, run),
	]);
	return results.flatMap((result, index) =>
		result.status === 'rejected'
			? [
					`${here[index] ?? `${remoteFolder(run)} in ${target.pod}`} could not be removed: ` +
						partsOf(result.reason).seen,
				]
			: [],
	);
};

/** The failure itself, and what could not be removed after it, which must not hide it. */
const withLeft = (error: unknown, left: readonly string[]): unknown => {
	if (left.length === 0) {
		return error;
	}

	const parts = partsOf(error);
	return new Failure({...parts, details: [...(parts.details ?? []), ...left]}, {cause: error});
};

/**
Fetches what is wanted to a file here, verified by length and SHA-256 on both sides, and lets it be looked at; only
where it is to be kept does it stay.
*/
const fetchTo = async <Result>(
	call: AdminCall,
	wanted: Exportable,
	local: string,
	isKept: boolean,
	look: (asked: Asked, receipt: Fingerprint) => Promise<Result>,
): Promise<Result> => {
	const {pods, transfer, target, api, user, run, signal} = call;
	const asked: Asked = {
		api,
		wanted,
		pod: target.pod,
		user,
		byHand: pods.byHand(target, exportWords(api, wanted, user)),
	};
	let result: Result;
	try {
		await askFor(call, asked);
		const receipt = await transfer.copyOut({
			target,
			remotePath: `${remoteFolder(run)}/export`,
			localPath: local,
			...(signal && {signal}),
		});
		result = await look(asked, receipt);
	} catch (error) {
		throw withLeft(error, await clear(call, local, false));
	}

	const left = await clear(call, local, isKept);
	if (left.length > 0) {
		throw stillThere(asked, left);
	}

	return result;
};

/** Lets the server export its configuration and reads it. Nothing of the answer is left as a file. */
export const fetchExport = async (call: AdminCall): Promise<Document> =>
	fetchTo(call, call.api, join(call.folder, 'export.json'), false, async asked => {
		const bytes = await call.files.readBytes(join(call.folder, 'export.json'));
		return readExport(asked, new TextDecoder().decode(bytes));
	});

/** How a zip archive begins (APPNOTE.TXT of PKWARE, 4.3.7). */
const zipMark = 'PK\u{3}\u{4}';

/** The first letters of a file, as many as the mark has. */
const beginOf = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
	const chunks = stream[Symbol.asyncIterator]();
	const first = await chunks.next();
	await chunks.return?.();
	return first.done ? '' : new TextDecoder('latin1').decode(first.value.subarray(0, zipMark.length));
};

/** Lets the server export its archive, and keeps it at the path, mode 0600. */
export const fetchArchive = async (call: AdminCall, archive: AdminArchive, path: string): Promise<Fingerprint> =>
	fetchTo(call, archive, path, true, async (asked, {bytes, sha256}) => {
		const begin = await beginOf(call.files.stream(path));
		if (begin !== zipMark) {
			throw notAnExport(asked, 'it is no zip archive.');
		}

		return {bytes, sha256};
	});
