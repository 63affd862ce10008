import {Failure} from '../failure/failure.js';
import {remainsOf} from '../migration/listed.js';
import type {PodShell, PodTarget} from '../migration/world.js';
import {allWords, lastWords} from './server.js';
import {wholeNumber} from './whole-number.js';

/** Where files of a run lie in a pod: on the persistent volume, which outlives the container; /tmp does not. */
export const workFolder = (run: string): string => `/opt/out/unroot/${run}`;

/** Space on a file system of a pod, in bytes. */
export type Space = {readonly free: number; readonly database: number};

const spaceScript = `
df -P -k "$1" | tail -n 1
if [ -d "$2/db" ]; then du -s -k "$2/db" 2>/dev/null; else du -s -k "$2" 2>/dev/null; fi
`;

/**
Free space where the export goes, and how much the databases take (all of the instance, where they lie elsewhere in it):
the plain LDIF may be larger or smaller than they.
*/
export const readSpace = async (pods: PodShell, target: PodTarget): Promise<Space> => {
	const result = await pods.script(target, spaceScript, ['/opt/out', '/opt/out/instance']);
	const [df = '', du = ''] = result.stdout.trim().split('\n', 2);
	const free = wholeNumber(df.trim().split(/\s+/v, 4)[3]);
	const database = wholeNumber(du.trim().split(/\s+/v, 1)[0]);
	if (free === undefined || database === undefined) {
		throw new Failure(
			{
				code: 'space-unknown',
				seen:
					free === undefined
						? `df in ${target.pod} does not say how much space is free below /opt/out.`
						: `du in ${target.pod} does not say how much space the databases below /opt/out/instance take.`,
				means: 'Whether the export fits cannot be said.',
				todo: 'Look at what df and du say.',
				byHand: pods.byHand(target, ['df', '-P', '-k', '/opt/out']),
				retryable: true,
				details: lastWords(result),
			},
			{said: allWords(result)},
		);
	}

	return {free: free * 1024, database: database * 1024};
};

/** `$1` is a folder that goes where nothing is left in it; the rest are the files, and folders, to remove. */
const removal = `
folder=$1; shift
for f in "$@"; do rm -rf "$f"; done
for f in "$@"; do if [ -e "$f" ] || [ -L "$f" ]; then echo "left $f"; fi; done
if [ -d "$folder" ]; then rmdir "$folder" "\${folder%/*}" 2>/dev/null; fi
echo looked
`;

/**
Removes files of a run in a pod, and what was beside them for a while, looks for them again and gives those that are
still there. Rejects with a Failure where the second look was not made.
*/
export const removeRemote = async (
	pods: PodShell,
	target: PodTarget,
	run: string,
	files: readonly string[],
): Promise<readonly string[]> => {
	const all = files.flatMap(file => [file, ...remainsOf(file)]);
	const result = await pods.script(target, removal, [workFolder(run), ...all], {removes: files});
	const lines = result.stdout.split('\n');
	if (!lines.includes('looked')) {
		throw new Failure(
			{
				code: 'not-removed',
				seen: `Whether the files of the run in ${target.pod} were removed cannot be seen.`,
				means: 'Some of them hold user data and may still be there.',
				todo: 'Look at the folder of the run in the pod, then try again.',
				byHand: pods.byHand(target, ['ls', '-la', workFolder(run)]),
				retryable: true,
				details: lastWords(result),
			},
			{said: allWords(result)},
		);
	}

	return lines.filter(line => line.startsWith('left ')).map(line => line.slice('left '.length));
};

const countScript = 'if [ -f "$1" ]; then grep -c \'^dn:\' "$1"; else echo none; fi';

/**
Entries in a plain LDIF file in a pod: lines that begin with `dn:`, base64 ones (`dn::`) among them. Undefined where
there is no file.
*/
export const countEntries = async (pods: PodShell, target: PodTarget, file: string): Promise<number | undefined> => {
	const {stdout} = await pods.script(target, countScript, [file]);
	return wholeNumber(stdout.trim());
};

const secretScript = `
umask 077
mkdir -p "\${1%/*}"
cat >"$1"
`;

/** Puts a secret into a file of mode 0600 in a pod. It goes through standard input, never through an argument. */
export const putSecret = async (pods: PodShell, target: PodTarget, file: string, secret: string): Promise<void> => {
	await pods.script(target, secretScript, [file], {input: secret, makes: [file]});
};
