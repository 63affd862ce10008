import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';

/** What tells this machine from others: two may be called the same. The id is empty where the system has none. */
export type Machine = {readonly host: string; readonly machine: string};

/** This machine. Its id is that of systemd and D-Bus (man 5 machine-id). */
export const thisMachine = async (): Promise<Machine> => {
	const id = await readFile('/etc/machine-id', 'utf8').catch(() => '');
	return {host: hostname(), machine: id.trim()};
};

/** Whether both are one machine, as far as that can be known. */
export const isSameMachine = (one: Machine, other: Machine): boolean =>
	one.host === other.host && (one.machine === '' || other.machine === '' || one.machine === other.machine);
