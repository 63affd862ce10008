import {Buffer} from 'node:buffer';
import type {Entry, Value} from './entry.js';

type Random = () => number;

/** A sequence of numbers from 0 to 1 that is the same for the same seed. */
const randomFrom = (seed: number): Random => {
	// Park and Miller's generator: small, and the same on every machine.
	let state = (seed % 2_147_483_646) + 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return (state - 1) / 2_147_483_646;
	};
};

const givenNames = [
	'Ada',
	'Björn',
	'Chloé',
	'Dmitri',
	'Elif',
	'François',
	'Greta',
	'Håkon',
	'Inês',
	'Jürgen',
	'Kateřina',
	'Lars',
	'Małgorzata',
	'Nils',
	'Øystein',
	'Priya',
	'Quentin',
	'Rósa',
	'Søren',
	'Thandi',
	'Ulrike',
	'Valentín',
	'Wanda',
	'Ximena',
	'Yūki',
	'Zoë',
] as const;
const surnames = [
	'Ångström',
	'Baker',
	'Çelik',
	'Dvořák',
	'Eriksson',
	'Fischer',
	'García',
	'Hansen',
	'Ito',
	'Jones',
	'Kowalski',
	'Lindqvist',
	'Müller',
	'Núñez',
	'Okafor',
	'Pérez',
	'Quist',
	'Rossi',
	'Schäfer',
	'Tanaka',
	'Ünal',
	'Vogel',
	'Weiß',
	'Xu',
	'Yılmaz',
	'Zieliński',
] as const;
const cities = ['København', 'Lyon', 'Malmö', 'Porto', 'Reykjavík', 'São Paulo', 'Zürich', 'Austin'] as const;
const units = ['People', 'Partners', 'Groups', 'Services', 'Vertrieb Süd'] as const;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

const bytes = (random: Random, length: number): Uint8Array =>
	Uint8Array.from({length}, () => Math.floor(random() * 256));

const uuid = (random: Random): string => {
	const hex = Buffer.from(bytes(random, 16)).toString('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

const time = (random: Random): string => {
	const digits = (count: number, from: number, width: number): string =>
		String(from + Math.floor(random() * count)).padStart(width, '0');
	return `2020${digits(12, 1, 2)}${digits(28, 1, 2)}${digits(24, 0, 2)}0000.${digits(1000, 0, 3)}Z`;
};

const operational = (random: Random, replica: boolean): Array<readonly [string, Value]> => {
	const created = time(random);
	return [
		['entryUUID', uuid(random)],
		['createTimestamp', created],
		['creatorsName', 'cn=administrator,cn=Root DNs,cn=config'],
		['modifyTimestamp', created],
		['modifiersName', 'cn=administrator,cn=Root DNs,cn=config'],
		...(replica
			? [['ds-sync-hist', `modifytimestamp:${Buffer.from(bytes(random, 10)).toString('hex')}:repl:${created}`] as const]
			: []),
	];
};

const user = (random: Random, index: number, baseDn: string): Entry => {
	const given = pick(random, givenNames);
	const surname = pick(random, surnames);
	// Every tenth user has a name in the DN that is no ASCII, with a comma in it for good measure.
	const isNamed = index % 10 === 3;
	// Some need schema that no product brings.
	const isCustomer = index % 6 === 5;
	const uid = `user.${index}`;
	const rdn = isNamed ? String.raw`cn=${surname}\, ${given} ${index}` : `uid=${uid}`;
	const name = isNamed ? `${surname}, ${given} ${index}` : `${given} ${surname}`;
	const mails = Array.from({length: 1 + (index % 3)}, (_, place) => `${uid}+${place}@example.com`);
	const extra: Array<readonly [string, Value]> = [
		...(index % 4 === 0
			? [
					[
						'description',
						`Joined in ${2000 + (index % 21)}; works with ${pick(random, givenNames)} and ` +
							`${pick(random, givenNames)} from ${pick(random, cities)} on a list long enough to be folded.`,
					] as const,
				]
			: []),
		...(index % 25 === 7 ? [['jpegPhoto', bytes(random, index % 500 === 7 ? 65_536 : 1500)] as const] : []),
		...(index % 40 === 11 ? [['postalAddress', ` ${1 + index} Long Street$${pick(random, cities)} `] as const] : []),
	];
	return {
		dn: `${rdn},ou=${units[index % 7 === 0 ? 1 : 0]},${baseDn}`,
		attributes: [
			['objectClass', 'top'],
			['objectClass', 'person'],
			['objectClass', 'organizationalPerson'],
			['objectClass', 'inetOrgPerson'],
			...(isCustomer ? [['objectClass', 'exampleCustomer'] as const] : []),
			['uid', uid],
			['cn', name],
			['givenName', given],
			['sn', surname],
			...mails.map(mail => ['mail', mail] as const),
			['telephoneNumber', `+45 ${String(10_000_000 + Math.floor(random() * 89_999_999))}`],
			['l', pick(random, cities)],
			['employeeNumber', String(index)],
			...(isCustomer ? [['exampleLoyaltyNumber', String(100_000 + index)] as const] : []),
			['userPassword', '{SSHA512}' + Buffer.from(bytes(random, 72)).toString('base64')],
			...extra,
			...operational(random, true),
		],
	};
};

const group = (random: Random, index: number, baseDn: string, users: readonly Entry[]): Entry => ({
	dn: `cn=group.${index},ou=Groups,${baseDn}`,
	attributes: [
		['objectClass', 'top'],
		['objectClass', 'groupOfUniqueNames'],
		['cn', `group.${index}`],
		...users
			.filter((_, place) => place % 20 === index % 20)
			.slice(0, 40)
			.map(({dn}) => ['uniqueMember', dn] as const),
		...operational(random, true),
	],
});

/** The base entry of a directory that has nothing else. */
export const baseEntry = (baseDn: string, seed = 1): Entry => {
	const [attribute = 'dc', value = 'example'] = baseDn.split(',', 1)[0]!.split('=', 2);
	return {
		dn: baseDn,
		attributes: [
			['objectClass', 'top'],
			['objectClass', attribute === 'dc' ? 'domain' : 'organization'],
			[attribute, value],
			...operational(randomFrom(seed), false),
		],
	};
};

/**
A directory with so many users below a base: organizational units, users with values of every kind, and groups. The same
seed gives the same entries.
*/
export const generateEntries = (count: number, baseDn = 'dc=example,dc=com', seed = 2102): Entry[] => {
	const random = randomFrom(seed);
	const users = Array.from({length: count}, (_, index) => user(random, index, baseDn));
	return [
		baseEntry(baseDn, seed),
		...units.map(unit => ({
			dn: `ou=${unit},${baseDn}`,
			attributes: [
				['objectClass', 'top'],
				['objectClass', 'organizationalUnit'],
				['ou', unit],
				...operational(random, true),
			] as const,
		})),
		...users,
		...Array.from({length: Math.min(20, Math.ceil(count / 20))}, (_, index) => group(random, index, baseDn, users)),
	];
};

/** The users that `MAKELDIF_USERS` of an image makes from a template. */
export const sampleEntries = (count: number, baseDn: string): Entry[] => {
	const random = randomFrom(count);
	return [
		{
			dn: `ou=People,${baseDn}`,
			attributes: [
				['objectClass', 'top'],
				['objectClass', 'organizationalUnit'],
				['ou', 'People'],
				...operational(random, false),
			],
		},
		...Array.from({length: count}, (_, index) => ({
			dn: `uid=sample.${index},ou=People,${baseDn}`,
			attributes: [
				['objectClass', 'top'],
				['objectClass', 'person'],
				['objectClass', 'organizationalPerson'],
				['objectClass', 'inetOrgPerson'],
				['uid', `sample.${index}`],
				['cn', `Sample ${index}`],
				['sn', 'Sample'],
				...operational(random, false),
			] as const,
		})),
	];
};
