import {isSecretName} from '../../ping/secret-names.js';
import {judge, type Found} from './judge.js';

/** A tag with its attributes, a text between tags, a comment or a section of characters. */
const token =
	/<!--(?<comment>[\s\S]*?)-->|<!\[CDATA\[(?<section>[\s\S]*?)\]\]>|<[!?][^>]*>|<(?<close>\/?)(?<tag>[\w\-.:]+)(?<attributes>(?:\s+[\w\-.:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gv;

const attribute = /(?<![\w\-.:])(?<name>[\w\-.:]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/gv;

/** Attributes and elements that say nothing of their own: the name beside or above says what they hold. */
const neutral =
	/(?:^|:)(?:value|val|text|string|entry|item|property|param|data|content|setting|option|init-param|param-value|key-value)$/iv;

/** Whether an element stands for what its attribute `name` says. */
const takesName = (tag: string): boolean => neutral.test(tag) || /(?:^|:)field$/iv.test(tag);

const plain = (text: string): string =>
	text
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&apos;', "'")
		.replaceAll('&amp;', '&');

type Open = {readonly tag: string; readonly name: string};

const judged = (line: number, name: string, value: string): readonly Found[] => {
	const what = judge(name, plain(value), 'open');
	return what === undefined ? [] : [{line, field: name, what}];
};

const attributesOf = (text: string): ReadonlyArray<readonly [name: string, value: string]> =>
	text
		.matchAll(attribute)
		.map(({groups}) => [groups?.name ?? '', groups?.double ?? groups?.single ?? ''] as const)
		.toArray();

/** The name that an element has by its own, by an attribute, or by what stands above and beside it. */
const nameOf = (tag: string, attributes: ReadonlyArray<readonly [string, string]>, above: string): string => {
	const named = attributes.find(([name, value]) => /(?:^|:)(?:name|key|id)$/iv.test(name) && isSecretName(value));
	if (named) {
		return named[1];
	}

	const own = attributes.find(([name]) => /(?:^|:)name$/iv.test(name))?.[1] ?? '';
	return isSecretName(tag) || !takesName(tag) ? tag : own !== '' && !isSecretName(above) ? own : above || tag;
};

const judgeAttributes = (
	line: number,
	attributes: ReadonlyArray<readonly [string, string]>,
	name: string,
): readonly Found[] =>
	attributes.flatMap(([key, value]) => judged(line, neutral.test(key) && isSecretName(name) ? name : key, value));

const unreadable = 'XML that cannot be read';

/** What is switched off by a comment is judged as well; prose need be no XML. */
const inComment = (text: string, line: number): readonly Found[] =>
	readXml(text)
		.filter(({what}) => what !== unreadable)
		.map(found => ({...found, line: found.line + line - 1}));

/**
XML, whole or not: each attribute and each text is judged by its name, that of the element, or the one beside it.
*/
export const readXml = (text: string): readonly Found[] => {
	const found: Found[] = [];
	const open: Open[] = [];
	let line = 1;
	let at = 0;
	// The text of a name that stands before its value: <param-name>password</param-name>.
	let before = '';
	const stand = text.trimStart().startsWith('<');
	for (const {0: whole, index, groups = {}} of text.matchAll(token)) {
		line += text.slice(at, index).split('\n').length - 1;
		if (text.slice(at, index).trim() !== '') {
			found.push({line, what: unreadable});
		}

		at = index + whole.length;
		const above = open.at(-1)?.name ?? '';
		if (groups.comment !== undefined) {
			found.push(...inComment(groups.comment, line));
		} else if (groups.close === '/') {
			open.pop();
		} else if (groups.tag === undefined) {
			const content = (groups.section ?? groups.text ?? '').trim();
			const {tag = ''} = open.at(-1) ?? {};
			before = /(?:^|[\-:])(?:name|key)$/iv.test(tag) && isSecretName(content) ? content : content === '' ? before : '';
			found.push(...(content === '' ? [] : judged(line, above, content)));
		} else {
			const attributes = attributesOf(groups.attributes ?? '');
			const name = nameOf(groups.tag, attributes, before || above);
			found.push(...judgeAttributes(line, attributes, name));
			if (groups.empty !== '/') {
				open.push({tag: groups.tag, name});
			}
		}

		line += whole.split('\n').length - 1;
	}

	return stand && text.slice(at).trim() === '' ? found : [...found, {line, what: unreadable}];
};
