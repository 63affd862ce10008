import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {committedAnnotation, secretsInTheClear, type InTheClear} from './in-the-clear.js';
import {isTelling, linesOf, mask} from './mask.js';

/** Fields whose texts name something, and hold no secret though one may read alike. */
const naming = new Set([
	'name',
	'image',
	'kind',
	'apiVersion',
	'key',
	'mountPath',
	'subPath',
	'claimName',
	'secretName',
	'serviceName',
]);

/** Fields whose texts a program is started with. */
const started = new Set(['args', 'command', 'value']);

/** A text without a secret that could be any word: that stands there as a whole word. */
const withoutWord = (text: string, secret: string): string =>
	text
		.split(secret)
		.reduce((before, after) => before + (/[\w\-.]$/v.test(before) || /^[\w\-.]/v.test(after) ? secret : mask) + after);

/** Texts that are secret: of the object itself, and of what it was made from. */
type Secrets = {readonly own: readonly string[]; readonly sources: readonly string[]};

const withoutSources = (text: string, sources: readonly string[], isStarted: boolean): string =>
	sources.reduce(
		(left, secret) =>
			isTelling(secret)
				? left.replaceAll(secret, () => mask)
				: isStarted && secret.length > 3
					? withoutWord(left, secret)
					: left,
		text,
	);

const replaceIn = (node: unknown, secrets: Secrets, isStarted = false): unknown => {
	if (typeof node === 'string') {
		const left = secrets.own.reduce((text, secret) => text.replaceAll(secret, () => mask), node);
		return withoutSources(left, secrets.sources, isStarted);
	}

	if (Array.isArray(node)) {
		return listOf(node).map(item => replaceIn(item, secrets, isStarted));
	}

	return typeof node === 'object' && node !== null
		? Object.fromEntries(
				Object.entries(node).map(([key, member]) => [
					key,
					naming.has(key) ? member : replaceIn(member, secrets, started.has(key)),
				]),
			)
		: node;
};

/** The longest first: a secret may be part of another. */
const longestFirst = (texts: readonly string[]): readonly string[] =>
	texts.filter(Boolean).toSorted((one, other) => other.length - one.length);

const textsOf = (secrets: readonly InTheClear[]): readonly string[] => longestFirst(secrets.map(({text}) => text));

/**
An object as it may be shown and kept: without the secrets that it holds in the clear, and without those of what it was
made from.
*/
export const masked = (object: Manifest, sources: readonly string[] = []): Manifest => {
	const secrets = {
		own: textsOf(secretsInTheClear(object)),
		sources: object.metadata.annotations?.[committedAnnotation] === undefined ? longestFirst(sources) : [],
	};
	return secrets.own.length + secrets.sources.length === 0
		? object
		: {
				...(replaceIn({...object, kind: '', apiVersion: '', metadata: {}}, secrets) as Manifest),
				kind: object.kind,
				apiVersion: object.apiVersion,
				metadata: object.metadata,
			};
};

/** The ways a secret is written in a text. */
const writings = (secret: string): readonly string[] =>
	[secret, JSON.stringify(secret).slice(1, -1), secret.trim(), ...linesOf(secret)].filter(Boolean);

/**
A text, such as a diff, without the secrets that objects hold in the clear, and without those of what they were made
from.
*/
export const maskedText = (text: string, objects: readonly Manifest[], sources: readonly string[] = []): string => {
	const own = textsOf(objects.flatMap(object => secretsInTheClear(object))).flatMap(secret => writings(secret));
	const left = own.reduce((shown, secret) => shown.replaceAll(secret, () => mask), text);
	return withoutSources(
		left,
		longestFirst(sources).flatMap(secret => writings(secret)),
		true,
	);
};

/** Whether something holds a mask. */
export const isMasked = (node: unknown): boolean =>
	typeof node === 'string'
		? node.includes(mask)
		: typeof node === 'object' && node !== null && Object.values(node).some(member => isMasked(member));

/** Whether a text is what a masked one was made from. */
const isOrigin = (masks: string, text: string): boolean => {
	const parts = masks.split(mask);
	const [first = '', last = ''] = [parts[0], parts.at(-1)];
	return text.startsWith(first) && text.endsWith(last) && parts.every(part => text.includes(part));
};

const nameOfItem = (item: unknown): string | undefined => textOf(mapOf(item).name);

/** Puts into a masked object what the object it was made from holds there. A mask stays where that does not tell. */
export const filled = <Node>(node: Node, source: unknown): Node => {
	if (typeof node === 'string') {
		return (node.includes(mask) && typeof source === 'string' && isOrigin(node, source) ? source : node) as Node;
	}

	if (Array.isArray(node)) {
		const items = listOf(source);
		return listOf(node).map((item, index) => {
			const name = nameOfItem(item);
			return filled(item, name === undefined ? items[index] : items.find(one => nameOfItem(one) === name));
		}) as Node;
	}

	return (
		typeof node === 'object' && node !== null
			? Object.fromEntries(Object.entries(node).map(([key, member]) => [key, filled(member, mapOf(source)[key])]))
			: node
	) as Node;
};
