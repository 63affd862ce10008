import {findUserData} from '../ldif/user-data.js';
import {neverCommit} from './clean.js';
import {secretKey} from './secret-fields.js';
import {textOf, type ProfileTree} from './tree.js';

/** Something that must not reach a commit, and where it stands. The secret itself is never part of it. */
export type Leak = {readonly path: string; readonly line: number; readonly what: string};

/** A leak in a line. */
export const leakText = ({path, line, what}: Leak): string => `${path}:${line}: ${what}`;

/** What gives a secret away, line by line. A value that is a variable, such as `${PASSWORD}`, is none. */
const patterns: ReadonlyArray<{readonly pattern: RegExp; readonly what: string}> = [
	{pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/v, what: 'a private key'},
	{
		pattern:
			/\{(?:s?sha(?:\d{3})?|s?md5|pbkdf2[\w\-]*|bcrypt|scrypt|argon2\w*|crypt|aes\d*|blowfish|3des|rc4)\}[\w$+,\-.\/=]{8,}/iv,
		what: 'a hashed or encrypted password',
	},
	{pattern: /\bAES(?:128|256):[\w+\-\/=]{8,}/v, what: 'an encrypted value'},
	{
		pattern:
			/\b(?:PING_IDENTITY_PASSWORD|PING_IDENTITY_DEVOPS_KEY|[A-Z_]*(?:PASSWORD|PASSPHRASE|SECRET|TOKEN))\s*=\s*(?!\s|["']?\$\{|["']?$)\S+/v,
		what: 'a password or key in a variable',
	},
	{
		pattern:
			/(?:--set\s+"?|"|\s|^)(?:bind-|key-store-|trust-store-|private-key-)?(?:password|pin|passphrase):(?!\s*$|["']?\$\{)\S+/v,
		what: 'a password in the configuration',
	},
	{
		pattern: /--(?:bindPassword|keyStorePassword|rootUserPassword|passphrase)[\s=](?!\$\{)\S+/v,
		what: 'a password on a command line',
	},
	{pattern: new RegExp(String.raw`"${secretKey}"\s*:\s*"(?!\$\{(?!DOLLAR\})|")`, 'iv'), what: 'a secret in JSON'},
	{pattern: /"OBF:[\w:]{2,}/v, what: 'an obfuscated value'},
];

/**
Finds what must not reach a commit: secrets by their form, user entries, and files that are secret by their name.
*/
export const findLeaks = (tree: ProfileTree, letIn: ReadonlySet<string> = new Set()): readonly Leak[] =>
	[...tree].flatMap(([path, bytes]): readonly Leak[] => {
		if (letIn.has(path)) {
			return [];
		}

		const byName = neverCommit.find(({pattern}) => pattern.test(path));
		if (byName) {
			return [{path, line: 1, what: byName.why}];
		}

		const text = textOf(bytes);
		if (text === undefined) {
			return [];
		}

		const userData = findUserData(text);
		const lines = text.split('\n');
		return [
			...(userData ? [{path, line: userData.line, what: userData.what}] : []),
			...lines.flatMap((content, index) => {
				const found = patterns.find(({pattern}) => pattern.test(content));
				return found ? [{path, line: index + 1, what: found.what}] : [];
			}),
		];
	});
