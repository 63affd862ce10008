import {privateKey} from '../ping/secret-values.js';
import {plainKeys, wordsOfItem} from './document-names.js';
import {judgeText} from './gate/json.js';
import {membersOf, wordOf, writeDocument, type Document, type Hop} from './json-text.js';
import {isIdentifier, isPrivatePart, isPublicPart, nameOfField} from './secret-fields.js';

/** A document without its secrets. */
export type Substituted = {
	/** The text of a `.subst` file: `envsubst` with the values gives the document back. */
	readonly text: string;
	/**
	The value of each variable in order of the document, as it stands between the quotes: escaped as JSON, on one line.
	*/
	readonly values: ReadonlyMap<string, string>;
};

/** A variable as envsubst knows it. */
export const variable = (name: string): string => `\${${name}}`;

/**
JSON whose own dollars envsubst leaves alone (getting-started 2506:docs/reference/profileStructures.md: «$ is written
${DOLLAR}»).
*/
const literal = (text: string): string => JSON.stringify(text).replaceAll('$', () => variable('DOLLAR'));

const nameOf = (prefix: string, way: readonly Hop[]): string => {
	const words = way.flatMap(hop =>
		'key' in hop ? (plainKeys.has(hop.key) ? [] : [hop.key]) : wordsOfItem(hop.node, hop.index),
	);
	return [prefix, ...words]
		.join('_')
		.replaceAll(/[^\dA-Za-z]+/gv, '_')
		.toUpperCase();
};

/** The name itself, or the first with a number that is free. */
const freeName = (wanted: string, taken: ReadonlyMap<string, string>): string => {
	let name = wanted;
	for (let number = 2; taken.has(name); number++) {
		name = `${wanted}_${number}`;
	}

	return name;
};

/** Identifiers of a document, which may be referred to elsewhere in it. */
const identifiersIn = (node: Document): readonly string[] => {
	const members = Array.isArray(node) ? {} : (membersOf(node) ?? {});
	return Array.isArray(node)
		? (node as readonly Document[]).flatMap(item => identifiersIn(item))
		: Object.entries(members).flatMap(([key, value]) =>
				typeof value === 'string' ? (isIdentifier(key) ? [value] : []) : identifiersIn(value),
			);
};

/**
Whether a value of an export becomes a variable. An empty one does not, nor does a private key in a field that is none
for keys: the gate holds it back, and somebody looks at it.
*/
const isSecret = (value: string, way: readonly Hop[], holder: Document, known: ReadonlySet<string>): boolean => {
	const keys = way.flatMap(hop => ('key' in hop ? [hop.key] : []));
	const members = membersOf(holder);
	const key = keys.at(-1) ?? '';
	if (value === '' || (members?.kty !== undefined && isPublicPart(key))) {
		return false;
	}

	if (members?.kty !== undefined && isPrivatePart(key)) {
		return true;
	}

	const beside = Object.entries(members ?? {}).map(([name, node]) => [name, wordOf(node)] as const);
	const what = judgeText(nameOfField(key, beside, keys.at(-2) ?? ''), value, known);
	return what !== undefined && what !== privateKey;
};

/**
Takes the secrets out of a document and puts variables in their place: by the name they go by, by their form, and what
would be held back by the gate as well. The same document gives the same names.
*/
export const substituteSecrets = (document: Document, prefix: string): Substituted => {
	const values = new Map<string, string>();
	const known = new Set(identifiersIn(document));
	const keep = (way: readonly Hop[], text: string): string => {
		const name = freeName(nameOf(prefix, way), values);
		values.set(name, text);
		return variable(name);
	};

	const text = writeDocument(
		document,
		{
			text: (value, way, holder) =>
				isSecret(value, way, holder, known) ? `"${keep(way, JSON.stringify(value).slice(1, -1))}"` : literal(value),
			number: (value, way, holder) => (isSecret(value, way, holder, known) ? keep(way, value) : value),
		},
		literal,
	);
	return {text, values};
};

/**
The values as `kubectl create secret generic --from-env-file` and `docker run --env-file` read them: one a line, not
quoted.
*/
export const environmentText = (values: ReadonlyMap<string, string>): string =>
	[...values].map(([name, value]) => `${name}=${value}\n`).join('');

/** The names alone, for the repository. */
export const variablesText = (file: string, values: ReadonlyMap<string, string>): string =>
	[`# Variables that a server must be given to read ${file}, one a line.`, ...values.keys(), ''].join('\n');
