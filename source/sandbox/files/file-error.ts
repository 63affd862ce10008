const texts = {
	EACCES: 'Permission denied',
	EEXIST: 'File exists',
	EISDIR: 'Is a directory',
	ELOOP: 'Too many levels of symbolic links',
	ENOENT: 'No such file or directory',
	ENOSPC: 'No space left on device',
	ENOTDIR: 'Not a directory',
	ENOTEMPTY: 'Directory not empty',
	EPERM: 'Operation not permitted',
	EROFS: 'Read-only file system',
} as const;

/** What the kernel says when a file cannot be used; the message is the one of strerror. */
export type FileError = Error & {readonly code: keyof typeof texts};

export const fileError = (code: keyof typeof texts): FileError => Object.assign(new Error(texts[code]), {code});

export const isFileError = (error: unknown): error is FileError =>
	error instanceof Error && 'code' in error && Object.hasOwn(texts, String(error.code));
