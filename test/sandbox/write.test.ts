import {expect, test} from 'vitest';
import {normalDn, valuesOf, type Entry} from '../../source/sandbox/ldap/entry.js';
import type {Writability} from '../../source/sandbox/ldap/served-backend.js';
import {bindTo, writeTo, type Writable, type WriteControls} from '../../source/sandbox/ldap/write.js';

const base = 'dc=example,dc=com';
const who = 'uid=application,dc=example,dc=com';
const entry = (dn: string, ...more: Entry['attributes']): Entry => ({
	dn,
	attributes: [['objectClass', 'top'], ['objectClass', 'inetOrgPerson'], ...more],
});

const directory = (mode: Writability = 'enabled') => {
	const entries = new Map<string, Entry>();
	const writability: {now: Writability} = {now: mode};
	const backend: Writable = {
		id: 'userRoot',
		baseDn: base,
		entries,
		put(dn, after) {
			if (after) {
				entries.set(normalDn(dn), after);
			} else {
				entries.delete(normalDn(dn));
			}
		},
		writability: () => writability.now,
	};
	for (const one of [
		entry(base),
		entry(`ou=People,${base}`),
		entry(`ou=Away,${base}`),
		entry(`uid=a,ou=People,${base}`, ['uid', 'a'], ['entryUUID', 'u-a'], ['userPassword', '{SSHA512}x']),
		entry(`cn=below,uid=a,ou=People,${base}`, ['cn', 'below']),
	]) {
		backend.put(one.dn, one);
	}

	const write = (
		type: 'add' | 'delete' | 'modify' | 'modrdn',
		dn: string,
		body: Entry['attributes'] = [],
		controls?: WriteControls,
	) => writeTo(backend, {type, dn, body}, who, controls);
	return {backend, writability, write, at: (dn: string) => entries.get(normalDn(dn))};
};

test.each(['internal-only', 'disabled'] as const)('no client writes under %s', mode => {
	const {write, at} = directory(mode);
	expect(write('add', `uid=b,ou=People,${base}`)).toMatchObject({code: 53});
	expect(write('delete', `cn=below,uid=a,ou=People,${base}`)).toMatchObject({code: 53});
	expect(at(`cn=below,uid=a,ou=People,${base}`)).toBeDefined();
});

test('a login writes the account state under enabled and internal-only, and nothing under disabled', () => {
	const {backend, writability, write, at} = directory();
	const dn = `uid=a,ou=People,${base}`;
	expect(
		write('modify', dn, [
			['replace', 'userPassword'],
			['userPassword', 'secret'],
		]),
	).toBeUndefined();
	expect(at(dn) && valuesOf(at(dn)!, 'pwdChangedTime')).toHaveLength(1);
	writability.now = 'internal-only';
	expect(bindTo(backend, dn, 'secret')).toBe(true);
	expect(bindTo(backend, dn, 'wrong')).toBe(false);
	expect(valuesOf(at(dn)!, 'ds-pwp-last-login-time')).toHaveLength(1);
	expect(valuesOf(at(dn)!, 'pwdFailureTime')).toHaveLength(1);
	writability.now = 'disabled';
	expect(bindTo(backend, dn, 'wrong')).toBe(false);
	expect(bindTo(backend, dn, 'secret')).toBe(true);
	expect(valuesOf(at(dn)!, 'pwdFailureTime')).toHaveLength(1);
});

test('each change says who made it, unless it is told to leave that alone', () => {
	const {write, at} = directory();
	const dn = `uid=a,ou=People,${base}`;
	write('modify', dn, [
		['replace', 'sn'],
		['sn', 'Å'],
	]);
	expect(valuesOf(at(dn)!, 'modifiersName')).toEqual([who]);
	const marks: Entry['attributes'] = [
		['replace', 'modifyTimestamp'],
		['modifyTimestamp', '20200101000000Z'],
	];
	expect(write('modify', dn, marks)).toMatchObject({code: 19});
	expect(write('modify', dn, marks, {ignoreNoUserModification: true, keepsLastModified: true})).toBeUndefined();
	expect(valuesOf(at(dn)!, 'modifyTimestamp')).toEqual(['20200101000000Z']);
	expect(valuesOf(at(dn)!, 'modifiersName')).toEqual([who]);
});

test('an entryUUID and an encoded password are taken with the controls for them only', () => {
	const {write, at} = directory();
	const dn = `uid=b,ou=People,${base}`;
	const body: Entry['attributes'] = [
		['objectClass', 'person'],
		['entryUUID', 'u-b'],
		['userPassword', '{SSHA512}abc'],
	];
	expect(write('add', dn, body)).toMatchObject({code: 19});
	expect(write('add', dn, body, {ignoreNoUserModification: true})).toMatchObject({code: 19});
	expect(write('add', dn, body, {ignoreNoUserModification: true, preEncodedPasswords: true})).toBeUndefined();
	expect(at(dn)?.attributes).toEqual(
		expect.arrayContaining([
			['entryUUID', 'u-b'],
			['userPassword', '{SSHA512}abc'],
		]),
	);
});

test('a rename takes along what lies below, and keeps what the entries are', () => {
	const {write, at} = directory();
	const dn = `uid=a,ou=People,${base}`;
	expect(
		write('modrdn', dn, [
			['newrdn', 'uid=z'],
			['deleteoldrdn', '1'],
			['newsuperior', `ou=Away,${base}`],
		]),
	).toBeUndefined();
	expect(at(dn)).toBeUndefined();
	const after = at(`uid=z,ou=Away,${base}`);
	expect(after && [valuesOf(after, 'uid'), valuesOf(after, 'entryUUID')]).toEqual([['z'], ['u-a']]);
	expect(at(`cn=below,uid=z,ou=Away,${base}`)).toMatchObject({dn: `cn=below,uid=z,ou=Away,${base}`});
});

test('an entry with others below it is deleted with them only', () => {
	const {write, at, backend} = directory();
	const dn = `uid=a,ou=People,${base}`;
	expect(write('delete', dn)).toMatchObject({code: 66});
	expect(write('delete', dn, [], {deletesSubtree: true})).toBeUndefined();
	expect(at(`cn=below,${dn}`)).toBeUndefined();
	expect(backend.entries.size).toBe(3);
});
