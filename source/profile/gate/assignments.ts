import {looksRandom} from '../../ping/secret-values.js';
import {readScript} from './commands.js';
import {bySecretName, judge, type Found, type Strictness} from './judge.js';
import {isPlace, withoutShell} from './shell-text.js';

/** A name and its value, as files of properties, of variables and of options of Java have it. */
const pair = /^\s*(?:export\s+|set\s+|-D)?(?<name>[\p{Letter}_][\w\-.\[\]]*)\s*[:=](?<value>.*)$/v;

type Line = {readonly line: number; readonly text: string};

/** Lines that go on where they end in a backslash. */
const wholeLines = (text: string): readonly Line[] => {
	const lines: Line[] = [];
	let isOpen = false;
	for (const [index, content] of text.split(/\r?\n/v).entries()) {
		const last = lines.at(-1);
		if (isOpen && last) {
			lines[lines.length - 1] = {line: last.line, text: last.text + content.trimStart()};
		} else {
			lines.push({line: index + 1, text: content});
		}

		isOpen = content.endsWith('\\') && !content.trimStart().startsWith('#');
		const now = lines.at(-1)!;
		lines[lines.length - 1] = {line: now.line, text: isOpen ? now.text.slice(0, -1) : now.text};
	}

	return lines;
};

const unquoted = (value: string): string => {
	const found = /^(?<quote>["'])(?<text>.*)\k<quote>(?:\s+#.*)?$/v.exec(value.trim());
	return found?.groups?.text ?? value.trim();
};

/**
A header of a section, a line of code of a shell, an option of Java: what may stand in such a file without a name.
*/
const bare =
	/^\s*(?:\[\[?[\s\w"\-.]+\]\]?|-[A-Za-z][\w+,\-.\/:=]*|(?:if|then|else|elif|fi|for|do|done|case|esac|while|test|\.|source|echo|true|false|exit|return|unset)\b.*|[\);\{\}]+)?$/v;

const readLines = (text: string, strictness: Strictness): readonly Found[] =>
	wholeLines(text).flatMap(({line, text: content}): readonly Found[] => {
		const isComment = /^\s*[!#;]/v.test(content);
		if (isComment) {
			return readScript(content.replace(/^[\s!#;]+/v, '')).map(found => ({...found, line}));
		}

		const found = pair.exec(content)?.groups;
		if (!found) {
			const inScript = readScript(content);
			return inScript.length > 0 || (strictness === 'open' ? !looksRandom(content) : bare.test(content.trimEnd()))
				? inScript.map(one => ({...one, line}))
				: [{line, what: 'a line of a kind that is not known here'}];
		}

		const [name, value] = [found.name ?? '', unquoted(found.value ?? '')];
		const isList = /^\[.*\]$/v.test(value.trim());
		const values = isList
			? value
					.trim()
					.slice(1, -1)
					.split(',')
					.map(one => unquoted(one.trim()))
			: [value];
		const what = values
			.filter(one => !isPlace(one))
			.map(one => judge(name, withoutShell(one) === '' ? '' : one, strictness))
			.find(Boolean);
		const inside = what === undefined ? readScript(` ${value}`) : [];
		return what === undefined ? inside.map(one => ({...one, line})) : [{line, field: name, what}];
	});

/** Variables of a container, a name and a value a line: the value is of a kind that is known for its name. */
export const readVariables = (text: string): readonly Found[] =>
	readLines(text, 'closed').map(found =>
		found.what === bySecretName ? {...found, what: 'a password or key in a variable'} : found,
	);

/**
Properties and settings, of which there are too many for a table: held back is what is a secret by its name or form, or
looks random. A name of a comment is judged as well.
*/
export const readProperties = (text: string): readonly Found[] => readLines(text, 'open');
