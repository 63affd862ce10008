import {expect, test} from 'vitest';
import {compareSettings} from '../../source/profile/compare.js';
import {documentSettings} from '../../source/profile/document-settings.js';
import {readDocument} from '../../source/profile/json-text.js';
import {substituteSecrets} from '../../source/profile/substitute.js';

const version = ['metadata', 'pfVersion'];

const committed = (document: unknown): string =>
	substituteSecrets(readDocument(JSON.stringify(document)), 'PF_EXPORT').text;

const differences = (one: unknown, other: unknown) =>
	compareSettings(
		documentSettings(committed(one), version),
		documentSettings(committed(other), version),
		{},
	).differences.map(({setting, what}) => `${setting}: ${what}`);

const store = (more: Readonly<Record<string, unknown>> = {}) => ({
	metadata: {pfVersion: '10.1.5.0'},
	operations: [
		{
			resourceType: '/dataStores',
			items: [
				{
					id: 'LDAP-1',
					hostnames: ['b', 'a'],
					encryptedPassword: 'OBF:JWE:one',
					password: 12_345,
					url: '$x ${y}',
					...more,
				},
				{id: 'JDBC-1', retries: 3, isOn: true, note: null, list: []},
			],
		},
	],
});

test('what is the same in another order, encrypted anew or of another version is no difference', () => {
	const [ldap, jdbc] = store().operations[0]!.items;
	expect(
		differences(store(), {
			metadata: {pfVersion: '10.2.2.0'},
			operations: [
				{
					resourceType: '/dataStores',
					items: [jdbc, {...ldap, hostnames: ['a', 'b'], encryptedPassword: 'OBF:JWE:other', password: 54_321}],
				},
			],
		}),
	).toEqual([]);
});

test.each([
	[{hostnames: ['a']}, ['/dataStores: LDAP-1: hostnames: other']],
	[{hostnames: undefined}, ['/dataStores: LDAP-1: hostnames: missing']],
	[{added: 1}, ['/dataStores: LDAP-1: added: unexpected']],
	[{url: '$x'}, ['/dataStores: LDAP-1: url: other']],
	[
		{id: 'LDAP-2'},
		expect.arrayContaining(['/dataStores: LDAP-1: hostnames: missing', '/dataStores: LDAP-2: hostnames: unexpected']),
	],
])('what differs on the new server is named by its setting: %j', (change, found) => {
	expect(differences(store(), store(change))).toEqual(found);
});
