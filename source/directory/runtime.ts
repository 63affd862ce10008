import {Failure} from '../failure/failure.js';
import type {PodShell, PodTarget} from '../migration/world.js';
import {wholeNumber} from './whole-number.js';

/** What a running container shows of itself. */
export type Runtime = {
	readonly uid: number;
	readonly gid: number;
	/** TCP ports that something in the pod listens on. */
	readonly listening: readonly number[];
	/** Whether a file could be written below /opt/out, read back and removed. */
	readonly canWrite: boolean;
};

const runtimeScript = `
echo "uid $(id -u)"
echo "gid $(id -g)"
probe=/opt/out/.unroot-write-probe
if echo "$1" >"$probe" && [ "$(cat "$probe")" = "$1" ] && rm "$probe"; then echo write yes; else echo write no; fi
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null
`;

/** State 0A of /proc/net/tcp: the socket listens. */
const listenState = '0A';

const listeningPort = (line: string): number | undefined => {
	const [, local = '', , state] = line.trim().split(/\s+/v, 4);
	const port = Number.parseInt(local.split(':', 2)[1] ?? '', 16);
	return state === listenState && Number.isSafeInteger(port) ? port : undefined;
};

/** Looks at the user, the listening ports and whether the volume takes a write. */
export const readRuntime = async (pods: PodShell, target: PodTarget, nonce: string): Promise<Runtime> => {
	const {stdout} = await pods.script(target, runtimeScript, [nonce]);
	const lines = stdout.split('\n');
	const valueOf = (name: string): string =>
		lines
			.find(line => line.startsWith(`${name} `))
			?.slice(name.length + 1)
			.trim() ?? '';
	const ports = lines.map(line => listeningPort(line)).filter(port => port !== undefined);
	const [uid, gid] = [wholeNumber(valueOf('uid')), wholeNumber(valueOf('gid'))];
	if (uid === undefined || gid === undefined) {
		throw new Failure({
			code: 'user-unknown',
			seen: `id in ${target.pod} does not say which user the container runs as.`,
			means: 'Whether the server left root behind cannot be said.',
			todo: 'Look at what id says, then try again.',
			byHand: pods.byHand(target, ['id']),
			retryable: true,
		});
	}

	return {
		uid,
		gid,
		canWrite: valueOf('write') === 'yes',
		listening: [...new Set(ports)].toSorted((one, other) => one - other),
	};
};
