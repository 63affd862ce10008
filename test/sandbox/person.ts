import type {Entry} from '../../source/sandbox/ldap/entry.js';

/** The change that adds a person, as a client of the directory would ask for it. */
export const person = (uid: string): {type: 'add'; dn: string; body: Entry['attributes']} => ({
	type: 'add',
	dn: `uid=${uid},ou=People,dc=example,dc=com`,
	body: [
		['objectClass', 'person'],
		['uid', uid],
		['cn', uid],
		['sn', uid],
	],
});
