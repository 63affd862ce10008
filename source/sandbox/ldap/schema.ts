import type {View} from '../files/view.js';
import {textOf} from './entry.js';
import {parseLdif} from './ldif.js';

/** A schema: what the product brings, and what the files of the server add. */
export type Schema = {
	readonly hasClass: (name: string) => boolean;
	/** Definitions by attribute of the subschema entry, as they are written. */
	readonly definitions: Readonly<Record<'attributeTypes' | 'objectClasses', readonly string[]>>;
};

/**
Object classes that every server brings (RFC 2256, 2307, 2798, 4512, 4519, 4524). Only names: nobody asks the sandbox
for more.
*/
const standardClasses = [
	'account',
	'alias',
	'applicationProcess',
	'country',
	'dcObject',
	'device',
	'document',
	'domain',
	'ds-soft-delete-entry',
	'extensibleObject',
	'groupOfEntries',
	'groupOfNames',
	'groupOfUniqueNames',
	'groupOfURLs',
	'inetOrgPerson',
	'ldapSubentry',
	'locality',
	'organization',
	'organizationalPerson',
	'organizationalRole',
	'organizationalUnit',
	'person',
	'posixAccount',
	'posixGroup',
	'referral',
	'residentialPerson',
	'shadowAccount',
	'simpleSecurityObject',
	'top',
	'ubidPerson',
	'uidObject',
] as const;

const standardAttributes = [
	'businessCategory',
	'c',
	'cn',
	'dc',
	'description',
	'displayName',
	'employeeNumber',
	'givenName',
	'jpegPhoto',
	'l',
	'mail',
	'manager',
	'member',
	'memberURL',
	'mobile',
	'o',
	'objectClass',
	'ou',
	'owner',
	'postalAddress',
	'seeAlso',
	'sn',
	'st',
	'street',
	'telephoneNumber',
	'title',
	'uid',
	'uniqueMember',
	'userCertificate',
	'userPassword',
	'createTimestamp',
	'creatorsName',
	'ds-sync-hist',
	'ds-update-time',
	'entryUUID',
	'modifiersName',
	'modifyTimestamp',
	'pwdChangedTime',
] as const;

/** The names in a definition: `NAME 'one'` or `NAME ( 'one' 'other' )`. */
const namesIn = (definition: string): string[] => {
	const {one, all} = /\bNAME\s+(?:'(?<one>[^']+)'|\((?<all>[^\)]+)\))/v.exec(definition)?.groups ?? {};
	return one === undefined
		? (all ?? '')
				.matchAll(/'(?<name>[^']+)'/gv)
				.map(match => match.groups!.name!)
				.toArray()
		: [one];
};

/** Reads the schema of the server below a root, as it does when it starts. */
export const readSchema = (view: View, root: string): Schema => {
	const folder = `${root}/config/schema`;
	const files = view.exists(folder) ? view.list(folder).filter(name => name.endsWith('.ldif')) : [];
	const added = {attributeTypes: [] as string[], objectClasses: [] as string[]};
	for (const file of files) {
		for (const record of parseLdif(view.read(`${folder}/${file}`).toString())) {
			for (const [name, value] of 'entry' in record ? record.entry.attributes : []) {
				const kind = (['attributeTypes', 'objectClasses'] as const).find(
					candidate => candidate.toLowerCase() === name.toLowerCase(),
				);
				if (kind) {
					added[kind].push(textOf(value));
				}
			}
		}
	}

	const known = new Set(
		[...standardClasses, ...added.objectClasses.flatMap(definition => namesIn(definition))].map(name =>
			name.toLowerCase(),
		),
	);
	return {
		hasClass: name => known.has(name.toLowerCase()),
		definitions: {
			attributeTypes: [
				...standardAttributes.map((name, index) => `( 2.5.4.${index} NAME '${name}' )`),
				...added.attributeTypes,
			],
			objectClasses: [
				...standardClasses.map((name, index) => `( 2.5.6.${index} NAME '${name}' )`),
				...added.objectClasses,
			],
		},
	};
};
