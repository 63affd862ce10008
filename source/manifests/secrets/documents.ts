import {listOf, mapOf, textOf} from '../../ping/fields.js';
import {isSecretName} from '../../ping/secret-names.js';
import {isTelling, linesOf, mask} from './mask.js';
import {isSecret, secretTexts} from './recognise.js';

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
