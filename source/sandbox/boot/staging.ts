import {isFileError} from '../files/file-error.js';
import type {View} from '../files/view.js';
import {ready, value, type Ready, type Start} from './boot.js';
import {atStart, containerFailure} from './failure.js';
import {readRemote} from './remote.js';

const staging = '/opt/staging';

/** Files below a folder, links left aside as `find -type f` leaves them, with their paths below it. */
export const filesBelow = (view: View, folder: string, below = ''): readonly string[] =>
	view.list(`${folder}/${below}`).flatMap(name => {
		const path = below === '' ? name : `${below}/${name}`;
		const {kind} = view.node(`${folder}/${path}`, {follow: false});
		return kind === 'folder' ? filesBelow(view, folder, path) : kind === 'file' ? [path] : [];
	});

const put = (view: View, path: string, bytes: Uint8Array | string): void => {
	view.makeFolder(path.slice(0, path.lastIndexOf('/')), {parents: true});
	view.write(path, bytes);
};

/**
Copies what is mounted at /opt/in, as at every start. `find . -type f` follows no link: of a ConfigMap or Secret that
is
mounted there as a whole, whose names are links, nothing arrives where it should.
@see pingidentity-docker-builds, pingcommon/opt/staging/hooks/pingcommon.lib.sh, tags 2103:320-359 and 2606:399-432
  (apply_local_server_profile, copy_files)
*/
const copyLocal = ({machine, view}: Start): void => {
	const from = '/opt/in';
	const paths = filesBelow(view, from);
	machine.log.write(
		paths.length > 0
			? `copying local IN_DIR files (${from}) to STAGING_DIR (${staging})`
			: `no local IN_DIR files (${from}) found.`,
	);
	for (const path of paths) {
		try {
			put(view, `${staging}/${path}`, view.read(`${from}/${path}`));
		} catch (error) {
			if (!isFileError(error)) {
				throw error;
			}

			machine.log.write(`cp: can't open './${path}': ${error.message}`);
		}
	}
};

/** Files of a clone that must not be in a profile, by their names. */
const isViolation = (path: string): boolean => /\.(?:jwk|pin)$/v.test(path);

/** Clones SERVER_PROFILE_URL where it is set (pingcommon/opt/staging/hooks/02-get-remote-server-profile.sh). */
const cloneRemote = async (start: Start): Promise<Ready> => {
	const {machine, view} = start;
	const source = {
		url: value(start, 'SERVER_PROFILE_URL'),
		branch: value(start, 'SERVER_PROFILE_BRANCH'),
		path: value(start, 'SERVER_PROFILE_PATH'),
	};
	if (source.url === '') {
		machine.log.write('INFO: SERVER_PROFILE_URL not set, skipping');
		return ready;
	}

	machine.log.write(
		'Getting SERVER_PROFILE',
		`  git url: ${value(start, 'SERVER_PROFILE_URL_REDACT') === 'false' ? source.url : '*** REDACTED ***'}`,
		...(source.branch === '' ? [] : [`   branch: ${source.branch}`]),
		...(source.path === '' ? [] : [`     path: ${source.path}`]),
	);
	const files = await readRemote(source);
	if (!files) {
		return containerFailure(start, {why: 'Git clone failure', ...atStart('02-get-remote-server-profile.sh')});
	}

	const violations = files
		.keys()
		.filter(path => isViolation(path))
		.toArray();
	if (violations.length > 0 && value(start, 'SECURITY_CHECKS_STRICT') === 'true') {
		return containerFailure(start, {
			why: `Security Violations Found! (total=${violations.length})`,
			...atStart('02-get-remote-server-profile.sh'),
		});
	}

	for (const [path, bytes] of files) {
		put(view, `${staging}/${path}`, bytes);
	}

	return ready;
};

/** Variables of a text whose names are known, as `envsubst` with a list of names replaces them. */
export const substitute = (text: string, variables: ReadonlyMap<string, string>): string =>
	text.replaceAll(
		/\$(?:\{(?<braced>\w+)\}|(?<bare>\w+))/gv,
		(whole, braced: string | undefined, bare: string | undefined) => variables.get(braced ?? bare ?? '') ?? whole,
	);

/**
Expands the templates; a dollar is written as a variable of its own (profileStructures.md of getting-started 2506).
*/
const expandTemplates = ({view, variables}: Start): void => {
	const known = new Map([...variables, ['DOLLAR', '$']]);
	const templates = filesBelow(view, staging).filter(path => path.endsWith('.subst'));
	for (const path of templates) {
		const text = view.read(`${staging}/${path}`).toString();
		view.write(`${staging}/${path.slice(0, -'.subst'.length)}`, substitute(text, known));
		view.remove(`${staging}/${path}`);
	}
};

/** Keeps variables for the hooks and probes that follow, which read them from there. They are not quoted. */
export const exportVariables = ({view, variables}: Start, found: Readonly<Record<string, string>>): void => {
	const path = value({variables}, 'CONTAINER_ENV');
	const before = view.exists(path) ? view.read(path).toString() : '';
	const lines = Object.entries(found).map(([name, text]) => `${name}=${text}\n`);
	view.write(path, `${before}${lines.join('')}`);
	for (const [name, text] of Object.entries(found)) {
		variables.set(name, text);
	}
};

/** `env_vars` of a profile wins over the orchestration's variables. */
const takeVariables = (start: Start): void => {
	const path = `${staging}/env_vars`;
	const text = start.view.exists(path) ? start.view.read(path).toString() : '';
	const found = text
		.split('\n')
		.map(line => /^(?:export\s+)?(?<name>[A-Z_a-z]\w*)=(?<quote>["']?)(?<text>.*)\k<quote>$/v.exec(line.trim())?.groups)
		.filter(groups => groups !== undefined);
	exportVariables(start, Object.fromEntries(found.map(groups => [groups.name ?? '', groups.text ?? ''])));
};

/** Lays the profile out in the staging folder: what is mounted, what is cloned, with its variables and templates. */
export const stageProfile = async (start: Start): Promise<Ready> => {
	copyLocal(start);
	const cloned = await cloneRemote(start);
	if ('ready' in cloned) {
		takeVariables(start);
		expandTemplates(start);
	}

	return cloned;
};
