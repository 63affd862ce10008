import {describe, expect, test} from 'vitest';
import {normalDn} from '../../source/ldif/dn.js';

const same: ReadonlyArray<readonly [what: string, normal: string, spellings: readonly string[]]> = [
	['types', 'uid=a,dc=b', ['UID=a,DC=b', 'Uid=a,dC=b', 'oid.uid=a,dc=b', 'OID.uid=a,dc=b']],
	['spaces', 'cn=a b,dc=c', ['cn=a b, dc=c', 'cn = a b , dc = c', ' cn=a b,dc=c ', 'cn=  a b  ,dc=c']],
	[
		'case and spaces of values that compare so',
		'cn=ada lovelace,dc=x',
		['cn=Ada Lovelace,dc=X', 'cn=ADA   LOVELACE,dc=x', String.raw`cn=\ Ada Lovelace\ ,dc=x`],
	],
	[
		'escapes',
		String.raw`cn=a\2cb,dc=c`,
		[
			String.raw`cn=a\,b,dc=c`,
			String.raw`cn=a\2Cb,dc=c`,
			'cn="a,b",dc=c',
			'cn= "a,b" ,dc=c',
			String.raw`cn=\61\2c\62,dc=c`,
		],
	],
	['escapes that are not needed', 'cn=abc', [String.raw`cn=\61bc`, String.raw`cn=a\62c`, 'cn="abc"']],
	['an equals sign in a value', String.raw`cn=a\3db`, ['cn=a=b', String.raw`cn=a\=b`, 'cn="a=b"']],
	['a quote in a value', String.raw`cn=a\22b`, [String.raw`cn=a\"b`, String.raw`cn="a\"b"`]],
	['letters outside ASCII', 'cn=bürger', ['cn=Bürger', String.raw`cn=B\c3\bcrger`, String.raw`CN=b\C3\BCrger`]],
	['parts joined by plus', 'cn=a+uid=b,dc=c', ['cn=a+uid=b,dc=c', 'UID=b + CN=A,dc=c', 'uid = b+cn = a ,dc=c']],
	['semicolons between parts', 'cn=a,dc=b', ['cn=a;dc=b', 'cn=a ; dc=b']],
	['a hash at the start', String.raw`cn=\23a`, [String.raw`cn=\#a`, 'cn="#a"']],
	['hexadecimal', 'cn=#04024869', ['CN=#04024869', 'cn=#04024869 ', 'cn= #04024869']],
	['long types', 'employeenumber=A  1,dc=b', ['EmployeeNumber=A  1,DC=B', 'employeeNumber = A  1 , dc=b']],
	['object identifiers', '2.5.4.3=A', ['2.5.4.3=A', 'OID.2.5.4.3 = A']],
	['an empty value', 'cn=,dc=a', ['cn=,dc=a', 'CN= ,dc=a', 'cn="",dc=a']],
	['the root', '', ['', '  ']],
];

const different: ReadonlyArray<readonly [string, string]> = [
	['uid=a,dc=b', 'uid=a,dc=c'],
	['uid=a,dc=b', 'uid=a.dc=b'],
	['employeeNumber=A', 'employeeNumber=a'],
	['employeeNumber=a  b', 'employeeNumber=a b'],
	[String.raw`employeeNumber=a\ `, 'employeeNumber=a '],
	['cn=a+uid=b', 'cn=a,uid=b'],
	[String.raw`cn=a\,uid=b`, 'cn=a,uid=b'],
	[String.raw`cn=a\+uid\=b`, 'cn=a+uid=b'],
	['cn=Ü', 'cn=ü'],
	['cn=ab', 'cn=a b'],
	['cn=a,cn=b', 'cn=b,cn=a'],
	[String.raw`cn=\#04024869`, 'cn=#04024869'],
	['o=a', 'ou=a'],
];

const none = ['a', '=a', 'cn=a,', 'cn=a,,dc=b', ',cn=a', 'cn=a+', 'cn="a', 'cn=a\\', '1a=b', 'c n=a', 'cn=#zz'];

describe('the one form of a DN', () => {
	test.each(same)('is the same whatever the spelling of %s', (_, normal, spellings) => {
		expect(spellings.map(spelling => normalDn(spelling))).toEqual(spellings.map(() => normal));
		expect(normalDn(normal)).toBe(normal);
	});

	test.each(different)('tells «%s» from «%s»', (one, other) => {
		expect(normalDn(one)).toBeDefined();
		expect(normalDn(one)).not.toBe(normalDn(other));
	});

	test.each(none)('refuses «%s»', text => {
		expect(normalDn(text)).toBeUndefined();
	});

	test('has room for a DN that grows', () => {
		expect(normalDn(`description=${'"'.repeat(2)}${'\u{1}'.repeat(100)}`)).toBe(
			`description=${String.raw`\01`.repeat(100)}`,
		);
	});
});
