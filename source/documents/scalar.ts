/**
What stands where an unusual form was met: whoever asked has the whole parser read the document.
*/
export const unusual: unique symbol = Symbol('unusual');

/** A scalar that the core schema of YAML 1.2 may take for something else than text. */
const likeNumber = /^(?:[+\-]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[+\-]?\d+)?|0o[0-7]+|0x[\da-f]+|[+\-]?\.inf|\.nan)$/iv;
const wholeNumber = /^(?:0|[1-9]\d{0,14})$/v;
const likeWord = /^(?:~|true|false|null)$/iv;
const words: ReadonlyMap<string, boolean | null> = new Map([
	['true', true],
	['false', false],
	['null', null],
]);

/** The value of a plain scalar, trimmed and without a comment. */
export const plainValue = (text: string): unknown => {
	const first = text.codePointAt(0) ?? 0;
	// Digits, signs and a full stop can begin a number; letters and a tilde a word.
	if (first <= 0x39) {
		return wholeNumber.test(text) ? Number(text) : likeNumber.test(text) ? unusual : text;
	}

	if (text.length > 5 || !likeWord.test(text)) {
		return text;
	}

	const word = words.get(text);
	return word === undefined ? unusual : word;
};

/** The name of a key that is written plain: what its scalar would be shown as, if it is the same as what is written. */
export const plainKey = (text: string): string | typeof unusual => {
	const value = plainValue(text);
	return value !== unusual && String(value) === text && text !== '<<' && text !== '__proto__' ? text : unusual;
};

const doubleQuoted = /"(?:[^"\\]|\\(?:["\/\\bfnrt]|u[\dA-Fa-f]{4}))*"/vy;
const singleQuoted = /'(?:[^']|'')*'/vy;

/** A quoted scalar that begins at a place of a line and ends in it. */
export const quotedAt = (line: string, at: number): {readonly value: string; readonly end: number} | undefined => {
	const isDouble = line[at] === '"';
	const pattern = isDouble ? doubleQuoted : singleQuoted;
	pattern.lastIndex = at;
	const found = pattern.exec(line)?.[0];
	if (found === undefined) {
		return undefined;
	}

	const inner = found.slice(1, -1);
	const value = isDouble
		? inner.includes('\\')
			? (JSON.parse(found.replaceAll(String.raw`\/`, '/')) as string)
			: inner
		: inner.replaceAll("''", "'");
	return {value, end: at + found.length};
};

const flowPlain = /(?:[\w$.\/]|-[\w\-])(?:[\w$%+\-.\/=@]| (?=[\w$%+\-.\/=@]))*/vy;
const spaces = / */vy;

/**
A flow collection that begins at a place of a line and ends in it, of plain and quoted scalars and further collections.
*/
export const flowAt = (
	line: string,
	start: number,
	found: (path: ReadonlyArray<string | number>) => void,
): {readonly value: unknown; readonly end: number} | undefined => {
	let at = start;
	const skip = (): void => {
		spaces.lastIndex = at;
		spaces.test(line);
		at = spaces.lastIndex;
	};

	const scalar = (asKey: boolean): unknown => {
		if (line[at] === '"' || line[at] === "'") {
			const quoted = quotedAt(line, at);
			at = quoted?.end ?? at;
			return quoted ? (asKey && quoted.value === '__proto__' ? unusual : quoted.value) : unusual;
		}

		flowPlain.lastIndex = at;
		const text = flowPlain.exec(line)?.[0];
		at += text?.length ?? 0;
		return text === undefined ? unusual : asKey ? plainKey(text) : plainValue(text);
	};

	const item = (path: ReadonlyArray<string | number>): unknown => {
		if (path.length > 20) {
			return unusual;
		}

		if (line[at] === '{') {
			return map(path);
		}

		return line[at] === '[' ? list(path) : scalar(false);
	};

	/** Behind an item: true where another follows, false where the collection ends. */
	const more = (end: string): boolean | typeof unusual => {
		skip();
		const next = line[at];
		at += 1;
		if (next === end) {
			return false;
		}

		skip();
		return next === ',' && line[at] !== end ? true : unusual;
	};

	const map = (path: ReadonlyArray<string | number>): unknown => {
		const entries: Record<string, unknown> = {};
		at += 1;
		skip();
		if (line[at] === '}') {
			at += 1;
			return entries;
		}

		for (;;) {
			const key = scalar(true);
			if (typeof key !== 'string' || Object.hasOwn(entries, key) || line[at] !== ':' || line[at + 1] !== ' ') {
				return unusual;
			}

			at += 1;
			skip();
			found([...path, key]);
			const value = item([...path, key]);
			const next = value === unusual ? unusual : more('}');
			if (next === unusual) {
				return unusual;
			}

			entries[key] = value;
			if (!next) {
				return entries;
			}
		}
	};

	const list = (path: ReadonlyArray<string | number>): unknown => {
		const items: unknown[] = [];
		at += 1;
		skip();
		if (line[at] === ']') {
			at += 1;
			return items;
		}

		for (;;) {
			found([...path, items.length]);
			const value = item([...path, items.length]);
			const next = value === unusual ? unusual : more(']');
			if (next === unusual) {
				return unusual;
			}

			items.push(value);
			if (!next) {
				return items;
			}
		}
	};

	const value = item([]);
	return value === unusual ? undefined : {value, end: at};
};
