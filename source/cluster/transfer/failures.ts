import {Failure} from '../../failure/failure.js';
import {tellableDetails} from '../../failure/tellable.js';
import type {CopyOptions, PodTarget} from '../../migration/world.js';
import {kubectlByHand, type Connection} from '../connection.js';
import {lastLines} from '../failures/lines.js';
import type {Trouble} from './trouble.js';

/** What a copy can fail with, but for what kubectl itself says. */
export type CopyFailures = {
	readonly remoteMissing: (path: string) => Failure;
	readonly remoteUnreadable: (path: string) => Failure;
	readonly remoteUnwritable: (path: string) => Failure;
	readonly noHashTool: () => Failure;
	readonly podDiskFull: (path: string, details?: readonly string[]) => Failure;
	readonly sourceChanged: (path: string) => Failure;
	readonly hashDiffers: (path: string, here: string, there: string) => Failure;
	/** Every try is used up. */
	readonly givenUp: (kept: number, total: number, tries: number, last: Trouble) => Failure;
};

/** The failures of copies from and to one container. */
export const copyFailures = (connection: Connection, {pod, container}: PodTarget): CopyFailures => {
	const inPod = (...argv: readonly string[]): string =>
		kubectlByHand(connection, ['exec', pod, '--container', container, '--', ...argv]);
	const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
	return {
		remoteMissing: path =>
			new Failure({
				code: 'remote-missing',
				seen: `There is no file «${path}» in the pod «${pod}».`,
				means: 'It was not made, it was removed, or its volume is another one now. Nothing was copied.',
				todo: 'Look into the folder, and let the step that makes the file run again.',
				byHand: inPod('ls', '-l', folderOf(path)),
			}),
		remoteUnreadable: path =>
			new Failure({
				code: 'remote-unreadable',
				seen: `«${path}» in the pod «${pod}» is not a file that the container's user may read.`,
				means: 'It belongs to another user, or it is a folder. Nothing was copied.',
				todo: 'Look at its owner and mode.',
				byHand: inPod('ls', '-ld', path),
			}),
		remoteUnwritable: path =>
			new Failure({
				code: 'remote-unwritable',
				seen: `No file can be made beside «${path}» in the pod «${pod}».`,
				means:
					"The container's user may not write there, there is no such folder, or the file system is full or " +
					'read-only. Nothing was copied.',
				todo: "Look at the folder's owner and mode, and at the room on its file system.",
				byHand: inPod('ls', '-ld', folderOf(path)),
			}),
		noHashTool: () =>
			new Failure({
				code: 'no-hash-tool',
				seen:
					`The container «${container}» of the pod «${pod}» has none of: sha256sum, openssl, shasum, busybox ` +
					'sha256sum, digest.',
				means: 'Without a hash made in the pod there is no proof that a copy is whole, so nothing was copied.',
				todo: 'Run the copy in a container that has one and mounts the same volume.',
				byHand: inPod('sh', '-c', 'command -v sha256sum openssl shasum busybox digest'),
			}),
		podDiskFull: (path, details = []) =>
			new Failure({
				code: 'disk-full',
				seen: `The file system of «${path}» in the pod «${pod}» has no room for the copy.`,
				means: 'The file was not put in place. Ranges that are verified there are kept beside it.',
				todo: 'Make room on the volume, or make it larger, then try again: the copy goes on from what is kept.',
				byHand: inPod('df', '-P', '-k', folderOf(path)),
				retryable: true,
				details,
			}),
		sourceChanged: path =>
			new Failure({
				code: 'source-changed',
				seen: `«${path}» was changed while it was copied.`,
				means: 'The copy would be of neither the old nor the new file, so it was not put in place.',
				todo: 'Let nothing write to the file, then try again: the copy starts again.',
				byHand: inPod('ls', '-l', path),
				retryable: true,
			}),
		hashDiffers: (path, here, there) =>
			new Failure({
				code: 'hash-differs',
				seen: `The copy of «${path}» has the SHA-256 ${here || 'of nothing'} here, and ${there || 'none'} in the pod.`,
				means: 'The two are not the same, so the copy was not put in place. Ranges that do not agree were forgotten.',
				todo: 'Try again: only what does not agree is copied again. If it happens again, suspect a disk or memory.',
				byHand: inPod('sha256sum', path),
				retryable: true,
			}),
		givenUp: (kept, total, tries, last) =>
			new Failure({
				code: last.kind === 'differs' ? 'hash-differs' : 'copy-cut',
				seen:
					`${last.seen} ${tries} tries in a row brought nothing new. ${kept} of ${total} bytes are verified and ` +
					'kept.',
				means: 'The copy is not whole and was not put in place.',
				todo: 'Look at the pod and at the network to the cluster, then try again: the copy goes on from what is kept.',
				byHand: kubectlByHand(connection, ['describe', 'pod', pod]),
				retryable: true,
				details: tellableDetails(lastLines(last.stderr ?? '')),
			}),
	};
};

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A Failure for an error of the file system here; any other error as it is. */
export const localFailure = (error: unknown, path: string): unknown => {
	const {code} = (error ?? {}) as NodeJS.ErrnoException;
	if (code === undefined || error instanceof Failure || !/^E[0-9A-Z]+$/v.test(code)) {
		return error;
	}

	return fullCodes.has(code)
		? localDiskFull(path)
		: new Failure(
				{
					code: 'local-file',
					seen: `«${path}» cannot be read or written here: ${code}.`,
					means: 'The copy was not put in place.',
					todo: 'Look at the file and its folder, then try again.',
					byHand: `ls -ld ${path}`,
				},
				{cause: error},
			);
};

/** A Failure for a disk here that is too small. */
export const localDiskFull = (path: string): Failure =>
	new Failure({
		code: 'disk-full',
		seen: `The file system of «${path}» on this machine has no room for the copy.`,
		means: 'The copy was not put in place. Ranges that are verified are kept beside it.',
		todo: 'Make room, then try again: the copy goes on from what is kept.',
		byHand: `df -h ${path}`,
		retryable: true,
	});

/** Paths are handed to constant scripts as they are. */
export const assertPaths = ({remotePath, localPath}: Pick<CopyOptions, 'remotePath' | 'localPath'>): void => {
	if (!remotePath.startsWith('/') || !localPath.startsWith('/') || /[\0\n]/v.test(remotePath)) {
		throw new TypeError('A copy needs absolute paths without a line break.');
	}
};
