/*
Run as a process of its own, with a path and a number of bytes: writes an LDIF and prints how many entries it has. As
export-ldif writes it: whole entries, folded at 76 columns, some values and DNs in base64, operational attributes,
hashed passwords.
*/
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {open} from 'node:fs/promises';
import process from 'node:process';

const people = [
	'Ada Lovelace',
	'Jürgen Müller',
	'Chloé Dubois',
	'Hiro Tanaka',
	'Grace Hopper',
	'José Núñez',
	'Bob Smith',
	'Eve Okafor',
];

const lineOf = (name: string, value: string): string => {
	const line = /^[ -~]*$/v.test(value) ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`;
	return `${[line.slice(0, 76), ...(line.slice(76).match(/.{1,75}/gv) ?? [])].join('\n ')}\n`;
};

const entryOf = (index: number): string => {
	const person = people[index % people.length] ?? '';
	const [given = '', last = ''] = person.split(' ', 2);
	const hash = createHash('sha512').update(String(index)).digest();
	const hex = hash.toString('hex');
	return [
		lineOf('dn', `uid=user.${index},ou=People,dc=example,dc=com`),
		...['top', 'person', 'organizationalPerson', 'inetOrgPerson'].map(name => lineOf('objectClass', name)),
		lineOf('uid', `user.${index}`),
		lineOf('givenName', given),
		lineOf('sn', last),
		lineOf('cn', person),
		lineOf('mail', `user.${index}@example.com`),
		lineOf('userPassword', `{SSHA512}${hash.toString('base64')}`),
		lineOf('telephoneNumber', `+1 555 ${String((index * 7919) % 10_000_000).padStart(7, '0')}`),
		lineOf('employeeNumber', String(index)),
		lineOf('description', `This is the description of user ${index}, which is long enough for a line that is folded.`),
		lineOf(
			'entryUUID',
			`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`,
		),
		lineOf('createTimestamp', '20240101000000.000Z'),
		lineOf('creatorsName', 'cn=Directory Manager,cn=Root DNs,cn=config'),
		'\n',
	].join('');
};

/** Writes entries until the file has so many bytes, and gives how many. */
const writeEntries = async (path: string, bytes: number): Promise<number> => {
	const file = await open(path, 'wx', 0o600);
	let entries = 0;
	for (let written = 0; written < bytes;) {
		const text = Buffer.from(Array.from({length: 1000}, (_, offset) => entryOf(entries + offset)).join(''));
		await file.write(text);
		written += text.length;
		entries += 1000;
	}

	await file.close();
	return entries;
};

const [path = '', bytes = '0'] = process.argv.slice(2);
process.stdout.write(String(await writeEntries(path, Number(bytes))));
