import {connectedSubcommand, lastWords, type DirectoryServer} from './server.js';

/*
A program that is killed must not leave servers that refuse writes without end. So a script waits in each pod until the
deadline, and lets the server take writes again by the server's own dsconfig.

What decides between the watchdog and the run is one rename: the watchdog goes on only if it is the one who moved the
file `armed` away, and the run has disarmed it only if it is the run who did. So a freeze that the watchdog lifts and a
switch that the run begins cannot overlap, whatever the clocks say: the pod counts seconds and reads no clock of this
machine.
*/

/** The times that dsconfig is tried: the server may be busy at that moment. */
const tries = 20;

/**
What the watchdog does: `$1` the folder, `$2` the mark, `$3` seconds, `$4` tries, `$5` the port, `$6` the script that
runs a tool, then pairs of a backend, or a dash for the whole server, and its mode.
*/
const watch = `
folder=$1; mark=$2; seconds=$3; tries=$4; port=$5; connected=$6; shift 6
sleep "$seconds"
mv "$folder/armed.$mark" "$folder/fired.$mark" 2>/dev/null || exit 0
while [ "$tries" -gt 0 ]; do
	failed=
	left=$#
	while [ "$left" -gt 0 ]; do
		if [ "$1" = - ]; then
			sh -c "$connected" unroot "$port" dsconfig set-global-configuration-prop --set "writability-mode:$2" --no-prompt || failed=yes
		else
			sh -c "$connected" unroot "$port" dsconfig set-backend-prop --backend-name "$1" --set "writability-mode:$2" --no-prompt || failed=yes
		fi
		set -- "$@" "$1" "$2"
		shift 2
		left=$((left - 2))
	done
	if [ -z "$failed" ]; then : >"$folder/lifted.$mark"; exit 0; fi
	tries=$((tries - 1))
	sleep 3
done
`;

/**
Arms: `$1` the folder, `$2` the mark, `$3` the script, then what the script is given after folder and mark. An earlier
one is disarmed first.
*/
const arm = `
folder=$1; mark=$2; script=$3; shift 3
umask 077
mkdir -p "$folder" && rm -f "$folder"/armed.* "$folder/disarmed.$mark" && : >"$folder/armed.$mark" || exit 1
nohup sh -c "$script" unroot "$folder" "$mark" "$@" >"$folder/log.$mark" 2>&1 </dev/null &
echo "$!" >"$folder/pid.$mark"
`;

/** Says where it stands: `$1` the folder, `$2` the mark. */
const look = `
folder=$1; mark=$2
if [ -f "$folder/fired.$mark" ]; then echo fired
elif [ -f "$folder/disarmed.$mark" ]; then echo disarmed
elif [ -f "$folder/armed.$mark" ] && kill -0 "$(cat "$folder/pid.$mark")" 2>/dev/null; then echo armed
else echo none
fi
`;

/** Disarms, and says where it stands then. */
const disarm = `
mv "$1/armed.$2" "$1/disarmed.$2" 2>/dev/null
${look}`;

/**
Where a watchdog stands. `fired` lets the server take writes, or has done so; `none` is one that was never armed, or is
gone with its container.
*/
export type WatchdogState = 'armed' | 'fired' | 'disarmed' | 'none';

/** A watchdog in a pod, told from those of earlier freezes by its mark. */
export type Watchdog = {readonly server: DirectoryServer; readonly run: string; readonly mark: string};

/** What the server is told at the deadline. */
export type Release = {
	readonly global: string | null;
	readonly backends: ReadonlyArray<{readonly id: string; readonly was: string}>;
};

/** In the container's own layer: a container that restarts has no watchdog, and is not taken for one that has. */
const folderOf = (run: string): string => `/tmp/unroot.freeze.${run}`;

const states: readonly WatchdogState[] = ['armed', 'fired', 'disarmed'];

const stateIn = (stdout: string): WatchdogState => states.find(state => stdout.trim() === state) ?? 'none';

const ask = async (
	{server, run, mark}: Watchdog,
	script: string,
	more: readonly string[] = [],
): Promise<{readonly state: WatchdogState; readonly said: readonly string[]}> => {
	const result = await server.pods.script(server.target, script, [folderOf(run), mark, ...more], {
		...(server.signal && {signal: server.signal}),
	});
	return {state: stateIn(result.stdout), said: lastWords(result)};
};

/** Has a pod let its server take writes again after so many seconds, and looks whether the watchdog is there. */
export const armWatchdog = async (watchdog: Watchdog, seconds: number, {global, backends}: Release) => {
	const modes = global === null ? backends.flatMap(({id, was}) => [id, was]) : ['-', global];
	await ask(watchdog, arm, [
		watch,
		String(Math.ceil(seconds)),
		String(tries),
		String(watchdog.server.ldapsPort),
		connectedSubcommand,
		...modes,
	]);
	return ask(watchdog, look);
};

/** Where a watchdog stands now. */
export const lookAtWatchdog = async (watchdog: Watchdog) => ask(watchdog, look);

/** Calls a watchdog off, unless it was faster, and says which of the two it is. */
export const disarmWatchdog = async (watchdog: Watchdog) => ask(watchdog, disarm);
