import {open} from 'node:fs/promises';
import process from 'node:process';
import {Failure} from '../failure/failure.js';
import {quoted} from '../failure/quoted.js';

/** Longer than any password: what is read is bounded. */
const mostBytes = 64 * 1024;

const refused = (parts: {
	readonly code: string;
	readonly seen: string;
	readonly todo: string;
	readonly byHand: string;
}): Failure =>
	new Failure({
		means: 'Whoever reads or changes it has what it protects. It was not used.',
		exit: 'blocked',
		retryable: true,
		...parts,
	});

/**
The text of a file that holds a password or passphrase. Rejects with a Failure where others than its owner may read it,
where it is somebody else's, or where it is no short file; with an error of the file system where it is not there.
*/
export const readSecretFile = async (path: string): Promise<string> => {
	const handle = await open(path, 'r');
	try {
		const {mode, uid, size} = await handle.stat();
		const me = process.getuid?.();
		if (me !== undefined && mode % 0o100 !== 0) {
			throw refused({
				code: 'secret-file-open',
				seen:
					`The file ${path} can be read by others than you: its mode is ` +
					`${(mode % 0o1000).toString(8).padStart(4, '0')}.`,
				todo: 'Let only its owner read it, then try again.',
				byHand: `chmod 600 ${quoted(path)}`,
			});
		}

		if (me !== undefined && uid !== me && uid !== 0) {
			throw refused({
				code: 'secret-file-open',
				seen: `The file ${path} belongs to the user ${uid}, and you are ${me}.`,
				todo: 'Use a file of your own.',
				byHand: `ls -l ${quoted(path)}`,
			});
		}

		if (size > mostBytes) {
			throw refused({
				code: 'secret-file-long',
				seen: `The file ${path} has ${size} bytes, which is no password.`,
				todo: 'Name the file with the password on its first line.',
				byHand: `ls -l ${quoted(path)}`,
			});
		}

		return await handle.readFile('utf8');
	} finally {
		await handle.close();
	}
};
