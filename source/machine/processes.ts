import {readFile} from 'node:fs/promises';
import process from 'node:process';

/** Whether a process of this machine runs. One of somebody else does, too. */
export const isAlive = (pid: number): boolean => {
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

/** Where the start time stands in /proc/PID/stat, counted after the command's name, which may hold spaces. Source: man 5 proc. */
const startField = 19;

/**
When a process was started, in whatever unit the system counts: only good for telling two processes with one number apart. Empty where it cannot be known.
*/
export const startOf = async (pid: number): Promise<string> => {
	if (process.platform === 'linux') {
		try {
			const text = await readFile(`/proc/${pid}/stat`, 'utf8');
			return text.slice(text.lastIndexOf(')') + 2).split(' ', startField + 1)[startField] ?? '';
		} catch {
			return '';
		}
	}

	const {execa} = await import('execa');
	const {stdout} = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], {reject: false, stdin: 'ignore'});
	return stdout?.trim() ?? '';
};
