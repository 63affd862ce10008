import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {tellable, tellableDetails} from '../failure/tellable.js';
import type {Files, PodShell, PodTarget, Transfer} from '../migration/world.js';
import {clearRemote, remoteFolder} from './remote.js';
import {readTree, type ProfileTree} from './tree.js';

/** What it takes to collect a profile. */
export type Collector = {
	readonly pods: PodShell;
	readonly transfer: Transfer;
	readonly files: Files;
	readonly target: PodTarget;
	/** The folder of the run. */
	readonly folder: string;
	readonly run: string;
	readonly signal?: AbortSignal;
};

/** Where the pod makes the profile. `manage-profile` refuses a folder that is not empty. */
const remoteProfile = (run: string): string => `${remoteFolder(run)}/pd.profile`;

/** The words of the command that makes it. */
export const generateWords = (run: string): readonly string[] => [
	'manage-profile',
	'generate-profile',
	'--profileRoot',
	remoteProfile(run),
];

const generate = `
rm -rf "\${1%/*}"
umask 077
mkdir -p "\${1%/*}"
manage-profile generate-profile --profileRoot "$1" 2>&1
tar -c -f "$1.tar" -C "$1" .
if [ -s "$1.tar" ]; then echo "packed"; fi
`;

/** Files and folders that the tool left out, as it lists them: key stores and keys must come from Secrets. */
const excludedIn = (lines: readonly string[]): readonly string[] =>
	lines.map(line => line.trim()).filter(line => /^config\/[\w\-.\/]+$/v.test(line));

/**
Lets the server generate its profile, and copies it out, verified. The copy in the pod is removed.
*/
export const collectProfile = async (
	collector: Collector,
	onLine: (line: string) => void,
): Promise<{readonly tree: ProfileTree; readonly excluded: readonly string[]}> => {
	const {pods, transfer, files, target, folder, run, signal} = collector;
	const remote = remoteProfile(run);
	const result = await pods.script(target, generate, [remote], {
		timeoutSeconds: 600,
		makes: [remoteFolder(run)],
		...(signal && {signal}),
	});
	const lines = result.stdout.split('\n').filter(Boolean);
	for (const line of tellable(lines)) {
		onLine(line);
	}

	if (lines.at(-1) !== 'packed') {
		const said = [...lines, ...result.stderr.split('\n').filter(Boolean)];
		throw new Failure(
			{
				code: 'profile-not-generated',
				seen: `manage-profile generate-profile in ${target.pod} made no profile.`,
				means: 'The configuration of the server is not saved yet. The server goes on as before.',
				todo: 'Read what the tool said (it needs PingDirectory 8.0 or later), fix it, then try again.',
				byHand: pods.byHand(target, generateWords(run)),
				retryable: true,
				details: tellableDetails(said),
			},
			{said},
		);
	}

	const archive = join(folder, 'profile.tar');
	await transfer.copyOut({
		target,
		remotePath: `${remote}.tar`,
		localPath: archive,
		...(signal && {signal}),
	});
	const tree = await readTree(files.stream(archive));
	await files.remove(archive);
	await clearRemote(pods, target, run);
	return {tree, excluded: excludedIn(lines)};
};
