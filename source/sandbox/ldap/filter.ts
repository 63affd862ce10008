import {valuesOf, type Entry} from './entry.js';

type Test = (entry: Entry) => boolean;

const unescape = (text: string): string =>
	text.replaceAll(/\\(?<hex>[\da-f]{2})/giv, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));

const escape = (text: string): string =>
	unescape(text)
		.toLowerCase()
		.replaceAll(/[$\(\)*+\-.\/?\[\\\]^\{\|\}]/gv, String.raw`\$&`);

const compare = (name: string, operator: string, value: string): Test => {
	if (operator === '=' && value === '*') {
		return entry => name.toLowerCase() === 'objectclass' || valuesOf(entry, name).length > 0;
	}

	if (operator === '=' && value.includes('*')) {
		const expression = new RegExp(
			`^${value
				.split('*')
				.map(part => escape(part))
				.join('.*')}$`,
			'sv',
		);
		return entry => valuesOf(entry, name).some(found => expression.test(found.toLowerCase()));
	}

	const wanted = unescape(value).toLowerCase();
	return entry =>
		valuesOf(entry, name).some(found => {
			const text = found.toLowerCase();
			const order =
				/^\d+$/v.test(text) && /^\d+$/v.test(wanted)
					? Number(text) - Number(wanted)
					: text < wanted
						? -1
						: Number(text > wanted);
			return operator === '>=' ? order >= 0 : operator === '<=' ? order <= 0 : text === wanted;
		});
};

/**
A search filter (RFC 4515): and, or, not, equality, substrings, presence and order. Undefined where it cannot be read.
*/
export const parseFilter = (text: string): Test | undefined => {
	let position = 0;
	const take = (character: string): boolean => {
		const isThere = text[position] === character;
		position += isThere ? 1 : 0;
		return isThere;
	};

	const list = (): Test[] | undefined => {
		const tests: Test[] = [];
		while (text[position] === '(') {
			const test = read();
			if (!test) {
				return undefined;
			}

			tests.push(test);
		}

		return tests;
	};

	const inner = (): Test | undefined => {
		if (take('&')) {
			const tests = list();
			return tests && (entry => tests.every(test => test(entry)));
		}

		if (take('|')) {
			const tests = list();
			return tests && (entry => tests.some(test => test(entry)));
		}

		if (take('!')) {
			const test = read();
			return test && (entry => !test(entry));
		}

		const found = /^(?<name>[\w\-.;]+)(?<operator>>=|<=|~=|=)(?<value>[^\(\)]*)/v.exec(text.slice(position));
		if (!found) {
			return undefined;
		}

		position += found[0].length;
		return compare(found.groups!.name!, found.groups!.operator!, found.groups!.value!);
	};

	const read = (): Test | undefined => {
		if (!take('(')) {
			return undefined;
		}

		const test = inner();
		return take(')') ? test : undefined;
	};

	const test = text.startsWith('(') ? read() : inner();
	return position === text.length ? test : undefined;
};
