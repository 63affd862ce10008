import {createReadStream} from 'node:fs';
import process from 'node:process';
import {createGunzip} from 'node:zlib';
import {exitStatus, Failure} from '../failure/failure.js';
import {plainLine} from '../failure/plain.js';
import {diffLdif, type Difference} from '../ldif/diff.js';
import {digestOf} from '../ldif/digest.js';

/** Where results and talk go. */
export type LdifStreams = {readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream};

const usage = (seen: string): Failure => new Failure({
	code: 'usage',
	seen,
	means: 'The call was not understood. Nothing was done.',
	todo: 'Name a file for a digest, or two to compare.',
	byHand: 'unroot ldif digest FILE; unroot ldif diff A B',
	exit: 'usage',
});

const unreadable = (path: string, error: unknown): Failure => new Failure({
	code: 'file-unreadable',
	seen: `${path}: ${error instanceof Error ? error.message : String(error)}`,
	means: 'The file cannot be read. Nothing was done.',
	todo: 'Look at the path and its mode.',
	byHand: `ls -l ${path}`,
	exit: 'usage',
}, {cause: error});

async function * bytesOf(path: string): AsyncGenerator<Uint8Array> {
	const source = path === '-' ? process.stdin : createReadStream(path, {highWaterMark: 1024 * 1024});
	const unpacked = path.endsWith('.gz') ? source.pipe(createGunzip()) : source;
	source.on('error', (error: Error) => {
		unpacked.destroy(error);
	});
	try {
		yield * unpacked as AsyncIterable<Uint8Array>;
	} catch (error) {
		throw error instanceof Failure ? error : unreadable(path, error);
	}
}

const digest = async (path: string, output: 'text' | 'json', {stdout}: LdifStreams): Promise<number> => {
	const result = await digestOf(bytesOf(path));
	stdout.write(output === 'json'
		? `${JSON.stringify({file: path, ...result}, undefined, 2)}\n`
		: `${result.digest}  ${path}\n${result.entries} entries, ${result.bytes} bytes\n`);
	return exitStatus.done;
};

const differenceText = (difference: Difference): string => {
	const dn = plainLine(difference.dn);
	switch (difference.kind) {
		case 'differs': {
			return `differs   ${dn}: ${difference.attributes.join(', ')}`;
		}

		case 'duplicate': {
			return `duplicate ${dn}, in file ${difference.file}`;
		}

		case 'missing':
		case 'extra': {
			return `${difference.kind.padEnd(9)} ${dn}`;
		}
	}
};

const diff = async (a: string, b: string, output: 'text' | 'json', {stdout, stderr}: LdifStreams): Promise<number> => {
	const differences: Difference[] = [];
	const result = await diffLdif(() => bytesOf(a), () => bytesOf(b), {
		names: {a, b},
		onDifference(difference) {
			if (output === 'json') {
				differences.push(difference);
			} else {
				stdout.write(`${differenceText(difference)}\n`);
			}
		},
	});
	if (output === 'json') {
		stdout.write(`${JSON.stringify({...result, differences}, undefined, 2)}\n`);
	} else {
		stderr.write(result.same ? `The same ${result.a.entries} entries, digest ${result.a.digest}.\n` : `${result.missing} missing in ${b}, ${result.extra} extra, ${result.differing} differ, ${result.duplicates} duplicates.\n`);
	}

	return result.same ? exitStatus.done : exitStatus.failed;
};

/**
`unroot ldif digest FILE` prints the canonical digest (`-` reads standard input, `.gz` is unpacked); `unroot ldif diff A B` names every differing DN, and the attributes that differ, never a value. Exit status 0 where the files hold the same entries, 1 where they differ.

JSON of `digest`: `{file, digest, entries, bytes, branches, endsWithBlankLine}`; of `diff`: `{same, a, b, missing, extra, differing, duplicates, differences}`.
*/
export const runLdif = async ([action, ...files]: readonly string[], output: 'text' | 'json', streams: LdifStreams): Promise<number> => {
	const [first, second, third] = files;
	if (action === 'digest' && first !== undefined && second === undefined) {
		return digest(first, output, streams);
	}

	if (action === 'diff' && first !== undefined && second !== undefined && third === undefined && first !== '-' && second !== '-') {
		return diff(first, second, output, streams);
	}

	throw usage(`unroot ldif ${[action, ...files].join(' ')}`.trim());
};
