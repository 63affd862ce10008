import {listOf, mapOf, textOf} from '../../ping/fields.js';
import {isSecretName} from '../../ping/secret-names.js';
import {isVariables, secretForm, withoutVariables} from '../../ping/secret-values.js';
import type {Manifest} from '../../ping/workload.js';

/** What stands in place of a secret that an object holds in the clear. */
export const mask = '******';

/** A secret that an object holds in the clear: where it stands, and its text, which goes nowhere but into the mask. */
export type InTheClear = {readonly place: string; readonly text: string};

const switches = /^(?:true|false|yes|no)?$/iv;

/** Kubernetes puts variables in by `$(NAME)`. */
const isReference = (text: string): boolean => /^(?:\$\(\w+\))+$/v.test(text) || isVariables(text);

const isSecret = (name: string, text: string): boolean =>
	!isReference(text) &&
	((isSecretName(name) && !switches.test(withoutVariables(text))) || secretForm(text) !== undefined);

/** An assignment or a property in a file that a ConfigMap holds. */
const line = /^\s*(?:export\s+)?["']?(?<name>[\w\-.]+)["']?\s*[:=](?<value>.+)$/v;

const isSecretLine = (text: string): boolean => {
	const {name = '', value = ''} = line.exec(text)?.groups ?? {};
	return isSecret(name, value.trim().replaceAll(/^["']|["'],?$/gv, '')) || secretForm(text) !== undefined;
};

/** Texts of a ConfigMap's value that are secret: all of it, or lines of the file that it is. */
const secretTexts = (key: string, text: string): readonly string[] => {
	const lines = text.split('\n');
	return lines.length > 1
		? lines.filter(one => isSecretLine(one))
		: isSecret(key, text) || isSecretLine(text)
			? [text]
			: [];
};

const inVariables = (node: unknown, path: string): readonly InTheClear[] => {
	if (Array.isArray(node)) {
		return node.flatMap((item, index) => inVariables(item, `${path}[${index}]`));
	}

	if (typeof node === 'string') {
		return secretForm(node) === undefined || isReference(node) ? [] : [{place: path, text: node}];
	}

	const members = mapOf(node);
	const [name, value] = [textOf(members.name), textOf(members.value)];
	return name !== undefined && value !== undefined && isSecret(name, value)
		? [{place: name, text: value}]
		: Object.entries(members).flatMap(([key, member]) => inVariables(member, key));
};

/**
The secrets that an object holds in the clear: values of variables, and what a ConfigMap holds. A reference to a Secret
is none.
*/
export const secretsInTheClear = (object: Manifest): readonly InTheClear[] =>
	(object.kind === 'ConfigMap'
		? Object.entries(mapOf(object.data)).flatMap(([key, value]) =>
				secretTexts(key, textOf(value) ?? '').map(text => ({place: key, text})),
			)
		: inVariables({...object, metadata: {}}, '')
	).map(({place, text}) => ({place: `${place} of ${object.kind}/${object.metadata.name}`, text}));

const replaceIn = (node: unknown, texts: readonly string[]): unknown => {
	if (typeof node === 'string') {
		return texts.reduce((text, secret) => text.replaceAll(secret, () => mask), node);
	}

	if (Array.isArray(node)) {
		return listOf(node).map(item => replaceIn(item, texts));
	}

	return typeof node === 'object' && node !== null
		? Object.fromEntries(Object.entries(node).map(([key, member]) => [key, replaceIn(member, texts)]))
		: node;
};

/** The longest first: a secret may be part of another. */
const textsOf = (secrets: readonly InTheClear[]): readonly string[] =>
	secrets.map(({text}) => text).toSorted((one, other) => other.length - one.length);

/** An object as it may be shown and kept: without the secrets that it holds in the clear. */
export const masked = (object: Manifest): Manifest => {
	const texts = textsOf(secretsInTheClear(object));
	return texts.length === 0
		? object
		: {
				...(replaceIn({...object, kind: '', apiVersion: '', metadata: {}}, texts) as Manifest),
				kind: object.kind,
				apiVersion: object.apiVersion,
				metadata: object.metadata,
			};
};

/**
A text, such as a diff, without the secrets that objects hold in the clear. Each line of a longer one is looked for by
itself, as a diff has them.
*/
export const maskedText = (text: string, objects: readonly Manifest[]): string => {
	const texts = textsOf(objects.flatMap(object => secretsInTheClear(object))).flatMap(secret =>
		[secret, JSON.stringify(secret).slice(1, -1), secret.trim()].filter(Boolean),
	);
	return texts.reduce((shown, secret) => shown.replaceAll(secret, () => mask), text);
};
