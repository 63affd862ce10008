import {Buffer} from 'node:buffer';

/** User data in a text, and the line it stands on, from 1. */
type UserData = {readonly line: number; readonly what: string};

/**
Object classes of people (RFC 4519, RFC 2798, RFC 2307, RFC 4524, and Ping's own): an entry with one of them is a
user's.
*/
const personClasses = new Set([
	'person',
	'organizationalperson',
	'inetorgperson',
	'residentialperson',
	'newpilotperson',
	'account',
	'posixaccount',
	'shadowaccount',
	'uidobject',
	'ubidperson',
]);

/** Attributes that hold a password or a key of an entry. */
const secretAttributes = new Map([
	['userpassword', "a user's password"],
	['authpassword', "a user's password"],
	['unicodepwd', "a user's password"],
	['sambantpassword', "a user's password"],
	['ds-pwp-retired-password', "a user's earlier password"],
	['pwdhistory', "a user's earlier passwords"],
	['ds-auth-totp-shared-secret', "a user's second factor"],
	['userpkcs12', "a user's private key"],
]);

/** A value that is nothing but variables is no password. */
const isVariable = (value: string): boolean => /^(?:\$\{[^\}]+\})+$/v.test(value);

type Line = {readonly number: number; readonly text: string};

/**
Lines without their folds, each with the number it begins at. `indent` is what stands before the `dn:` of an LDIF inside
another file.
*/
const unfolded = (lines: readonly string[], indent: string): readonly Line[] => {
	const whole: Line[] = [];
	for (const [index, content] of lines.entries()) {
		if (!content.startsWith(indent)) {
			whole.push({number: index + 1, text: ''});
			continue;
		}

		const text = content.slice(indent.length);
		const last = whole.at(-1);
		if (text.startsWith(' ') && last) {
			whole[whole.length - 1] = {number: last.number, text: last.text + text.slice(1)};
		} else {
			whole.push({number: index + 1, text});
		}
	}

	return whole;
};

const pairOf = (line: string): {readonly name: string; readonly value: string} | undefined => {
	const found = /^(?<name>[A-Za-z][\w\-.]*)(?:;[\w\-.;]+)?:(?<mark>:?)(?<value>.*)$/v.exec(line)?.groups;
	if (!found) {
		return undefined;
	}

	const value = (found.value ?? '').trim();
	return {
		name: (found.name ?? '').toLowerCase(),
		value: found.mark === ':' ? Buffer.from(value, 'base64').toString('utf8') : value,
	};
};

const findIn = (lines: readonly Line[]): UserData | undefined => {
	let isEntry = false;
	for (const {number, text} of lines) {
		const pair = pairOf(text);
		if (pair?.name === 'dn') {
			isEntry = true;
		} else if (text === '') {
			isEntry = false;
		} else if (isEntry && pair) {
			if (pair.name === 'objectclass' && personClasses.has(pair.value.toLowerCase())) {
				return {line: number, what: `a user entry (${pair.value})`};
			}

			const secret = secretAttributes.get(pair.name);
			if (secret && pair.value !== '' && !isVariable(pair.value)) {
				return {line: number, what: secret};
			}
		}
	}

	return undefined;
};

/**
Finds the first user data in a text that is LDIF, or holds LDIF with an indent, as a ConfigMap does: an entry of a
person's class, or a password. Folded lines, base64, change records and CRLF are understood; only lines of an entry,
behind its `dn:`, count, so that schema files, templates and prose raise no alarm. The value is never part of the
answer. Undefined where there is none.
*/
export const findUserData = (text: string): UserData | undefined => {
	const indents = new Set(text.matchAll(/^(?<indent>[\t ]*)dn:/gimv).map(({groups}) => groups?.indent ?? ''));
	if (indents.size === 0) {
		return undefined;
	}

	const lines = text.split(/\r?\n/v);
	return indents
		.values()
		.map(indent => findIn(unfolded(lines, indent)))
		.filter(found => found !== undefined)
		.toArray()
		.toSorted((a, b) => a.line - b.line)[0];
};
