import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import {findUserData} from '../../source/ldif/user-data.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const variable = ['$', '{APP_PASSWORD}'].join('');

const found: ReadonlyArray<readonly [what: string, text: string, line: number, word: string]> = [
	['a person', 'dn: uid=a,dc=b\nobjectClass: top\nobjectClass: inetOrgPerson\nuid: a\n', 3, 'inetOrgPerson'],
	[
		'a person, behind other entries',
		'version: 1\n\ndn: dc=b\nobjectClass: domain\n\ndn: uid=a,dc=b\nOBJECTCLASS: Person\n',
		7,
		'Person',
	],
	[
		'a password of an entry of no person',
		'dn: cn=app,dc=b\nobjectClass: applicationProcess\nuserPassword: {SSHA}xxxxx\n',
		3,
		'password',
	],
	['a password in base64', `dn: cn=app,dc=b\nuserPassword:: ${base64('{SSHA}secret')}\n`, 2, 'password'],
	['a class in base64', `dn: cn=app,dc=b\nobjectClass:: ${base64('person')}\n`, 2, 'person'],
	['a folded class', 'dn: cn=app,dc=b\nobjectClass: inetOrg\n Person\n', 2, 'inetOrgPerson'],
	['a folded name', 'dn: cn=app,dc=b\nuserPass\n word: x\n', 2, 'password'],
	['a password with an option', 'dn: cn=app,dc=b\nuserPassword;x-old: x\n', 2, 'password'],
	[
		'a change of a password',
		'dn: uid=a,dc=b\nchangetype: modify\nreplace: userPassword\nuserPassword: new\n-\n',
		4,
		'password',
	],
	['CRLF', 'dn: uid=a,dc=b\r\nobjectClass: person\r\n', 2, 'person'],
	[
		'LDIF within a ConfigMap',
		'data:\n  users.ldif: |\n    dn: uid=a,dc=b\n    objectClass: inetOrg\n     Person\n    uid: a\n',
		4,
		'inetOrgPerson',
	],
	['a DN in base64', `dn:: ${base64('uid=ä,dc=b')}\nobjectClass: person\n`, 2, 'person'],
	[
		'a user entry whose password is a variable',
		`dn: uid=a,dc=b\nobjectClass: person\nuserPassword: ${variable}\n`,
		2,
		'person',
	],
];

const sound: ReadonlyArray<readonly [what: string, text: string]> = [
	['an empty text', ''],
	[
		'the entries of a structure',
		'dn: dc=b\nobjectClass: top\nobjectClass: domain\n\ndn: ou=people,dc=b\nobjectClass: ' +
			'organizationalUnit\nou: people\naci: (targetattr!="userPassword")(version 3.0; acl "x"; allow (read) ' +
			'userdn="ldap:///anyone";)\n',
	],
	['a password that is a variable', `dn: cn=app,dc=b\nobjectClass: applicationProcess\nuserPassword: ${variable}\n`],
	[
		'a schema',
		"dn: cn=schema\nobjectClass: subschema\nobjectClasses: ( 2.5.6.6 NAME 'person' SUP top )\nattributeTypes: " +
			"( 2.5.4.35 NAME 'userPassword' )\n",
	],
	[
		'a template of make-ldif',
		'define suffix=dc=b\n\nbranch: ou=people,[suffix]\nsubordinateTemplate: person:100\n\ntemplate: ' +
			'person\nobjectClass: inetOrgPerson\nuserPassword: password\n',
	],
	['a script of dsconfig', 'dsconfig create-password-policy --set "password-attribute:userPassword"\n'],
	['prose', 'The attribute\n\nuserPassword: is a hash.\n\nobjectClass: person\n'],
	['lines behind the entry', 'dn: dc=b\nobjectClass: domain\n\nobjectClass: person\n'],
	['a comment', 'dn: dc=b\n# objectClass: person\nobjectClass: domain\n'],
	['a group', 'dn: cn=g,dc=b\nobjectClass: groupOfNames\nmember: uid=a,dc=b\n'],
];

test.each(found)('finds %s', (_, text, line, word) => {
	const userData = findUserData(text);
	expect(userData?.line).toBe(line);
	expect(userData?.what).toContain(word);
	expect(userData?.what).not.toMatch(/SSHA|secret|new/v);
});

test.each(sound)('finds nothing in %s', (_, text) => {
	expect(findUserData(text)).toBeUndefined();
});
