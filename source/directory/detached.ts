import {randomUUID} from 'node:crypto';
import {allWords, type DirectoryServer, type ToolCall} from './server.js';
import {wholeNumber} from './whole-number.js';

/*
Long work is never tied to one `kubectl exec`: a silent stream is cut by proxies after minutes, and a lost one does not
stop its command. So the tool is started in the background, writes its log and its exit status to files, and is polled.
A second try finds the first.

The log and the status lie on the volume; the pid lies in /tmp, the container's own layer, so that a restarted container
is not taken for a running tool. With the pid stands the mark of the start, by which a start whose answer was cut is
known when it is asked for again.
*/

/** The process is looked for before the status it leaves: one that ends in between has left it. */
const see = `
log=$1; pid=$2
begun=; alive=no
if [ -f "$pid" ]; then read -r process begun <"$pid"; fi
if [ "$begun" ] && kill -0 "$process" 2>/dev/null; then alive=yes; fi
if [ -f "$log.exit" ]; then state="exit $(cat "$log.exit")"
elif [ "$alive" = yes ]; then state=running
elif [ -f "$log" ]; then state=lost
else state=none
fi
`;

const tell = `
echo "$state"
if [ -f "$log" ]; then tail -c 65536 "$log"; fi
`;

/** `$3` is the mark of this start, `$4` whether it is to begin `anew` where an earlier job has ended. */
const begin = `${see}
mark=$3; when=$4; script=$5; shift 5
if [ "$state" = none ] || { [ "$when" = anew ] && [ "$state" != running ] && [ "$begun" != "$mark" ]; }; then
umask 077
state=none
if mkdir -p "\${log%/*}" && rm -f "$log" "$log.exit" "$log.exit.part" "$pid" && : >"$log"; then
nohup sh -c 'log=$1; script=$2; shift 2; sh -c "$script" unroot "$@" >"$log" 2>&1 </dev/null; code=$?; echo "$code" >"$log.exit.part"; if [ "$(cat "$log.exit.part")" = "$code" ]; then mv -f "$log.exit.part" "$log.exit"; fi' unroot "$log" "$script" "$@" >/dev/null 2>&1 </dev/null &
if echo "$! $mark" >"$pid"; then state=running; fi
fi
fi
${tell}`;

const look = `${see}${tell}`;

/** A piece of long work in a pod, by the absolute path of its log. */
export type Job = {readonly server: DirectoryServer; readonly log: string};

/**
Where a job stands. `lost` means that its process is gone without having said how it ended, or without room to say it.
*/
export type JobState = {
	readonly state: 'none' | 'running' | 'ended' | 'lost';
	readonly exitCode?: number;
	readonly lines: readonly string[];
};

/** What a job leaves in the container beside its log: how it ended, and its process. */
export const jobFiles = (log: string): readonly string[] => [log, `${log}.exit`, pidFile(log)];

const pidFile = (log: string): string => `/tmp/unroot${log.replaceAll('/', '.')}.pid`;

const run = async (
	{server, log}: Job,
	script: string,
	parameters: readonly string[],
	makes: readonly string[] = [],
): Promise<JobState> => {
	const result = await server.pods.script(server.target, script, [log, pidFile(log), ...parameters], {
		...(server.signal && {signal: server.signal}),
		makes,
	});
	const [first = '', ...lines] = result.stdout.split('\n');
	if (first.startsWith('exit ')) {
		// A status that cannot be read, as on a volume without room, says nothing of how the job ended.
		const exitCode = wholeNumber(first.slice('exit '.length));
		return {
			...(exitCode === undefined ? {state: 'lost' as const} : {state: 'ended' as const, exitCode}),
			lines: lines.filter(Boolean),
		};
	}

	switch (first) {
		case 'running':
		case 'lost': {
			return {state: first, lines: lines.filter(Boolean)};
		}

		case 'none': {
			return {state: 'none', lines: allWords({...result, stdout: ''})};
		}

		default: {
			return {state: 'lost', lines: allWords(result)};
		}
	}
};

/**
Starts the job, unless one runs, and looks where it stands; `isAnew` starts it too where an earlier one has ended or was
lost. State `none` means that it could not be started, and its lines say why. May be asked for again by the shell when
its answer was cut: it starts once.
*/
export const startJob = async (
	job: Job,
	{script, parameters, makes = []}: ToolCall,
	isAnew: boolean,
): Promise<JobState> =>
	run(job, begin, [randomUUID(), isAnew ? 'anew' : 'once', script, ...parameters], [...jobFiles(job.log), ...makes]);

/** Looks where the job stands, and at the last 64 KiB of its log. */
export const lookAtJob = async (job: Job): Promise<JobState> => run(job, look, []);
