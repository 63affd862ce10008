import {readFile} from 'node:fs/promises';
import process from 'node:process';

/** Whether there is a process with this number, be it somebody else's or one that has ended and was not reaped. */
const isAlive = (pid: number): boolean => {
	if (!Number.isSafeInteger(pid) || pid <= 0) {
		return false;
	}

	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
};

/** Fields of /proc/PID/stat, counted after the command's name, which may hold spaces. Source: man 5 proc. */
const stateField = 0;
const startField = 19;

/**
States of a process that has ended and was not reaped yet: a container whose first process reaps nobody keeps it for
ever.
*/
const ended = new Set(['Z', 'X']);

type Seen = {readonly start: string; readonly hasEnded: boolean};

const look = async (pid: number): Promise<Seen | undefined> => {
	if (process.platform === 'linux') {
		try {
			const text = await readFile(`/proc/${pid}/stat`, 'utf8');
			const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', startField + 1);
			return {start: fields[startField] ?? '', hasEnded: ended.has(fields[stateField] ?? '')};
		} catch {
			return undefined;
		}
	}

	const {execa} = await import('execa');
	const {stdout} = await execa('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {reject: false, stdin: 'ignore'});
	const found = /^(?<state>\S+)\s+(?<start>\S.*)$/v.exec(stdout?.trim() ?? '')?.groups;
	return found && {start: found.start ?? '', hasEnded: ended.has(found.state?.[0] ?? '')};
};

/**
When a process was started, in whatever unit the system counts: only good for telling two processes with one number
apart. Empty where it cannot be known.
*/
export const startMarkOf = async (pid: number): Promise<string> => {
	const seen = await look(pid);
	return seen?.start ?? '';
};

/**
Whether the process that had this number when it was started then still runs: not one that has ended and was not reaped,
and not another that has its number by now. `start` is empty where it is not known.
*/
export const isRunning = async (pid: number, start = ''): Promise<boolean> => {
	if (!isAlive(pid)) {
		return false;
	}

	// What cannot be looked at, as with a process of somebody else's on some systems, may run.
	const seen = await look(pid);
	return !seen || (!seen.hasEnded && (start === '' || seen.start === '' || seen.start === start));
};
