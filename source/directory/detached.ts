import type {CommandResult} from '../migration/world.js';
import {lastWords, type DirectoryServer, type ToolCall} from './server.js';

/*
Long work is never tied to one `kubectl exec`: a silent stream is cut by proxies after minutes, and a lost one does not stop its command. So the tool is started in the background, writes its log and its exit status to files, and is polled. A second try finds the first.

The log and the status lie on the volume; the pid lies in /tmp, the container's own layer, so that a restarted container is not taken for a running tool.
*/
const begin = `
log=$1; pid=$2; script=$3; shift 3
umask 077
mkdir -p "\${log%/*}"
rm -f "$log" "$log.exit" "$log.exit.part" "$pid"
nohup sh -c 'log=$1; script=$2; shift 2; sh -c "$script" unroot "$@" >"$log" 2>&1 </dev/null; echo $? >"$log.exit.part"; mv -f "$log.exit.part" "$log.exit"' unroot "$log" "$script" "$@" >/dev/null 2>&1 </dev/null &
echo $! >"$pid"
echo begun
`;

const look = `
log=$1; pid=$2
if [ -f "$log.exit" ]; then echo "exit $(cat "$log.exit")"
elif [ -f "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; then echo running
elif [ -f "$log" ]; then echo lost
else echo none
fi
if [ -f "$log" ]; then tail -c 65536 "$log"; fi
`;

/** A piece of long work in a pod, by the absolute path of its log. */
export type Job = {readonly server: DirectoryServer; readonly log: string};

/** Where a job stands. `lost` means that its process is gone without having said how it ended. */
export type JobState = {readonly state: 'none' | 'running' | 'ended' | 'lost'; readonly exitCode?: number; readonly lines: readonly string[]};

const pidFile = (log: string): string => `/tmp/unroot${log.replaceAll('/', '.')}.pid`;

/** Starts the job. What an earlier one of the same name left is removed first. */
export const beginJob = async ({server, log}: Job, {script, parameters}: ToolCall): Promise<CommandResult> =>
	server.pods.script(server.target, begin, [log, pidFile(log), script, ...parameters], {isOnce: true, ...(server.signal && {signal: server.signal})});

/** Looks where the job stands, and at the last 64 KiB of its log. */
export const lookAtJob = async ({server, log}: Job): Promise<JobState> => {
	const result = await server.pods.script(server.target, look, [log, pidFile(log)], {...(server.signal && {signal: server.signal})});
	const [first = '', ...lines] = result.stdout.split('\n');
	if (first.startsWith('exit ')) {
		return {state: 'ended', exitCode: Number(first.slice('exit '.length)), lines: lines.filter(Boolean)};
	}

	switch (first) {
		case 'running':
		case 'lost':
		case 'none': {
			return {state: first, lines: lines.filter(Boolean)};
		}

		default: {
			return {state: 'lost', lines: lastWords(result)};
		}
	}
};
