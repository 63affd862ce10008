import {join} from 'node:path';
import type {
	Files,
	PodShell,
	PodTarget,
	Transfer,
} from '../migration/world.js';
import type {AdminApi} from './admin-api.js';
import {
	noCurl,
	notAnExport,
	refused,
	type Asked,
} from './admin-failures.js';
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
Asks for the export. `$1` a folder for the answer, `$2` the variable of the port, `$3` the port where it is not set, `$4` the header, `$5` the path, `$6` curl's word for the status. curl reads user and password from standard input: it has no other argument that is a secret. The server's certificate is its own, and the connection does not leave the pod.
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
const credentials = (user: string, password: string): string => `user = "${`${user}:${password}`.replaceAll(/["\\]/gv, String.raw`\$&`)}"\n`;

/** The command an operator would type for the same: curl asks him for the password. */
export const exportWords = ({path, header, port}: AdminApi, user: string): readonly string[] => ['curl', '--insecure', '--user', user, '--header', header, `https://localhost:${port}${path}`];

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

	return document;
};

/**
Lets the server export its configuration and reads it, verified by length and SHA-256 on both sides. The answer is full of secrets: the copies in the pod and here are removed, whatever happens.
*/
export const fetchExport = async (call: AdminCall): Promise<Document> => {
	const {pods, transfer, files, target, api, user, password, run, folder, signal} = call;
	const asked: Asked = {
		api, pod: target.pod, user, byHand: pods.byHand(target, exportWords(api, user)),
	};
	const remote = remoteFolder(run);
	const local = join(folder, 'export.json');
	try {
		const result = await pods.script(target, ask, [remote, api.portVariable, String(api.port), api.header, api.path, '%{http_code}'], {
			input: credentials(user, password), timeoutSeconds: 330, ...(signal && {signal}),
		});
		const lines = result.stdout.split('\n');
		if (lines.includes('no curl')) {
			throw noCurl(asked);
		}

		const status = lines.find(line => line.startsWith('http '))?.slice('http '.length).trim() ?? '';
		if (status !== '200' || !lines.includes('curl 0')) {
			throw refused(asked, status === '200' ? '' : status, result.stderr.split('\n').filter(Boolean).slice(-5));
		}

		await transfer.copyOut({
			target, remotePath: `${remote}/export`, localPath: local, ...(signal && {signal}),
		});
		const bytes = await files.readBytes(local);
		return readExport(asked, new TextDecoder().decode(bytes));
	} finally {
		// What an interrupted copy left is as secret as the whole.
		for (const path of [local, `${local}.part`, `${local}.part.ranges`]) {
			await files.shred(path);
		}

		await clearRemote(pods, target, run);
	}
};
