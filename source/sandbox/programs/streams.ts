import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {createGunzip, createGzip} from 'node:zlib';
import {isFileError} from '../files/file-error.js';
import type {OpenFile} from '../files/open-file.js';
import type {Call, Program, Programs} from '../pods/machine.js';
import {eachInput, openInput, standardInput} from './input.js';
import {readOptions, readSize, usageError} from './options.js';

const cat: Program = async call => {
	const {rest} = readOptions(call.args, 'u');
	return eachInput(call, rest, async chunks => {
		for await (const chunk of chunks) {
			await call.write(chunk);
		}
	});
};

const hash =
	(algorithm: string): Program =>
	async call => {
		const {rest} = readOptions(call.args, '');
		return eachInput(call, rest, async (chunks, path) => {
			const sum = createHash(algorithm);
			let bytes = 0;
			for await (const chunk of chunks) {
				sum.update(chunk);
				bytes += chunk.length;
				if (!(bytes > 8_388_608)) {
					continue;
				}

				bytes = 0;
				await call.sleep(0);
			}

			await call.write(`${sum.digest('hex')}  ${path}\n`);
		});
	};

/** Lines of 76 characters, as BusyBox and coreutils print them. */
const base64: Program = async call => {
	const {rest} = readOptions(call.args, '');
	return eachInput(call, rest, async chunks => {
		const bytes = await buffer(chunks);
		const text = bytes.toString('base64');
		await call.write(text.replaceAll(/.{1,76}/gv, '$&\n'));
	});
};

const pump = async (
	call: Call,
	chunks: AsyncIterable<Uint8Array>,
	transform: ReturnType<typeof createGzip> | ReturnType<typeof createGunzip>,
	write: (chunk: Uint8Array) => Promise<void>,
): Promise<number> => {
	const input = Readable.from(chunks, {objectMode: false, highWaterMark: 65_536});
	input.on('error', error => {
		transform.destroy(error);
	});
	try {
		for await (const chunk of input.pipe(transform) as AsyncIterable<Uint8Array>) {
			await write(chunk);
		}

		return 0;
	} catch (error) {
		if (isFileError(error) || !(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) {
			throw error;
		}

		await call.complain(error.code === 'Z_BUF_ERROR' ? 'unexpected end of file' : 'invalid magic');
		return 1;
	}
};

const gzip: Program = async call => {
	const {args, view, name} = call;
	const options = readOptions(args, '123456789cdfkn');
	const isBack = options.has('d') || name !== 'gzip';
	const level = [...'123456789'].find(letter => options.has(letter)) ?? '6';
	const transform = () => (isBack ? createGunzip() : createGzip({level: Number(level)}));
	if (name === 'zcat' || options.rest.length === 0 || options.has('c')) {
		let status = 0;
		const opened = await eachInput(call, options.rest, async chunks => {
			status = await pump(call, chunks, transform(), call.write);
		});
		return opened || status;
	}

	let status = 0;
	for (const path of options.rest) {
		const target = isBack ? path.replace(/\.gz$/v, '') : `${path}.gz`;
		if (view.exists(target) && !options.has('f')) {
			await call.complain(`can't open '${target}': File exists`);
			status = 1;
			continue;
		}

		const file = view.open(target, {write: true, truncate: true});
		status =
			(await pump(call, openInput(call, path), transform(), async chunk => {
				file.writeAt(file.size(), chunk);
			})) || status;
		if (status === 0 && !options.has('k')) {
			view.remove(path);
		}
	}

	return status;
};

/**
Gives exactly so many bytes at a time, whatever the pieces that come in.

@yields blocks, the last one may be shorter
*/
async function* inBlocks(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
	let waiting: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of chunks) {
		let rest = chunk;
		while (bytes + rest.length >= size) {
			const head = rest.subarray(0, size - bytes);
			yield waiting.length === 0 ? head : Buffer.concat([...waiting, head]);
			rest = rest.subarray(head.length);
			waiting = [];
			bytes = 0;
		}

		if (rest.length === 0) {
			continue;
		}

		waiting.push(rest);
		bytes += rest.length;
	}

	if (bytes > 0) {
		yield Buffer.concat(waiting);
	}
}

const openOutput = (call: Call, operands: ReadonlyMap<string, string>, blockSize: number): OpenFile | undefined => {
	const path = operands.get('of');
	if (path === undefined) {
		return undefined;
	}

	const isKept = operands.get('conv')?.split(',').includes('notrunc') ?? false;
	const file = call.view.open(path, {write: true});
	if (!isKept) {
		const start = readSize(operands.get('seek') ?? '0') * blockSize;
		file.truncate(Math.min(file.size(), start));
	}

	return file;
};

async function* fromFile(file: OpenFile, offset: number, length: number): AsyncGenerator<Uint8Array> {
	yield* file.readAt(offset, length);
}

const dd: Program = async call => {
	const operands = new Map(
		call.args.map(arg => {
			const [key = '', ...value] = arg.split('=');
			if (!['bs', 'skip', 'count', 'seek', 'if', 'of', 'conv', 'status'].includes(key)) {
				throw usageError(`invalid argument '${arg}'`);
			}

			return [key, value.join('=')] as const;
		}),
	);
	const blockSize = readSize(operands.get('bs') ?? '512');
	const skip = readSize(operands.get('skip') ?? '0');
	const count = operands.has('count') ? readSize(operands.get('count')!) : Infinity;
	const path = operands.get('if');
	let input: AsyncIterable<Uint8Array>;
	let output: OpenFile | undefined;
	try {
		input =
			path === undefined
				? standardInput(call)
				: fromFile(call.view.open(path, {read: true}), skip * blockSize, count * blockSize);
		output = openOutput(call, operands, blockSize);
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		await call.complain(`can't open '${operands.get('of') ?? path ?? ''}': ${error.message}`);
		return 1;
	}

	let position = readSize(operands.get('seek') ?? '0') * blockSize;
	let index = 0;
	let bytes = 0;
	let toSkip = path === undefined ? skip : 0;
	const blocks = count === 0 ? [] : inBlocks(input, blockSize);
	for await (const block of blocks) {
		if (toSkip > 0) {
			toSkip--;
			continue;
		}

		index++;
		if (output) {
			output.writeAt(position, block);
		} else {
			await call.write(block);
		}

		position += block.length;
		bytes += block.length;
		if (index >= count) {
			break;
		}
	}

	if (operands.get('status') !== 'none') {
		const full = Math.floor(bytes / blockSize);
		const partial = bytes % blockSize > 0 ? 1 : 0;
		await call.writeError(`${full}+${partial} records in\n${full}+${partial} records out\n`);
	}

	return 0;
};

/** Programs that pass bytes on. */
export const streamPrograms: Programs = {
	base64,
	cat,
	dd,
	gunzip: gzip,
	gzip,
	md5sum: hash('md5'),
	sha256sum: hash('sha256'),
	zcat: gzip,
};
