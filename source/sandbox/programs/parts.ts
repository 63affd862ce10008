import {buffer} from 'node:stream/consumers';
import type {Program, Programs} from '../pods/machine.js';
import {eachInput, linesOf, lineWriter} from './input.js';
import {readOptions, readSize} from './options.js';

/** `head` and `tail` take `-5` for `-n 5`. */
const countOptions = (args: readonly string[]) =>
	readOptions(
		args.map(arg => (/^-\d+$/v.test(arg) ? `-n${arg.slice(1)}` : arg)),
		'n:c:q',
	);

const head: Program = async call => {
	const options = countOptions(call.args);
	const bytes = options.value('c');
	return eachInput(call, options.rest, async chunks => {
		if (bytes !== undefined) {
			let left = readSize(bytes);
			for await (const chunk of chunks) {
				await call.write(chunk.subarray(0, left));
				left -= Math.min(left, chunk.length);
				if (left === 0) {
					return;
				}
			}

			return;
		}

		let left = Number(options.value('n') ?? 10);
		const output = lineWriter(call);
		for await (const line of left > 0 ? linesOf(chunks) : []) {
			await output.write(line);
			left--;
			if (left === 0) {
				break;
			}
		}

		await output.flush();
	});
};

const tail: Program = async call => {
	const options = countOptions(call.args);
	const bytes = options.value('c');
	const [path] = options.rest;
	if (bytes !== undefined) {
		const offset = (size: number): number =>
			bytes.startsWith('+') ? Math.max(0, readSize(bytes.slice(1)) - 1) : Math.max(0, size - readSize(bytes));
		if (path !== undefined && path !== '-') {
			const file = call.view.open(path, {read: true});
			for (const piece of file.readAt(offset(file.size()))) {
				await call.write(piece);
			}

			return 0;
		}

		return eachInput(call, [], async chunks => {
			const whole = await buffer(chunks);
			await call.write(whole.subarray(offset(whole.length)));
		});
	}

	const wanted = options.value('n') ?? '10';
	return eachInput(call, options.rest, async chunks => {
		const output = lineWriter(call);
		const last: string[] = [];
		let number = 0;
		for await (const line of linesOf(chunks)) {
			number++;
			if (wanted.startsWith('+')) {
				if (number >= Number(wanted)) {
					await output.write(line);
				}
			} else {
				last.push(line);
				if (last.length > Number(wanted)) {
					last.shift();
				}
			}
		}

		for (const line of last) {
			await output.write(line);
		}

		await output.flush();
	});
};

const wc: Program = async call => {
	const options = readOptions(call.args, 'clwm');
	const wanted = ['l', 'w', 'c'].filter(letter => options.has(letter));
	const shown = wanted.length > 0 ? wanted : ['l', 'w', 'c'];
	return eachInput(call, options.rest, async (chunks, path) => {
		const counts: Record<string, number> = {l: 0, w: 0, c: 0};
		let inWord = false;
		for await (const chunk of chunks) {
			counts.c! += chunk.length;
			if (!shown.includes('l') && !shown.includes('w')) {
				continue;
			}

			for (const byte of chunk) {
				counts.l! += byte === 10 ? 1 : 0;
				const isSpace = byte === 32 || (byte >= 9 && byte <= 13);
				counts.w! += !isSpace && !inWord ? 1 : 0;
				inWord = !isSpace;
			}
		}

		const numbers = shown
			.map(letter => (shown.length > 1 ? String(counts[letter]).padStart(9) : String(counts[letter])))
			.join(' ');
		await call.write(`${numbers}${path === '-' ? '' : ` ${path}`}\n`);
	});
};

/** Programs that give the beginning or the end of their input, or count it. */
export const partPrograms: Programs = {head, tail, wc};
