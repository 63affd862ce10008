import {Failure, type FailureParts} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';

type Known = Pick<FailureParts, 'code' | 'means' | 'todo'> & {readonly byHand: (path: string) => string};

const full = (means: string): Known => ({
	code: 'disk-full',
	means: `${means} What was there before was not changed.`,
	todo: "Make room, or let the run's folder be on another disk, then try again.",
	byHand: path => `df -h ${path}`,
});

const notPermitted: Known = {
	code: 'not-permitted',
	means: 'You may not do that with this file or folder.',
	todo: 'Look at its owner and mode, then try again.',
	byHand: path => `ls -ld ${path}`,
};

/** The codes of file system errors that mean something of their own to an operator. */
const known: Readonly<Partial<Record<string, Known>>> = {
	ENOSPC: full('There is no room left on that file system.'),
	EDQUOT: full('Your quota on that file system is used up.'),
	EROFS: {
		code: 'read-only',
		means: 'That file system cannot be written to.',
		todo: 'Choose a folder that can be written to, then try again.',
		byHand: path => `findmnt --target ${path}`,
	},
	EACCES: notPermitted,
	EPERM: notPermitted,
};

const other: Known = {
	code: 'file',
	means: 'The file system did not do what was asked.',
	todo: 'Look at the file and its folder, then try again.',
	byHand: path => `ls -ld ${path}`,
};

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
	error instanceof Error && 'code' in error && 'syscall' in error;

/** Whether the error says that there is nothing at the path. */
export const isAbsent = (error: unknown): boolean =>
	isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/**
Turns an error of the file system into a Failure that names the path; anything else is handed back as it is.
*/
export const fileFailure = (error: unknown, what: string, path: string): unknown => {
	if (!isSystemError(error)) {
		return error;
	}

	const {code = '', message} = error;
	const {byHand, ...parts} = known[code] ?? other;
	return new Failure(
		{
			...parts,
			seen: `${path} could not be ${what}: ${message.split(':', 1)[0] ?? code}.`,
			byHand: byHand(quoted(path)),
			retryable: true,
		},
		{cause: error},
	);
};

/** Does something with a path, and turns errors of the file system into Failures. */
export const withPath = async <Result>(what: string, path: string, action: () => Promise<Result>): Promise<Result> => {
	try {
		return await action();
	} catch (error) {
		throw fileFailure(error, what, path);
	}
};
