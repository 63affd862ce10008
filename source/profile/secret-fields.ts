import {isSecretName} from '../ping/secret-names.js';

/** The private parts of a JSON Web Key (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const privateParts = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);

/** Whether a member of a JSON Web Key is secret. */
export const isPrivatePart = (key: string): boolean => privateParts.has(key);

/** The public ones, which look as random. */
const publicParts = new Set([
	'n',
	'e',
	'x',
	'y',
	'crv',
	'kty',
	'alg',
	'use',
	'kid',
	'key_ops',
	'x5t',
	'x5t#S256',
	'x5c',
]);

/** Whether a member of a JSON Web Key is public. */
export const isPublicPart = (key: string): boolean => publicParts.has(key);

/** Keys that say nothing of their own: what stands there is what the name beside or above says. */
const neutralKeys = new Set([
	'value',
	'values',
	'stringvalue',
	'text',
	'data',
	'content',
	'plaintext',
	'$',
	'#text',
	'_',
	'raw',
]);

/** Keys whose text names the value beside it. */
const namingKeys = new Set(['name', 'id', 'key', 'field', 'fieldname', 'parameter', 'property', 'attribute', 'label']);

/** Members of an object, as a key and its text; undefined where a value is no text. */
type Beside = ReadonlyArray<readonly [key: string, text: string | undefined]>;

/** The name that a value goes by: its key, or where that says nothing, the secret name beside or above it. */
export const nameOfField = (key: string, beside: Beside, above: string): string => {
	if (key === 'hexValue' && /certificatehash$/iv.test(above)) {
		return above;
	}

	if (!neutralKeys.has(key.toLowerCase())) {
		return key;
	}

	const named = beside.find(
		([other, text]) => namingKeys.has(other.toLowerCase()) && text !== undefined && isSecretName(text),
	);
	return named?.[1] ?? (isSecretName(above) ? above : key);
};

/** Keys whose text is what others refer to. */
const identifying = /^(?:id|kid|clientId|entityId)$/v;

/** Whether a text at a key is an identifier that others may refer to. */
export const isIdentifier = (key: string): boolean => identifying.test(key);
