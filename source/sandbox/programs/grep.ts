import type {Program, Programs} from '../pods/machine.js';
import {asBytes, eachInput, linesOf, lineWriter} from './input.js';
import {readOptions} from './options.js';
import {basicToRegExp, extendedToRegExp} from './pattern.js';

const escape = (text: string): string => text.replaceAll(/[$\(\)*+.?\[\\\]^\{\|\}]/gv, String.raw`\$&`);

const grep: Program = async call => {
	const options = readOptions(call.args, 'ce:EFhHilm:noqsvx');
	const patterns = options.has('e') ? options.values('e') : options.rest.slice(0, 1);
	const files = options.has('e') ? options.rest : options.rest.slice(1);
	const limit = Number(options.value('m') ?? Infinity);
	const isFixed = options.has('F') || call.name === 'fgrep';
	const isExtended = options.has('E') || call.name === 'egrep';
	const source = patterns
		.flatMap(pattern => asBytes(pattern).split('\n'))
		.map(pattern => (isFixed ? escape(pattern) : isExtended ? extendedToRegExp(pattern) : basicToRegExp(pattern)))
		.join('|');
	const expression = new RegExp(options.has('x') ? `^(?:${source})$` : source, `${options.has('i') ? 'i' : ''}g`);
	const showsName = options.has('H') || (files.length > 1 && !options.has('h'));
	const output = lineWriter(call);
	let found = false;
	const status = await eachInput(
		options.has('s')
			? {
					...call,
					async complain() {
						/* silent */
					},
				}
			: call,
		files,
		async (chunks, path) => {
			const prefix = showsName ? `${path}:` : '';
			let count = 0;
			let number = 0;
			for await (const line of linesOf(chunks)) {
				number++;
				expression.lastIndex = 0;
				if (expression.test(line) === options.has('v')) {
					continue;
				}

				found = true;
				count++;
				if (options.has('q')) {
					return;
				}

				if (options.has('o')) {
					expression.lastIndex = 0;
					for (const [match] of line.matchAll(expression)) {
						await output.write(`${prefix}${match}`);
					}
				} else if (!options.has('c') && !options.has('l')) {
					await output.write(`${prefix}${options.has('n') ? `${number}:` : ''}${line}`);
				}

				if (count >= limit) {
					break;
				}
			}

			if (options.has('c')) {
				await output.write(`${prefix}${count}`);
			} else if (options.has('l') && count > 0) {
				await output.write(path);
			}
		},
	);
	await output.flush();
	if (status !== 0 && !(found && options.has('q'))) {
		return 2;
	}

	return found ? 0 : 1;
};

export const grepPrograms: Programs = {egrep: grep, fgrep: grep, grep};
