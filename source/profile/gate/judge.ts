import {isCertificate} from '../../ping/certificate.js';
import {isSecretName, wordsOfName} from '../../ping/secret-names.js';
import {isVariables, looksRandom, secretForm, withoutVariables} from '../../ping/secret-values.js';

/** Something that is held back in a file. The value is never part of it. */
export type Found = {
	/** From 1. */
	readonly line: number;
	/** The property, variable, field or option, where it has a name. */
	readonly field?: string;
	readonly what: string;
};

/** What is said of a value whose name tells that it is a secret. */
export const bySecretName = 'a secret by its name';

/**
How strictly the value of a name is judged: `closed` lets through what the table knows, `open` what is no secret by name
and form.
*/
export type Strictness = 'closed' | 'open';

/** Values that are no secret whatever they are called. */
const switches = /^(?:true|false|yes|no|on|off|null|none|nil|enabled|disabled|required|optional|default|undefined)$/iv;

/** What stands in a file that is to be filled in: `{password}`, `<secret>`, `[bucket name]`, `[...]`, asterisks. */
const blank = /^(?:\{[a-z]+\}|<[\-a-z]+>|\[(?:\.{3}|[a-z]+(?: [a-z]+)*)\]|\*+)$/v;

/**
A variable without braces, as envsubst reads it, in words: `$DISCOVERY_S3_ACCESS_KEY`; one that a second reader of the
same kind puts in: `${_DOLLAR_}{NAME}`.
*/
const otherVariable = /^(?:\$[A-Z]{2,}(?:_[A-Z]+\d?){1,9}|\$\{_?DOLLAR_?\}\{[A-Z]{2,}(?:_[\dA-Z]+)*\})$/v;

/** A class of Java, which a name of somebody's stands for. */
const javaClass = /^(?:com|org|net|io)(?:\.[_a-z]\w*){1,9}\.[A-Z]\w*$/v;

/**
Attributes of PingFederate's own in LDAP: what a mapping has at a name such as `hashedSecret`. Source: PingFederate's
ldif-scripts.
*/
const mappedAttributes = new Set([
	'pf-oauth-client-hashed-secret',
	'pf-oauth-client-jwks',
	'accessGrantHashedRefreshTokenValue',
]);

/** Whether a value is no secret, whatever its name is. */
const isHarmless = (text: string): boolean =>
	text === '' ||
	switches.test(text) ||
	blank.test(text) ||
	otherVariable.test(text) ||
	javaClass.test(text) ||
	mappedAttributes.has(text);

/** Numbers, sizes and times with their units, of which there are few. */
const figures =
	/^[+\-]?[\d,.]{1,12}(?:\s*(?:%|[gkmt]?i?b|[gkmt]|ns|us|ms|[dhmswy]|second|minute|hour|day|week|month|year|millisecond|nanosecond|byte|kilobyte|megabyte|gigabyte)s?)*$/iv;

/** A name that somebody made of words: `ReactHome`. */
const joinedWords = /^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*$/v;

/** One value of a list of a product's own: small letters in words that are joined. */
const oneOfList = /^[a-z]+\d{0,3}(?:[\-_][a-z]+\d{0,3}|[\-_]\d{1,4})*$/v;

/** The same in capitals, as Java's enumerations have it. */
const oneOfJava = /^[A-Z]+\d{0,3}(?:_[\dA-Z]{1,20})*$/v;

/** A name of Java's, in a package. */
const javaName = /^(?:[_a-z]\w*\.){2,}\w+(?:\$\w+)*$/v;

/** A distinguished name. */
const distinguishedName = /^[A-Za-z][\w\-]*=[^,=]*(?:,\s*[A-Za-z][\w\-]*=[^,=]*)*,?$/v;

/** An object identifier, an address of a machine, a path or an address without a query, a language. */
const places =
	/^(?:[\d*.\/:]+|[\w\-.]+:\d{1,5}|\.{0,2}\/[\w%*+\-.\/@]*|[a-z][+\-a-z]*:\/\/[\w%*+\-.\/:@\[\]~]*|[\w\-]+(?:\.[\w\-]+)+)$/iv;

const closedKinds: readonly RegExp[] = [
	joinedWords,
	switches,
	figures,
	oneOfList,
	oneOfJava,
	javaName,
	distinguishedName,
	places,
];

/**
Words at the end of a name whose value is a text that people write: it is let through where it has no form of a secret.
*/
const textEnds = new Set(
	`name names title description label comment message text template subject host hostname hosts hostnames address
	addresses url urls uri uris endpoint path paths file files filename directory dir folder root location dn dns
	attribute attributes type types class classes pattern patterns filter filters criteria scope scopes aci acis
	expression regex suffix prefix format algorithm algorithms cipher suite suites protocol protocols mode level
	version user username id ids alias nickname group groups role roles method methods header headers origin origins
	command arguments argument options opts option list server servers port ports interval period duration policy
	provider handler mapper manager publisher store account realm domain schema syntax rule rules value values
	member region zone environment env tag image branch repository map mapping view processor endpoint claim
	audience issuer subject locale language timezone country state city organization unit field fields parameter
	parameters property properties key column table query statement config extension plugin plugins privilege
	privileges right rights permission permissions access control target source destination pipe adapter backend
	database db index indexes entry entries object objectclass scheme schemes validator generator algorithm
	algorithm-name backend-server mapper-name service services package package-name node context motd suffixes
	memory size heap threads args flags eula date time day schedule zone mechanism mechanisms action actions
	type-name base check checks operation operations condition behavior category component module feature features
	product profile`
		.split(/\s+/v)
		.filter(Boolean),
);

/** Whether the name says that a text of people stands there. */
const isTextName = (name: string): boolean => textEnds.has(wordsOfName(name).at(-1) ?? '');

/** Words at the end of a name whose values look random and are public. */
const publicEnds = new Set(
	`id ids kid x5t uuid guid entityid oid fingerprint thumbprint serialnumber location etag revision checksum digest
	snapshotid version ref`.split(/\s+/v),
);

/** Whether the values of a name look random and are public: by its last word, or its last two. */
const isPublicName = (name: string): boolean => {
	const words = wordsOfName(name.replaceAll(/\bIDs?\b/gv, 'id'));
	const [last = '', before = ''] = [words.at(-1), words.at(-2)];
	return publicEnds.has(last) || publicEnds.has(before + last) || before === 'x5t';
};

/**
Other names whose values look random and are public, each with the form of those values: what PingFederate and
PingAccess call keys, licences and profiles by.
*/
const publicPairs: ReadonlyArray<readonly [name: RegExp, value: RegExp]> = [
	[/certificatehash$/iv, /^[\da-f]{40,128}$/iv],
	[/(?:^|[\-.:_])alias$|Alias$|^Certificate$|ListItem$|^name$/v, /^[\da-z]{25}$/v],
	[/^Local Identity Profile$/v, /^[\dA-Za-z]{16}$/v],
	[/^name$/v, /^[\da-f]{32}(?:[\da-f]{32})?(?::[\w\/]+)*$/v],
];

const isPublic = (name: string, value: string): boolean =>
	isPublicName(name) || publicPairs.some(([names, values]) => names.test(name) && values.test(value));

/** A name and a value in a value, such as an argument of an extension. */
const inner = /^(?<name>\p{Letter}[\w\-.]*)\s*[:=](?!=)(?<value>.+)$/v;

/**
Why the value of a name is held back; undefined where it is let through. A value that is nothing but variables always
is; what a variable falls back to is judged as if it stood there itself. `known` are identifiers that stand elsewhere in
the same document: a value that names one is a reference.
*/
export const judge = (
	name: string,
	value: string,
	strictness: Strictness,
	known: ReadonlySet<string> = new Set(),
): string | undefined => {
	const text = value.trim();
	if (text === '' || isVariables(text) || isCertificate(text)) {
		return undefined;
	}

	const rest = withoutVariables(text).trim();
	if (isSecretName(name) && !isHarmless(rest) && !otherVariable.test(text)) {
		return bySecretName;
	}

	const form = secretForm(text);
	if (form !== undefined) {
		return form;
	}

	const found = inner.exec(text)?.groups;
	if (found && isSecretName(found.name ?? '') && judge(found.name ?? '', found.value ?? '', 'open') !== undefined) {
		return bySecretName;
	}

	if (looksRandom(rest) && !isPublic(name, rest) && !known.has(rest)) {
		return 'a value that looks random';
	}

	const isKnown = strictness === 'open' || isTextName(name) || closedKinds.some(kind => kind.test(rest)) || rest === '';
	return isKnown ? undefined : 'a value of a kind that is not known here';
};
