/** What is said of a private key. */
export const privateKey = 'a private key';

/** What gives a secret away by its form, wherever it stands. The secret itself is never part of an answer. */
const forms: ReadonlyArray<{readonly pattern: RegExp; readonly what: string}> = [
	{pattern: /-----BEGIN (?:[\dA-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/v, what: privateKey},
	{pattern: /^PuTTY-User-Key-File-\d/v, what: privateKey},
	{
		pattern:
			/\{(?:s?sha\d*|s?md5|pbkdf2[\w\-]*|bcrypt|scrypt|argon2\w*|crypt|aes\d*|blowfish|3des|rc4|clear|base64)\}[\w$+,\-.\/=]{6,}/iv,
		what: 'a hashed or encrypted password',
	},
	{pattern: /\bAES(?:128|192|256):[\w+\-\/=]{8,}/v, what: 'an encrypted value'},
	{pattern: /\bOBF:[\w+\-.\/:=]{2,}/v, what: 'an obfuscated value'},
	{
		pattern: /(?:^|[\s"':=])\$(?:\d[a-z]?|apr1|pbkdf2[\w\-]*|argon2\w*|scrypt|y)\$[\w$+,\-.\/=]{4,}/v,
		what: 'a password hash',
	},
	{pattern: /\bey[\w\-]{8,}\.ey[\w\-]{8,}\.[\w\-]*/v, what: 'a signed token'},
	{pattern: /\beyJ[\w\-]{8,}\.[\w\-]*\.[\w\-]{8,}\.[\w\-]+\.[\w\-]+/v, what: 'an encrypted token'},
	{pattern: /\b(?:AKIA|ASIA)[\dA-Z]{16}\b/v, what: 'an access key'},
	{
		pattern: /\bgh[oprsu]_\w{20,}|\bglpat-[\w\-]{16,}|\bxox[abeoprs]-[\w\-]{10,}|\bhv[bs]\.[\w\-]{16,}/v,
		what: 'an access token',
	},
	{
		pattern: /\b[a-z][\d+\-.a-z]{0,20}:\/\/[^\s"'\/:@]*:(?!\$\{[^\}]+\}@)[^\s"'\/@][^\s"'@]*@/iv,
		what: 'a password in an address',
	},
	{
		pattern:
			/[;?](?:password|passwd|pwd|secret|token|access_token|client_secret|api_key|apikey|sig|key)=(?!\$\{[^\}]+\}(?:[\s"';]|$))[^\s"';]+/iv,
		what: 'a password in an address',
	},
	// A word is none: «Basic Authentication».
	{
		pattern:
			/\b(?:[Bb]asic|[Bb]earer|BASIC|BEARER)\s+(?!(?:[A-Z]?[a-z]+|[A-Z]+)[,.:;]?(?:[\s"'<]|$))[\w+\-.\/=~]{12,}/v,
		what: 'credentials of a request',
	},
];

/** What a text holds that is secret by its form; undefined where there is nothing of the kind. */
export const secretForm = (text: string): string | undefined => {
	// Parameters of an address are parted by either.
	const parted = text.replaceAll('&', ';');
	return forms.find(({pattern}) => pattern.test(parted))?.what;
};

/** A variable: `${NAME}`, and nothing that it falls back to. */
const variable = /\$\{[A-Z_a-z][\w.]*\}/gv;

/** How a template writes a dollar. */
const dollar = /\$\{DOLLAR\}/v;

/** Whether a text is nothing but variables. `${DOLLAR}` is a dollar, and no variable. */
export const isVariables = (text: string): boolean =>
	text !== '' && !dollar.test(text) && text.replaceAll(variable, '') === '';

/** A text without its variables; what one falls back to stays. */
export const withoutVariables = (text: string): string =>
	text.replaceAll(/\$\{[A-Z_a-z][\w.]*:?[+\-=?](?<otherwise>[^\}]*)\}/gv, '$<otherwise>').replaceAll(variable, '');

/** Forms of names that look random and are public: identifiers, fingerprints, times, versions, colours. */
const publicForms = /^(?:\d{4}-\d\d-\d\d(?:t[\d.:]+z?)?|v?\d+(?:\.\w+)*|[\d.:]+|#[\da-f]{3,8}|0x[\da-f]+)$/iv;

/** Algorithms, protocols and the like, whose digits are part of their name. */
const knownNames =
	/(?:sha|md|rsa|aes|ecdsa|ecdhe?|tls|ssl|utf|iso|ipv|http|oauth|saml|log4j|base|jdk|java|openid|^(?:ec|hs|rs|es|ps|[prx]))[\-_]?v?\d{1,4}/giv;

/** The shortest word that may be taken for random. */
const shortest = 12;

/** How often a word goes from letters to digits or back. */
const turnsOf = (word: string): number => word.matchAll(/\p{Letter}(?=\d)|\d(?=\p{Letter})/gv).toArray().length;

/** How many times a word goes from a small letter to a capital or back, beyond words that begin with one. */
const jumpsOf = (word: string): number =>
	word
		.matchAll(
			/\p{Lowercase_Letter}\p{Uppercase_Letter}(?!\p{Lowercase_Letter})|\p{Uppercase_Letter}\p{Lowercase_Letter}(?=\p{Uppercase_Letter})/gv,
		)
		.toArray().length;

/** Words of four letters and more that are joined by single digits: `SecurityAudit2Console4SIEM`. */
const joinedByDigits = /^(?:\p{Uppercase_Letter}\p{Lowercase_Letter}{3,}\d?){2,}(?:\p{Uppercase_Letter}{2,5})?$/v;

/** Whether a word looks as if nobody had thought of it: long, of letters and digits that change often. */
const isRandom = (word: string): boolean => {
	const rest = word.replaceAll(knownNames, '');
	return (
		rest.length >= shortest &&
		!publicForms.test(word) &&
		!joinedByDigits.test(word) &&
		(turnsOf(rest) >= 3 || (rest.length >= 32 && jumpsOf(rest) / rest.length > 0.1))
	);
};

/** Identifiers that are made of chance and are no secret. */
const identifier =
	/\b(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|sha256:[\da-f]{64}|(?:ldap|jdbc|custom|rest|kerb|other)-[\da-f]{40})\b/giv;

/** Whether a text has a word that looks random. */
export const looksRandom = (text: string): boolean =>
	withoutVariables(text)
		.replaceAll(identifier, ' ')
		.split(/[^\d\p{Letter}+]+/v)
		.some(word => isRandom(word));
