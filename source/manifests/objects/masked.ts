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

const keyBegin = /-----BEGIN (?:[\dA-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|^\s*PuTTY-User-Key-File-\d/v;

const keyEnd = /-----END |^\s*Private-MAC:/v;

/** Whether a line may stand within a private key: it has its letters, is a header, or empty. */
const isKeyLine = (text: string): boolean => /^(?:[\w+\/=]*|[A-Z][\w\-]*:\s.*)$/v.test(text.trim());

/** How many lines a private key has that begins at a line; 0 where none does. */
const keyLength = (lines: readonly string[], index: number): number => {
	const first = lines[index] ?? '';
	if (!keyBegin.test(first)) {
		return 0;
	}

	if (keyEnd.test(first)) {
		return 1;
	}

	const rest = lines.slice(index + 1);
	const end = rest.findIndex(one => keyEnd.test(one) || !isKeyLine(one));
	if (end !== -1 && keyEnd.test(rest[end] ?? '')) {
		return end + 2;
	}

	// It is cut off: a short line may be anything.
	const other = rest.findIndex(one => !isKeyLine(one) || one.trim().length < 16);
	return 1 + (other === -1 ? rest.length : other);
};

/** Texts of a ConfigMap's value that are secret: all of it, or private keys and lines of the file that it is. */
const secretTexts = (key: string, text: string): readonly string[] => {
	const lines = text.split('\n');
	if (lines.length === 1) {
		return isSecret(key, text) || isSecretLine(text) ? [text] : [];
	}

	const found: string[] = [];
	for (let index = 0; index < lines.length; index++) {
		const length = keyLength(lines, index);
		if (length > 0) {
			found.push(lines.slice(index, index + length).join('\n'));
			index += length - 1;
		} else if (isSecretLine(lines[index] ?? '')) {
			found.push(lines[index] ?? '');
		}
	}

	return found;
};

/**
The lines of a secret of several, such as a private key, that are long enough to be looked for by themselves: an
indented text and a diff have them so.
*/
const linesOf = (secret: string): readonly string[] =>
	secret.includes('\n')
		? secret
				.split('\n')
				.map(one => one.trim())
				.filter(one => one.length >= 16)
		: [];

/** Whether the value of a variable is a secret in the clear. */
export const isSecretVariable = (name: string, text: string): boolean => isSecret(name, text);

/** Whether what a ConfigMap has at a key is a secret, or a file with one. */
export const isSecretInMap = (key: string, text: string): boolean => secretTexts(key, text).length > 0;

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

/** The annotation of an object that holds a committed profile: the commit's gate has looked for secrets in it. */
export const committedAnnotation = 'unroot/committed-profile';

/**
The secrets that an object holds in the clear: values of variables, and what a ConfigMap holds. A reference to a Secret
is none.
*/
export const secretsInTheClear = (object: Manifest): readonly InTheClear[] =>
	(object.metadata.annotations?.[committedAnnotation] === undefined
		? object.kind === 'ConfigMap'
			? Object.entries(mapOf(object.data)).flatMap(([key, value]) =>
					secretTexts(key, textOf(value) ?? '').map(text => ({place: key, text})),
				)
			: inVariables({...object, metadata: {}}, '')
		: []
	).map(({place, text}) => ({place: `${place} of ${object.kind}/${object.metadata.name}`, text}));

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

/**
Whether a secret is looked for everywhere. A short one, and one that could be any word or name, is taken out only
where it is most likely meant: elsewhere the same word is something else, such as the name of a workload.
*/
const isTelling = (text: string): boolean => text.length >= 6 && !/^[a-z][\-.a-z_]*$/iv.test(text);

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

/** The names of the ConfigMaps that an object takes something from. */
const mapsOf = (node: unknown): readonly string[] =>
	typeof node === 'object' && node !== null
		? Object.entries(node).flatMap(([key, member]) =>
				['configMapRef', 'configMapKeyRef', 'configMap'].includes(key)
					? [textOf(mapOf(member).name) ?? '']
					: mapsOf(member),
			)
		: [];

/**
The texts of the secrets that a workload and its ConfigMaps hold in the clear. What is made from them may refer to a
Secret for one and have the same text elsewhere, where nothing tells that it is a secret.
*/
export const sourceSecrets = (
	{kind, name}: {readonly kind: string; readonly name: string},
	objects: readonly Manifest[],
): readonly string[] => {
	const workload = objects.find(object => object.kind === kind && object.metadata.name === name);
	const maps = new Set(mapsOf(workload));
	return [
		...new Set(
			objects
				.filter(object => object === workload || (object.kind === 'ConfigMap' && maps.has(object.metadata.name)))
				.flatMap(object => secretsInTheClear(object))
				.map(({text}) => text),
		),
	];
};

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

/** A secret in the clear and what it goes by. */
export type NamedSecret = {readonly name: string; readonly text: string};

/** Variables of `docker run`. */
const ofContainer =
	/(?:-e|--env)[\s=]+["']?(?<name>[A-Z_a-z]\w*)=(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>[^\s"'\\]+))/gv;

const inCommand = (text: string): readonly NamedSecret[] =>
	text
		.matchAll(ofContainer)
		.map(({groups}) => ({
			name: groups?.name ?? '',
			text: groups?.double ?? groups?.single ?? groups?.plain ?? '',
		}))
		.filter(({name, text: value}) => isSecret(name, value))
		.toArray();

/**
Secrets in the clear in a document of any kind: at a key that tells of one, in a pair `NAME=value`, by their form. In a
Secret they are where they belong.
*/
export const secretsInDocument = (node: unknown, key = ''): readonly NamedSecret[] => {
	if (typeof node === 'string') {
		const {name = '', value = ''} = /^(?<name>[A-Z_a-z][\w\-.]*)=(?<value>[\s\S]+)$/v.exec(node)?.groups ?? {};
		if (node.includes('\n')) {
			return [...inCommand(node), ...secretTexts(key, node).map(text => ({name: key, text: text.trim()}))];
		}

		return isSecret(key, node) ? [{name: key, text: node}] : isSecret(name, value) ? [{name, text: value}] : [];
	}

	if (Array.isArray(node)) {
		// A list of secrets, as Compose has one, names them.
		return key === 'secrets' ? [] : listOf(node).flatMap(item => secretsInDocument(item, key));
	}

	const members = mapOf(node);
	if (members.kind === 'Secret') {
		return [];
	}

	const [name, value] = [textOf(members.name), textOf(members.value)];
	// Of a file, as a script is one, only what is secret in it is looked for: it is a member, too.
	const isFile = value?.includes('\n') === true && name !== undefined && !isSecretName(name);
	return [
		...(name !== undefined && value !== undefined && !isFile && isSecret(name, value) ? [{name, text: value}] : []),
		...Object.entries(members).flatMap(([inner, member]) => secretsInDocument(member, inner)),
	];
};

/** Lines in which one thing stands in place of all the lines of a secret, however far these are indented. */
const withoutBlock = (lines: readonly string[], secret: string, instead: string): readonly string[] => {
	const wanted = secret
		.trim()
		.split('\n')
		.map(one => one.trim());
	const left: string[] = [];
	for (let index = 0; index < lines.length; index++) {
		const one = lines[index] ?? '';
		if (wanted.every((text, offset) => lines[index + offset]?.trim() === text)) {
			left.push(one.slice(0, one.length - one.trimStart().length) + instead);
			index += wanted.length - 1;
		} else {
			left.push(one);
		}
	}

	return left;
};

/** Lines without a secret of several lines, as a block, written in one line, or a part of it. */
const withoutLines = (lines: readonly string[], {text}: NamedSecret, instead: string): readonly string[] => {
	const whole = [text, text.trim()].map(one => JSON.stringify(one).slice(1, -1));
	return withoutBlock(lines, text, instead).map(one =>
		linesOf(text).reduce(
			(left, part) => left.replaceAll(part, () => mask),
			whole.reduce((left, part) => left.replaceAll(part, () => instead), one),
		),
	);
};

/** A text of lines without secrets. `instead` gives what stands in the place of one. */
export const withoutSecrets = (
	text: string,
	secrets: readonly NamedSecret[],
	instead: (secret: NamedSecret) => string = () => mask,
): string =>
	secrets
		.toSorted((one, other) => other.text.length - one.text.length)
		.reduce<readonly string[]>(
			(lines, secret) =>
				secret.text.trim().includes('\n')
					? withoutLines(lines, secret, instead(secret))
					: lines.map((one, index) =>
							isTelling(secret.text) || `${lines[index - 1] ?? ''}\n${one}`.includes(secret.name)
								? one.replaceAll(secret.text, () => instead(secret))
								: one,
						),
			text.split('\n'),
		)
		.join('\n');

/** A value whose texts, wherever they stand in it, hold none of these secrets. */
export const withoutSecretsIn = <Value>(value: Value, secrets: readonly NamedSecret[]): Value => {
	if (secrets.length === 0) {
		return value;
	}

	if (typeof value === 'string') {
		return withoutSecrets(value, secrets) as Value;
	}

	if (Array.isArray(value)) {
		return value.map(item => withoutSecretsIn(item as unknown, secrets)) as Value;
	}

	return (
		typeof value === 'object' && value !== null
			? Object.fromEntries(
					Object.entries(value).map(([key, member]) => [key, withoutSecretsIn(member as unknown, secrets)]),
				)
			: value
	) as Value;
};
