import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import {outsideNeeds} from '../../source/ldif/outside.js';

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < text.length; at += 7) {
		yield Buffer.from(text.slice(at, at + 7));
	}
}

test('an export is looked through for classes, conflicts and deleted entries that are kept', async () => {
	const ldif = [
		'dn: uid=a,dc=example,dc=com',
		'objectClass: Top',
		'objectclass: inetOrg',
		' Person',
		'userPassword: {AES256}abc',
		'description: {AES}is no password',
		'',
		'dn: entryuuid=1+uid=b,dc=example,dc=com',
		'objectClass: top',
		'userPassword: {SSHA512}abc',
		'',
		'dn: entryUUID=2+uid=c,dc=example,dc=com',
		'objectClass: ds-soft-delete-entry',
		'userPassword;x-old: {aes256}abc',
		'',
		'',
	].join('\n');
	const needs = await outsideNeeds(piecesOf(ldif));
	expect([...needs.classes]).toEqual(['top', 'inetorgperson', 'ds-soft-delete-entry']);
	expect(needs).toMatchObject({conflicts: 2, softDeleted: 1});
});
