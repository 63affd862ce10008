import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {gzipSync} from 'node:zlib';
import type {World} from './world.js';

/** LDIF of a generated directory, and how many entries it has. */
export type GeneratedLdif = {readonly text: string; readonly entries: number};

const base = 'dc=example,dc=com';

/** A line of LDIF: base64 where the value asks for it, folded at 76 columns. */
const line = (name: string, value: string | Uint8Array): string => {
	const isPlain = typeof value === 'string' && /^(?![ :<])[\u{20}-\u{7E}]*(?<! )$/v.test(value);
	const whole = isPlain ? `${name}: ${value}` : `${name}:: ${Buffer.from(value).toString('base64')}`;
	const lines = [whole.slice(0, 76)];
	for (let at = 76; at < whole.length; at += 75) {
		lines.push(` ${whole.slice(at, at + 75)}`);
	}

	return lines.join('\n');
};

type Attribute = readonly [name: string, value: string | Uint8Array];

const entry = (dn: string, ...attributes: readonly Attribute[]): string =>
	[line('dn', dn), ...attributes.map(([name, value]) => line(name, value)), ''].join('\n');

/** Bytes that look random and are the same every time. */
const noise = (seed: string, length: number): Uint8Array => {
	const blocks = Array.from({length: Math.ceil(length / 64)}, (_, index) =>
		createHash('sha512').update(`${seed} ${index}`).digest(),
	);
	return Buffer.concat(blocks).subarray(0, length);
};

const uuid = (seed: string): string => {
	const hex = createHash('md5').update(seed).digest('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** Operational attributes that an export has and that must arrive as they are. */
const operational = (seed: string, index: number): readonly Attribute[] => {
	const stamp = `20${String(10 + (index % 10))}0${1 + (index % 9)}1${index % 10}123456Z`;
	return [
		['entryUUID', uuid(seed)],
		['createTimestamp', stamp],
		['creatorsName', 'cn=administrator,cn=Root DNs,cn=config'],
		['modifyTimestamp', stamp],
		['modifiersName', `uid=user.${index},ou=People,${base}`],
	];
};

const units = ['People', 'Gruppen', 'Zürich & Genève', '東京', ' with spaces '];

const organizationalUnit = (name: string): string => {
	const rdn = name.startsWith(' ') ? String.raw`\ with spaces\ ` : name;
	return entry(
		`ou=${rdn},${base}`,
		['objectClass', 'top'],
		['objectClass', 'organizationalUnit'],
		['ou', name],
		...operational(name, 0),
	);
};

const personClasses: readonly Attribute[] = [
	['objectClass', 'person'],
	['objectClass', 'organizationalPerson'],
	['objectClass', 'inetOrgPerson'],
];

const person = (index: number): string => {
	const place = index % 7 === 0 ? 'ou=Zürich & Genève' : index % 11 === 0 ? 'ou=東京' : 'ou=People';
	return entry(
		`uid=user.${index},${place},${base}`,
		['objectClass', 'top'],
		['objectClass', 'person'],
		['objectClass', 'organizationalPerson'],
		['objectClass', 'inetOrgPerson'],
		['uid', `user.${index}`],
		['cn', index % 3 === 0 ? `Jürgen Größe ${index}` : `User ${index}`],
		['cn', `Alias ${index}`],
		['sn', index % 5 === 0 ? `Ōsaka ${index}` : `Name ${index}`],
		['givenName', 'U'],
		['mail', `user.${index}@example.com`],
		['mail', `u${index}@example.org`],
		['telephoneNumber', `+1 555 ${String(index).padStart(7, '0')}`],
		[
			'description',
			index % 13 === 0
				? ` starts and ends with a space ${index} `
				: `A line that is long enough to be folded, of the entry with the number ${index}, twice over: ${index}`,
		],
		['userPassword', '{SSHA}' + Buffer.from(noise(`password ${index}`, 28)).toString('base64')],
		...operational(`user ${index}`, index),
	);
};

const group = (index: number, people: number): string =>
	entry(
		`cn=group ${index},ou=Gruppen,${base}`,
		['objectClass', 'top'],
		['objectClass', 'groupOfUniqueNames'],
		['cn', `group ${index}`],
		...Array.from({length: 50}, (_, member): Attribute => [
			'uniqueMember',
			`uid=user.${(index * 50 + member) % people},ou=People,${base}`,
		]),
		...operational(`group ${index}`, index),
	);

/**
Generates a directory: units with names that are not ASCII, people with base64 values, folded lines and values in
several, groups of fifty members, and one entry of 1 MiB. The same numbers give the same text.
*/
export const generateEntries = (entries = 20_000): GeneratedLdif => {
	const groups = Math.floor(entries / 200);
	const people = entries - groups - units.length - 2;
	const text = [
		entry(base, ['objectClass', 'top'], ['objectClass', 'domain'], ['dc', 'example'], ...operational('base', 0)),
		...units.map(name => organizationalUnit(name)),
		entry(
			`cn=large,${base}`,
			['objectClass', 'top'],
			...personClasses,
			['cn', 'large'],
			['sn', 'large'],
			['jpegPhoto', noise('large', 1024 * 1024)],
			...operational('large', 1),
		),
		...Array.from({length: people}, (_, index) => person(index)),
		...Array.from({length: groups}, (_, index) => group(index, people)),
	].join('\n');
	return {text, entries};
};

/**
Copies text to a file in the pod and proves by its hash that it arrived whole. `kubectl exec` may cut an upload short
without a word (seen in 3 of 9 through a pipe), so it is sent again until it did, five times at most.
*/
export const putFile = async (world: World, pod: string, path: string, text: string): Promise<void> => {
	const hash = createHash('sha256').update(text).digest('hex');
	const packed = gzipSync(text, {level: 1});
	for (let attempt = 1; attempt <= 5; attempt++) {
		const {stdout} = await world.exec(pod, ['sh', '-c', 'gzip -dc >"$1"; sha256sum "$1"', 'sh', path], packed);
		if (stdout.startsWith(hash)) {
			return;
		}
	}

	throw new Error(`${path} did not arrive whole in ${pod}`);
};

/**
Loads a directory into the server of a pod, in place of all it holds, by its own import; then changes some entries over
LDAP, so that there are entries with what a living server writes into them. Gives how many entries there are.
*/
export const loadEntries = async (world: World, pod: string, {text, entries}: GeneratedLdif): Promise<number> => {
	const path = '/opt/out/load.ldif';
	await putFile(world, pod, path, text);
	const imported = await world.exec(pod, [
		'import-ldif',
		'--task',
		'--backendID',
		'userRoot',
		'--ldifFile',
		path,
		'--overwriteExistingEntries',
		'--rejectFile',
		`${path}.rejects`,
		'--overwrite',
	]);
	if (imported.exitCode !== 0 || !imported.stdout.includes(`imported ${entries}, skipped 0, rejected 0`)) {
		throw new Error(`the entries were not loaded: ${imported.stdout} ${imported.stderr}`);
	}

	const changes = [
		`dn: uid=user.1,ou=People,${base}\nchangetype: modify\nreplace: description\ndescription: changed over LDAP\n`,
		`dn: uid=user.2,ou=People,${base}\nchangetype: delete\n`,
		`dn: uid=user.3,ou=People,${base}\nchangetype: moddn\nnewrdn: uid=renamed.3\ndeleteoldrdn: 1\n`,
		`dn: uid=added,ou=People,${base}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: added\ncn: added\nsn: ` +
			`added\nuserPassword: ${'secret'.repeat(2)}\n`,
		`dn: uid=added.2,ou=People,${base}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: added.2\ncn: ` +
			'added\nsn: added\n',
	].join('\n');
	const modified = await world.exec(
		pod,
		[
			'sh',
			'-c',
			'cat >/tmp/changes.ldif && ldapmodify --ldifFile /tmp/changes.ldif && rm /tmp/changes.ldif "$1"',
			'sh',
			path,
		],
		changes,
	);
	if (modified.exitCode !== 0) {
		throw new Error(`the entries were not changed: ${modified.stdout} ${modified.stderr}`);
	}

	return entries + 1;
};
