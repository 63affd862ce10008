import {membersOf, type Document} from './json-text.js';

/**
Keys whose text is a secret, encrypted, hashed or plain: `encryptedPassword`, `encryptedValue`, `hashedValue`, `clientSecret`, `fileData` (a key pair or a certificate), `keyData` (a system key). They are matched whatever their case.

Sources: getting-started 2506:docs/how-to/buildPingFederateProfile.md (`encryptedPassword`, `password`, `fileData`); pingidentity-server-profiles 166e2c7 baseline/pingfederate/instance/bulk-config/data.json.subst (`keyData`) and baseline/pingaccess/instance/data/start-up-deployer/data.json.subst (`encryptedValue`).
*/
export const secretKey = String.raw`(?:(?:encrypted|hashed|obfuscated)\w*|\w*(?:password|passphrase|passcode|secret|privatekey|apikey)|pin|filedata|keydata)`;

const secretKeyPattern = new RegExp(`^${secretKey}$`, 'iv');

/** How text begins that is obfuscated under the server's key, whatever it is called. */
const obfuscated = 'OBF:';

/** Names that make the value beside them a secret: a plug-in's field that was not declared sensitive, or the salt of pseudonyms. */
const secretName = /password|passphrase|secret|api key|private key|entropy/iv;

const valueKeys = new Set(['value', 'stringValue']);

/** The private parts of a JSON Web Key (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1). */
const privateParts = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);

const isNamedSecret = (holder: Document): boolean =>
	[membersOf(holder)?.name, membersOf(holder)?.id].some(name => typeof name === 'string' && secretName.test(name));

/** Whether the text at a key of an object is a secret. An empty text is none. */
export const isSecretField = (key: string, text: string, holder: Document): boolean =>
	text !== '' &&
	(secretKeyPattern.test(key) ||
		text.startsWith(obfuscated) ||
		(valueKeys.has(key) && isNamedSecret(holder)) ||
		(privateParts.has(key) && membersOf(holder)?.kty !== undefined));
