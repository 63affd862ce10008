import {isFileError} from '../files/file-error.js';
import type {Call} from '../pods/machine.js';

/** Does something with each path; an error of a file is told with what was tried, and makes the status 1. */
export const each = async (
	call: Call,
	paths: readonly string[],
	body: (path: string) => Promise<void> | void,
	tried: (path: string, text: string) => string,
): Promise<number> => {
	let status = 0;
	for (const path of paths) {
		try {
			await body(path);
		} catch (error) {
			if (!isFileError(error)) {
				throw error;
			}

			await call.complain(tried(path, error.message));
			status = 1;
		}
	}

	return status;
};
