import {flowAt, plainKey, plainValue, quotedAt, unusual} from './scalar.js';

/** What is told of a field while a document is read: its path, and its line; the first line is 0. */
type Found = (path: ReadonlyArray<string | number>, line: number) => void;

const deepest = 100;
/** Tabs and other control characters, line ends of old, templates, directives and ends of documents. */
const refused = /[[\p{Control}\u{FEFF}]--[\n\r]]|\r(?!\n)|\{\{|^(?:%|\.\.\.)/mv;
const nothingBehind = /^ *(?:#.*)?$/v;
const quotedKeyEnd = /: |:$/vy;
const plainKeyEnd = /:(?= |$)/gv;
const plainBegin = /^(?:[^\s!"#%\u{26}'*,\-:>?@\[\]`\{\|\}]|-[\w\-])/v;

/**
Reads a document of YAML as manifests are usually written: maps and lists in blocks, scalars and flow collections of one
line, literal blocks. Some hundred times faster than the whole parser, and never in doubt: at anything unusual, and at
anything that may be wrong, it gives up, and the whole parser says what it is.
@returns the value, or `unusual`
*/
export const readUsual = (text: string, found?: Found): unknown => {
	if (refused.test(text) || text.includes('\n---')) {
		return unusual;
	}

	const lines = (text.includes('\r') ? text.replaceAll('\r\n', '\n') : text).split('\n');
	const path: Array<string | number> = [];
	/** The line that is looked at, and its indentation; -1 behind the last one. */
	const here = {row: 0, indent: -1};

	/** Goes on to the next line that holds something. */
	const seek = (): void => {
		for (; here.row < lines.length; here.row += 1) {
			const line = lines[here.row]!;
			const start = line.search(/[^ ]/v);
			if (start !== -1 && line[start] !== '#') {
				here.indent = start;
				return;
			}
		}

		here.indent = -1;
	};

	const isAtEnd = (): boolean => here.indent === -1;

	const next = (): void => {
		here.row += 1;
		seek();
	};

	const tell = (more: ReadonlyArray<string | number>): void => found?.([...path, ...more], here.row);

	const isItem = (): boolean => {
		const line = lines[here.row]!;
		return line[here.indent] === '-' && line[here.indent + 1] === ' ';
	};

	const literal = (header: string, parent: number): unknown => {
		const isStripped = header === '|-';
		const taken: string[] = [];
		let own = -1;
		for (here.row += 1; here.row < lines.length; here.row += 1) {
			const line = lines[here.row]!;
			const start = line.search(/[^ ]/v);
			if (start === -1) {
				// What trails behind the text's own indentation would belong to it.
				if (line.length > Math.max(own, parent)) {
					return unusual;
				}

				taken.push('');
				continue;
			}

			own = own === -1 ? start : own;
			if (start < own) {
				if (start > parent) {
					return unusual;
				}

				break;
			}

			taken.push(line.slice(own));
		}

		const isCut = here.row === lines.length && lines.at(-1) !== '';
		if (own <= parent || isCut) {
			return unusual;
		}

		seek();
		while (taken.at(-1) === '') {
			taken.pop();
		}

		return taken.join('\n') + (isStripped ? '' : '\n');
	};

	/** A value that begins at a place of the line that is looked at; leaves the reader on the next line. */
	const inline = (at: number, parent: number): unknown => {
		const line = lines[here.row]!;
		const first = line[at] ?? '';
		if (first === '|') {
			const header = line.slice(at).trimEnd();
			return header === '|' || header === '|-' ? literal(header, parent) : unusual;
		}

		if (/^["'\[\{]$/v.test(first)) {
			const read = first === '{' || first === '[' ? flowAt(line, at, tell) : quotedAt(line, at);
			if (!read || line[read.end] === '#' || !nothingBehind.test(line.slice(read.end))) {
				return unusual;
			}

			next();
			return here.indent > parent ? unusual : read.value;
		}

		const comment = line.indexOf(' #', at);
		const scalar = (comment === -1 ? line.slice(at) : line.slice(at, comment)).trimEnd();
		if (!plainBegin.test(scalar) || scalar.includes(': ') || scalar.endsWith(':')) {
			return unusual;
		}

		next();
		// A line that is further in would go on with the scalar.
		return here.indent > parent ? unusual : plainValue(scalar);
	};

	/** The key at a place of a line, and where what follows its colon begins. */
	const keyAt = (line: string, at: number): {readonly key: string; readonly after: number} | undefined => {
		if (line[at] === '"' || line[at] === "'") {
			const quoted = quotedAt(line, at);
			quotedKeyEnd.lastIndex = quoted?.end ?? 0;
			return quoted && quoted.value !== '__proto__' && quotedKeyEnd.test(line)
				? {key: quoted.value, after: quoted.end + 1}
				: undefined;
		}

		plainKeyEnd.lastIndex = at;
		const end = plainKeyEnd.exec(line)?.index;
		const name = end === undefined ? '' : line.slice(at, end);
		const key = !plainBegin.test(name) || name.includes(' #') || name.endsWith(' ') ? unusual : plainKey(name);
		return key === unusual || end === undefined ? undefined : {key, after: end + 1};
	};

	const valueBehind = (at: number, own: number, isInMap: boolean): unknown => {
		const line = lines[here.row]!;
		const rest = line.slice(at);
		if (!nothingBehind.test(rest)) {
			return inline(at + rest.search(/[^ ]/v), own);
		}

		next();
		if (here.indent > own) {
			return block(here.indent);
		}

		return isInMap && here.indent === own && isItem() ? list(own) : null;
	};

	const map = (own: number, start: number): unknown => {
		const entries: Record<string, unknown> = {};
		let at = start;
		do {
			const read = keyAt(lines[here.row]!, at);
			if (!read || Object.hasOwn(entries, read.key)) {
				return unusual;
			}

			path.push(read.key);
			found?.(path, here.row);
			const value = valueBehind(read.after, own, true);
			path.pop();
			if (value === unusual || here.indent > own) {
				return unusual;
			}

			entries[read.key] = value;
			at = own;
		} while (here.indent === own && !isItem());

		return entries;
	};

	const list = (own: number): unknown => {
		const items: unknown[] = [];
		do {
			const line = lines[here.row]!;
			const at = own + 1 + line.slice(own + 1).search(/[^ ]/v);
			if (at === own || line[at] === '#' || (line[at] === '-' && (line[at + 1] ?? ' ') === ' ')) {
				return unusual;
			}

			path.push(items.length);
			found?.(path, here.row);
			const isMap = line[at] !== '{' && line[at] !== '[' && keyAt(line, at) !== undefined;
			here.indent = at;
			const value = isMap ? map(at, at) : inline(at, own);
			path.pop();
			if (value === unusual || here.indent > own) {
				return unusual;
			}

			items.push(value);
		} while (here.indent === own && isItem());

		return items;
	};

	function block(own: number): unknown {
		if (path.length > deepest) {
			return unusual;
		}

		return isItem() ? list(own) : map(own, own);
	}

	const hasMarker = text.startsWith('---');
	if (hasMarker && !/^---(?: +(?:#.*)?)?$/v.test(lines[0] ?? '')) {
		return unusual;
	}

	here.row = hasMarker ? 1 : 0;
	seek();
	if (here.indent !== 0) {
		return unusual;
	}

	tell([]);
	const value = block(0);
	return isAtEnd() ? value : unusual;
};
