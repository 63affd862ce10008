import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import type {Call} from '../pods/machine.js';

type Chunks = AsyncIterable<Uint8Array>;

/**
What comes in on standard input.

@yields bytes
*/
export async function* standardInput(call: Call): Chunks {
	for (let chunk = await call.read(); chunk; chunk = await call.read()) {
		yield chunk;
	}
}

async function* pieces(file: Iterable<Uint8Array>): Chunks {
	yield* file;
}

/** A file, or standard input for `-`. */
export const openInput = (call: Call, path: string): Chunks =>
	path === '-' ? standardInput(call) : pieces(call.view.open(path, {read: true}).readAt(0));

/**
Does something with each file, or with standard input where none is named; a file that cannot be opened is told and
makes the status 1.
*/
export const eachInput = async (
	call: Call,
	files: readonly string[],
	body: (chunks: Chunks, path: string) => Promise<void>,
): Promise<number> => {
	let status = 0;
	for (const path of files.length > 0 ? files : ['-']) {
		try {
			await body(openInput(call, path), path);
		} catch (error) {
			if (!isFileError(error) || error.code === 'ENOSPC') {
				throw error;
			}

			await call.complain(
				error.code === 'EISDIR' ? 'read error: Is a directory' : `can't open '${path}': ${error.message}`,
			);
			status = 1;
		}
	}

	return status;
};

/**
Lines, each byte a character, without their newline.

@yields lines
*/
export async function* linesOf(chunks: Chunks): AsyncGenerator<string> {
	let rest = '';
	for await (const chunk of chunks) {
		const lines = (rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')).split('\n');
		rest = lines.pop()!;
		yield* lines;
	}

	if (rest !== '') {
		yield rest;
	}
}

/** Text whose characters are bytes, as the lines are. */
export const asBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** Collects lines and writes them in larger pieces. */
export const lineWriter = (
	call: Call,
): {readonly write: (line: string, end?: string) => Promise<void>; readonly flush: () => Promise<void>} => {
	let waiting: string[] = [];
	let characters = 0;
	const flush = async (): Promise<void> => {
		const bytes = Buffer.from(waiting.join(''), 'latin1');
		waiting = [];
		characters = 0;
		if (bytes.length > 0) {
			await call.write(bytes);
		}
	};

	return {
		async write(line, end = '\n') {
			waiting.push(line, end);
			characters += line.length + 1;
			if (characters > 32_768) {
				await flush();
			}
		},
		flush,
	};
};
