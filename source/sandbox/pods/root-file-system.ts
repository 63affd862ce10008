import {withBits} from '../files/mode.js';
import {makeDevice, makeFile, makeFolder, makeVirtual, plant} from '../files/node.js';
import {makeVolume, recount, type Volume} from '../files/volume.js';
import type {Processes} from '../processes/process.js';
import type {ImageFacts} from './image.js';

const hex = (number: number, length: number): string => number.toString(16).toUpperCase().padStart(length, '0');

/** `/proc/net/tcp` or `tcp6`: listening sockets only, in the state 0A. */
const sockets = (ports: ReadonlySet<number>, uid: number, isSix: boolean): string =>
	[
		'  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
		...[...ports].map(
			(port, index) =>
				`${String(index).padStart(4)}: ${'0'.repeat(isSix ? 32 : 8)}:${hex(port, 4)} ` +
				`${'0'.repeat(isSix ? 32 : 8)}:0000 0A 00000000:00000000 00:00000000 00000000 ` +
				`${String(uid).padStart(5)}        0 ${10_000 + port} 1 0000000000000000 100 0 0 10 0`,
		),
		'',
	].join('\n');

/**
The mode of /opt and what is in it, by the sprint from which on it is so (pingcommon/opt/build.sh of
pingidentity-docker-builds).
*/
const optModes = [
	[2109, 0o770],
	[2105, 0o700],
	[2103, 0o777],
	[0, 0o755],
] as const;

const probe = (base: string): string =>
	'#!/usr/bin/env sh\nldapsearch --dontWrap --terse --noPropertiesFile --hostname localhost --port ' +
	`"$LDAPS_PORT" --useSSL --trustAll --baseDN "${base}" --scope base "(&)" 1.1 2>/dev/null || exit 1\n`;

const scripts: Readonly<Record<string, string>> = {'liveness.sh': probe(''), 'readiness.sh': probe('$USER_BASE_DN')};

/** The writable layer of a container over its image: folders, accounts and what /proc says. */
export const makeRootFileSystem = (
	facts: ImageFacts,
	{
		name,
		uid,
		ports,
		processes,
	}: {
		readonly name: string;
		readonly uid: number;
		readonly ports: ReadonlySet<number>;
		readonly processes: () => Processes;
	},
): Volume => {
	const volume = makeVolume(`overlay-${name}`, 'image', {capacity: 20 * 1024 ** 3});
	const {root} = volume;
	for (const folder of [
		'/bin',
		'/dev',
		'/etc',
		'/home',
		'/proc/net',
		'/run/secrets',
		'/usr/bin',
		'/var/log',
		'/root',
	]) {
		plant(root, folder, makeFolder());
	}

	plant(root, '/tmp', makeFolder({mode: 0o1777}));
	plant(root, '/dev/null', makeDevice('null'));
	plant(root, '/dev/zero', makeDevice('zero'));
	const isUnprivileged = facts.uid !== 0;
	plant(
		root,
		'/etc/passwd',
		makeFile(
			'root:x:0:0:root:/root:/bin/ash\n' +
				(isUnprivileged ? `ping:x:9031:${facts.gid}:Linux User,,,:/home/ping:/bin/ash\n` : ''),
		),
	);
	plant(root, '/etc/group', makeFile(`root:x:0:\n${facts.gid === 9999 ? 'identity:x:9999:ping\n' : ''}`));
	plant(root, '/etc/os-release', makeFile('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.13.2\n'));
	plant(
		root,
		'/proc/net/tcp',
		makeVirtual(() => sockets(ports, uid, false)),
	);
	plant(
		root,
		'/proc/net/tcp6',
		makeVirtual(() => sockets(new Set(), uid, true)),
	);
	plant(
		root,
		'/proc/1/cmdline',
		makeVirtual(() => processes().get(1)?.command.replaceAll(' ', '\0') ?? ''),
	);
	plant(
		root,
		'/proc/1/status',
		makeVirtual(() => `Name:\ttini\nPid:\t1\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`),
	);
	if (facts.isPing) {
		// /opt: root's before 2103, open to all in 2103 and 2104, then the image user's alone.
		const sprint = facts.sprint ?? 0;
		const owner = {uid: facts.uid, gid: facts.gid};
		const mode = optModes.find(([from]) => sprint >= from)![1];
		for (const folder of [
			'/opt',
			'/opt/in',
			'/opt/out',
			'/opt/staging',
			'/opt/staging/hooks',
			'/opt/server',
			'/opt/server/bin',
			'/opt/backup',
			'/opt/logs',
			'/opt/java',
		]) {
			plant(root, folder, makeFolder({...owner, mode}), {...owner, mode});
		}

		for (const script of ['bootstrap.sh', 'entrypoint.sh', 'liveness.sh', 'readiness.sh', 'wait-for']) {
			plant(
				root,
				`/opt/${script}`,
				makeFile(scripts[script] ?? '#!/usr/bin/env sh\nexit 0\n', {...owner, mode: withBits(mode, 0o500)}),
			);
		}

		if (isUnprivileged) {
			plant(root, '/home/ping', makeFolder({...owner, mode: 0o755}));
			plant(root, '/run/secrets', makeFolder({...owner, mode: 0o755}));
		}
	}

	recount(volume);
	return volume;
};
