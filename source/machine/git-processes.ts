import {readdir, readFile, readlink} from 'node:fs/promises';
import process from 'node:process';

/** A process of git that may be at work in a repository. */
export type GitProcess = {readonly pid: number; readonly command: string};

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/**
One process as /proc shows it; undefined where it has ended or belongs to somebody else. A zombie holds nothing. Source:
man 5 proc.
*/
const processIn = async (pid: string, folders: readonly string[]): Promise<GitProcess | undefined> => {
	try {
		const [stat, commandLine, cwd] = await Promise.all([
			readFile(`/proc/${pid}/stat`, 'utf8'),
			readFile(`/proc/${pid}/cmdline`, 'utf8'),
			readlink(`/proc/${pid}/cwd`),
		]);
		const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
		const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
		const words = commandLine.split('\0').filter(Boolean);
		const isThere = folders.some(folder => [cwd, ...words].some(path => isBelow(path, folder)));
		return name.startsWith('git') && state !== 'Z' && isThere
			? {pid: Number(pid), command: words.slice(0, 4).join(' ')}
			: undefined;
	} catch {
		return undefined;
	}
};

const inProc = async (folders: readonly string[]): Promise<readonly GitProcess[]> => {
	const pids = await readdir('/proc').catch(() => []);
	const found = await Promise.all(pids.filter(name => /^\d+$/v.test(name)).map(async pid => processIn(pid, folders)));
	return found.filter(one => one !== undefined);
};

/** Where a process cannot be asked for its folder, every living git is taken for one that may work there. */
const inTable = async (): Promise<readonly GitProcess[]> => {
	const {execa} = await import('execa');
	const {stdout} = await execa('ps', ['-axo', 'pid=,stat=,command='], {reject: false, stdin: 'ignore'});
	return (stdout ?? '').split('\n').flatMap((line): readonly GitProcess[] => {
		const [pid = '', state = '', program = '', ...words] = line.trim().split(/\s+/v, 8);
		return /(?:^|\/)git[^\/]*$/v.test(program) && !state.startsWith('Z')
			? [{pid: Number(pid), command: [program, ...words].join(' ')}]
			: [];
	});
};

/** Processes of git that live and may be at work in one of the folders. */
export const gitProcesses = async (folders: readonly string[]): Promise<readonly GitProcess[]> =>
	process.platform === 'linux' ? inProc(folders) : inTable();
