import {Buffer} from 'node:buffer';

/** An attribute with all its values, as a change record writes it. */
export type Values = {readonly name: string; readonly values: readonly Buffer[]};

/** The first lines of a repair file. */
export const repairHead = [
	'# Changes that make the second directory hold what the first one holds. They hold user data.',
	'# ldapmodify applies them. Attributes that a server lets nobody modify (such as entryUUID and',
	'# createTimestamp) are only accepted with a control for it: ldapmodify --ignoreNoUserModification.',
	'',
	'',
].join('\n');

// RFC 2849, SAFE-STRING: no NUL, LF, CR, nothing outside ASCII, and no space, colon or less-than at the start; a space
// at the end is better not left to readers.
const safe =
	/^(?:[\u{1}-\u{9}\v\f\u{E}-\u{1F}!-9;=-\u{7F}](?:[\u{1}-\u{9}\v\f\u{E}-\u{7F}]*[\u{1}-\u{9}\v\f\u{E}-\u{1F}!-\u{7F}])?)?$/v;

const line = (name: string, value: Buffer): string => {
	const text = value.toString('latin1');
	return safe.test(text) ? `${name}: ${text}\n` : `${name}:: ${value.toString('base64')}\n`;
};

const head = (dn: string, change: string): string => `${line('dn', Buffer.from(dn, 'utf8'))}changetype: ${change}\n`;

/** A record that deletes an entry. */
export const deleteRecord = (dn: string): string => `${head(dn, 'delete')}\n`;

/** A record that adds an entry. */
export const addRecord = (dn: string, attributes: readonly Values[]): string =>
	`${head(dn, 'add')}${attributes.flatMap(({name, values}) => values.map(value => line(name, value))).join('')}\n`;

/** A record that gives attributes these values; an attribute without values is removed. */
export const modifyRecord = (dn: string, attributes: readonly Values[]): string => {
	const changes = attributes.map(
		({name, values}) => `replace: ${name}\n${values.map(value => line(name, value)).join('')}-\n`,
	);
	return `${head(dn, 'modify')}${changes.join('')}\n`;
};
