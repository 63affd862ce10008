import {isVariables} from '../../ping/secret-values.js';
import {isIdentifier, isPrivatePart, isPublicPart, nameOfField} from '../secret-fields.js';
import {judge, type Found} from './judge.js';

/** A part of a JSON text: a value, with the line it begins on. Members that come twice are there twice. */
export type JsonNode =
	| {readonly kind: 'text' | 'bare'; readonly text: string; readonly line: number}
	| {readonly kind: 'list'; readonly items: readonly JsonNode[]; readonly line: number}
	| {
			readonly kind: 'object';
			readonly members: ReadonlyArray<{readonly key: string; readonly node: JsonNode}>;
			readonly line: number;
	  };

type Place = {readonly text: string; at: number; line: number};

/** Deeper than this no configuration is nested. */
const mostDepth = 200;

const skip = (place: Place): void => {
	for (; /[\s,]/v.test(place.text.charAt(place.at)) && place.at < place.text.length; place.at++) {
		place.line += place.text.charAt(place.at) === '\n' ? 1 : 0;
	}
};

const readString = (place: Place): string => {
	const whole = /"(?:[^"\\]|\\[\s\S])*"/vy;
	whole.lastIndex = place.at;
	const [found] = whole.exec(place.text) ?? [];
	if (found === undefined) {
		throw new SyntaxError('A text has no end.');
	}

	place.at += found.length;
	place.line += found.split('\n').length - 1;
	// A text that JSON does not know is judged as it stands.
	try {
		return JSON.parse(found) as string;
	} catch {
		return found.slice(1, -1);
	}
};

/** A number, a word, or a variable that is put in without quotes. */
const readBare = (place: Place): string => {
	const whole = /(?:\$\{[^\}]*\}|[^\s"#,:\[\]\{\}])+/vy;
	whole.lastIndex = place.at;
	const [found] = whole.exec(place.text) ?? [];
	if (found === undefined) {
		throw new SyntaxError('A value is missing.');
	}

	place.at += found.length;
	return found;
};

const readNode = (place: Place, depth: number): JsonNode => {
	if (depth > mostDepth) {
		throw new SyntaxError('It is nested too deep.');
	}

	skip(place);
	const {line} = place;
	const letter = place.text.charAt(place.at);
	if (letter === '"') {
		return {kind: 'text', text: readString(place), line};
	}

	if (letter !== '{' && letter !== '[') {
		return {kind: 'bare', text: readBare(place), line};
	}

	place.at++;
	const [items, members]: [JsonNode[], Array<{key: string; node: JsonNode}>] = [[], []];
	for (;;) {
		skip(place);
		if (place.at >= place.text.length) {
			throw new SyntaxError('It has no end.');
		}

		if (place.text.charAt(place.at) === (letter === '{' ? '}' : ']')) {
			place.at++;
			return letter === '{' ? {kind: 'object', members, line} : {kind: 'list', items, line};
		}

		if (letter === '[') {
			items.push(readNode(place, depth + 1));
			continue;
		}

		const key = readString(place);
		skip(place);
		if (place.text.charAt(place.at) !== ':') {
			throw new SyntaxError('A member has no value.');
		}

		place.at++;
		members.push({key, node: readNode(place, depth + 1)});
	}
};

/** Reads JSON, with variables in place of values, as a template has them. Throws a SyntaxError where it is none. */
export const readJson = (text: string): JsonNode => {
	const place = {text: text.replace(/^\u{FEFF}/v, ''), at: 0, line: 1};
	const node = readNode(place, 0);
	skip(place);
	if (place.at < place.text.length) {
		throw new SyntaxError('Something follows it.');
	}

	return node;
};

type Members = Extract<JsonNode, {readonly kind: 'object'}>['members'];

/** Identifiers of a document, which may be referred to elsewhere in it. */
type Known = ReadonlySet<string>;

const identifiersIn = (node: JsonNode): readonly string[] => {
	switch (node.kind) {
		case 'list': {
			return node.items.flatMap(item => identifiersIn(item));
		}

		case 'object': {
			return node.members.flatMap(({key, node: member}) =>
				member.kind === 'text' ? (isIdentifier(key) ? [member.text] : []) : identifiersIn(member),
			);
		}

		case 'text':
		case 'bare': {
			return [];
		}
	}
};

const walkObject = (members: Members, name: string, known: Known): readonly Found[] => {
	const beside = members.map(({key, node}) => [key, node.kind === 'text' ? node.text : undefined] as const);
	const isKey = members.some(({key}) => key === 'kty');
	return members.flatMap(({key, node}): readonly Found[] => {
		if (isKey && isPrivatePart(key)) {
			return node.kind === 'text' && isVariables(node.text)
				? []
				: [{line: node.line, field: key, what: 'the private part of a key'}];
		}

		return isKey && isPublicPart(key) ? [] : walk(node, nameOfField(key, beside, name), known);
	});
};

/** Judges a value under the name that it goes by. */
const walk = (node: JsonNode, name: string, known: Known): readonly Found[] => {
	switch (node.kind) {
		case 'list': {
			return node.items.flatMap(item => walk(item, name, known));
		}

		case 'object': {
			return walkObject(node.members, name, known);
		}

		case 'text':
		case 'bare': {
			const what = judgeText(name, node.text, known);
			return what === undefined ? [] : [{line: node.line, field: name, what}];
		}
	}
};

/** What is held back in a text that is JSON itself; undefined where it is none. */
const readInside = (text: string, name: string, known: Known): readonly Found[] | undefined => {
	try {
		return walk(readJson(text), name, known);
	} catch {
		return undefined;
	}
};

/**
Why the text of a field is held back, under the name that it goes by: by the name, by its form, or by what it holds if
it is JSON itself. Undefined where it is let through.
*/
export const judgeText = (name: string, text: string, known: Known): string | undefined => {
	const inside = /^\s*[\[\{]/v.test(text) ? readInside(text, name, known) : undefined;
	return inside ? inside[0]?.what : judge(name, text, 'open', known);
};

/** JSON, whole or one document a line. */
export const readJsonFile = (text: string): readonly Found[] => {
	if (text.trim() === '') {
		return [];
	}

	try {
		const node = readJson(text);
		return walk(node, '', new Set(identifiersIn(node)));
	} catch {
		return [{line: 1, what: 'JSON that cannot be read'}];
	}
};
