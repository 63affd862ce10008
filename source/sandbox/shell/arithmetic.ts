import {syntaxError} from './syntax.js';

const levels: ReadonlyArray<Readonly<Record<string, (a: number, b: number) => number>>> = [
	{'||': (a, b) => Number(a !== 0 || b !== 0)},
	{'&&': (a, b) => Number(a !== 0 && b !== 0)},
	{'==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b)},
	{
		'<=': (a, b) => Number(a <= b),
		'>=': (a, b) => Number(a >= b),
		'<': (a, b) => Number(a < b),
		'>': (a, b) => Number(a > b),
	},
	{'+': (a, b) => a + b, '-': (a, b) => a - b},
	{'*': (a, b) => a * b, '/': (a, b) => Math.trunc(a / b), '%': (a, b) => a % b},
];

const numberText = (value: string | undefined): string => (value === undefined || value === '' ? '0' : value);

/** Evaluates `$((…))`. Variables are looked up by name and count as 0 where they are unset or empty. */
export const evaluate = (expression: string, valueOf: (name: string) => string | undefined): number => {
	const tokens = expression.match(/\d+|[A-Z_a-z]\w*|\|\||&&|[!<=>]=|[!%\(\)*+\-\/:<>?]/gv) ?? [];
	let position = 0;
	const next = (): string | undefined => tokens[position];
	const accept = (token: string): boolean => {
		if (next() !== token) {
			return false;
		}

		position++;
		return true;
	};

	const primary = (): number => {
		if (accept('-')) {
			return -primary();
		}

		if (accept('+')) {
			return primary();
		}

		if (accept('!')) {
			return Number(primary() === 0);
		}

		if (accept('(')) {
			const value = ternary();
			accept(')');
			return value;
		}

		const token = next();
		position++;
		if (token === undefined || !/^\w+$/v.test(token)) {
			throw syntaxError(`arithmetic: ${expression}`);
		}

		const text = /^\d/v.test(token) ? token : numberText(valueOf(token));
		const value = Number(text);
		if (!Number.isFinite(value)) {
			throw syntaxError(`arithmetic: ${text}`);
		}

		return value;
	};

	const binary = (level: number): number => {
		const operators = levels[level];
		if (!operators) {
			return primary();
		}

		let value = binary(level + 1);
		for (let operator = operators[next() ?? '']; operator; operator = operators[next() ?? '']) {
			position++;
			value = operator(value, binary(level + 1));
		}

		return value;
	};

	const ternary = (): number => {
		const value = binary(0);
		if (!accept('?')) {
			return value;
		}

		const yes = ternary();
		accept(':');
		const no = ternary();
		return value === 0 ? no : yes;
	};

	const value = tokens.length === 0 ? 0 : ternary();
	if (position < tokens.length) {
		throw syntaxError(`arithmetic: ${expression}`);
	}

	return value;
};
