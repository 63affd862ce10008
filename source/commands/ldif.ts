import {Buffer} from 'node:buffer';
import {createReadStream} from 'node:fs';
import process from 'node:process';
import {pipeline} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {exitStatus, Failure} from '../failure/failure.js';
import {plainLine} from '../failure/plain.js';
import {diffLdif, type Difference} from '../ldif/diff.js';
import {digestOf} from '../ldif/digest.js';

/** Where results and talk go. */
export type LdifStreams = {readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream};

const pieceBytes = 256 * 1024;

const usage = (seen: string): Failure =>
	new Failure({
		code: 'usage',
		seen,
		means: 'The call was not understood. Nothing was done.',
		todo: 'Name a file for a digest, or two to compare.',
		byHand: 'unroot ldif digest FILE; unroot ldif diff A B',
		exit: 'usage',
	});

const unreadable = (path: string, error: unknown): Failure =>
	new Failure(
		{
			code: 'file-unreadable',
			seen: `${path}: ${error instanceof Error ? error.message : String(error)}`,
			means: 'The file cannot be read. Nothing was done.',
			todo: 'Look at the path and its mode.',
			byHand: `ls -l ${path}`,
			exit: 'usage',
		},
		{cause: error},
	);

const tornGzip = (path: string, error: Error): Failure =>
	new Failure(
		{
			code: 'ldif-gzip-torn',
			seen: `${path}: gzip cannot be unpacked: ${error.message}.`,
			means: 'The file is damaged or its end is missing. Nothing that was read of it is used as proof.',
			todo: 'Copy the file again and compare its length with the original.',
			byHand: `gzip -t ${path}`,
		},
		{cause: error},
	);

const isGzip = (first: Uint8Array): boolean => first[0] === 0x1f && first[1] === 0x8b;

const failureOf = (path: string, error: unknown): Failure => {
	if (error instanceof Failure) {
		return error;
	}

	// Errors of zlib have a code that begins so.
	return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
		? tornGzip(path, error)
		: unreadable(path, error);
};

/**
Puts back what was looked at.
@yields What was looked at, then the rest.
*/
async function* withFirst(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield first;
	yield* {[Symbol.asyncIterator]: () => rest};
}

const unpacked = (packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
	const gunzip = createGunzip({chunkSize: pieceBytes});
	// What goes wrong destroys the end that is read, and is thrown there.
	pipeline(packed, gunzip, () => undefined);
	return gunzip;
};

/**
The bytes of a file, unpacked where they are gzip, whatever the file is called.
@yields Each piece.
*/
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
	const source: AsyncIterable<Uint8Array> =
		path === '-' ? process.stdin : createReadStream(path, {highWaterMark: pieceBytes});
	try {
		const chunks = source[Symbol.asyncIterator]();
		let first: Uint8Array = new Uint8Array();
		// A pipe may hand over a single byte.
		while (first.length < 2) {
			const next = (await chunks.next()) as IteratorResult<Uint8Array, undefined>;
			if (next.done) {
				break;
			}

			first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
		}

		const whole = withFirst(first, chunks);
		yield* isGzip(first) ? unpacked(whole) : whole;
	} catch (error) {
		throw failureOf(path, error);
	}
}

const digest = async (path: string, output: 'text' | 'json', {stdout}: LdifStreams): Promise<number> => {
	const result = await digestOf(bytesOf(path));
	stdout.write(
		output === 'json'
			? `${JSON.stringify({file: path, ...result}, undefined, 2)}\n`
			: `${result.digest}  ${path}\n${result.entries} entries, ${result.bytes} bytes\n`,
	);
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
	const result = await diffLdif(
		() => bytesOf(a),
		() => bytesOf(b),
		{
			names: {a, b},
			onDifference(difference) {
				if (output === 'json') {
					differences.push(difference);
				} else {
					stdout.write(`${differenceText(difference)}\n`);
				}
			},
		},
	);
	if (output === 'json') {
		stdout.write(`${JSON.stringify({...result, differences}, undefined, 2)}\n`);
	} else {
		stderr.write(
			result.same
				? `The same ${result.a.entries} entries, digest ${result.a.digest}.\n`
				: `${result.missing} missing in ${b}, ${result.extra} extra, ${result.differing} differ, ` +
						`${result.duplicates} duplicates.\n`,
		);
	}

	return result.same ? exitStatus.done : exitStatus.failed;
};

/**
`unroot ldif digest FILE` prints the canonical digest (`-` reads standard input, gzip is unpacked); `unroot ldif diff A
B` names every differing DN, and the attributes that differ, never a value. Exit status 0 where the files hold the same
entries, 1 where they differ.

JSON of `digest`: `{file, digest, entries, bytes, branches, endsWithBlankLine}`; of `diff`: `{same, a, b, missing,
extra, differing, duplicates, differences}`.
*/
export const runLdif = async (
	[action, ...files]: readonly string[],
	output: 'text' | 'json',
	streams: LdifStreams,
): Promise<number> => {
	const [first, second, third] = files;
	if (action === 'digest' && first !== undefined && second === undefined) {
		return digest(first, output, streams);
	}

	if (
		action === 'diff' &&
		first !== undefined &&
		second !== undefined &&
		third === undefined &&
		first !== '-' &&
		second !== '-'
	) {
		return diff(first, second, output, streams);
	}

	throw usage(`unroot ldif ${[action, ...files].join(' ')}`.trim());
};
