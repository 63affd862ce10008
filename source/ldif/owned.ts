/**
An attribute that the server owns: it may differ between an export and the export of a fresh deployment that imported
it, though no data was lost.
*/
type OwnedAttribute = {
	/** In lower case. A name that ends with `*` stands for all that begin so. */
	readonly name: string;
	readonly reason: string;
	readonly source: string;
};

const virtual = 'The server computes it when an entry is read; it is not stored and not imported.';

/**
The attributes that the digest and the comparison leave out. All others are compared, among them `entryUUID`,
`createTimestamp`, `creatorsName`, `modifyTimestamp`, `modifiersName`, `userPassword` and the state of the password
policy (`ds-pwp-*`, `pwdChangedTime`): applications key on them, and an import keeps them.
*/
export const ownedAttributes: readonly OwnedAttribute[] = [
	{
		name: 'ds-sync-*',
		reason:
			'Replication state of the old topology: history of changes, generation, position. An import with ' +
			'--excludeReplication drops it, and the new topology writes its own.',
		source:
			'PingDirectory 10.3 Administration Guide, «Filtering data import» (--excludeReplication); OpenDJ, ' +
			'LDAPReplicationDomain.java (ds-sync-generation-id) and schema 02-config.ldif',
	},
	{
		name: 'ds-entry-checksum',
		reason: virtual,
		source: 'pingidentity/ldapsdk, RealAttributesOnlyRequestControlTestCase.java: not among the real attributes',
	},
	{
		name: 'etag',
		reason: virtual,
		source: 'OpenDJ, virtual attribute etag; in PingDirectory a mirror of ds-entry-checksum',
	},
	{name: 'entrydn', reason: virtual, source: 'RFC 5020'},
	{name: 'subschemasubentry', reason: virtual, source: 'RFC 4512 section 4.2'},
	{name: 'structuralobjectclass', reason: `${virtual} It follows from objectClass.`, source: 'RFC 4512 section 3.4.6'},
	{name: 'governingstructurerule', reason: virtual, source: 'RFC 4512 section 3.4.7'},
	{name: 'hassubordinates', reason: virtual, source: 'X.501; OpenDJ, HasSubordinatesVirtualAttributeProvider.java'},
	{
		name: 'numsubordinates',
		reason: virtual,
		source: 'draft-boreham-numsubordinates; OpenDJ, NumSubordinatesVirtualAttributeProvider.java',
	},
	{
		name: 'ismemberof',
		reason: `${virtual} It follows from the groups, which are compared.`,
		source: 'OpenDJ, IsMemberOfVirtualAttributeProvider.java',
	},
];

const exact = new Set(ownedAttributes.map(({name}) => name).filter(name => !name.endsWith('*')));
const prefixes = ownedAttributes
	.map(({name}) => name)
	.filter(name => name.endsWith('*'))
	.map(name => name.slice(0, -1));

/** Whether an attribute, named in lower case, is one the server owns. */
export const isOwned = (description: string): boolean =>
	exact.has(description) || prefixes.some(prefix => description.startsWith(prefix));

const slots = 4096;

/** Spreads a name's first four bytes, as a number, and its length. */
const slotOf = (key: number, length: number): number =>
	Math.imul(key ^ Math.imul(length, 0x9e_37_79_b1), 0x85_eb_ca_77) >>> 20;

const keyOf = (name: string): number =>
	(name.charCodeAt(0) << 24) | (name.charCodeAt(1) << 16) | (name.charCodeAt(2) << 8) | name.charCodeAt(3);

// All of them, and the prefix, have at least four characters.
const exactSlots = new Uint8Array(slots);
for (const name of exact) {
	exactSlots[slotOf(keyOf(name), name.length)] = 1;
}

const prefixSlots = new Uint8Array(slots);
for (const prefix of prefixes) {
	prefixSlots[slotOf(keyOf(prefix), 0)] = 1;
}

/**
A quick test before `isOwned`, by a name's first four bytes as a number and its length: false means that it is none of
the server's.
*/
export const mayBeOwned = (key: number, length: number): boolean =>
	exactSlots[slotOf(key, length)] === 1 || prefixSlots[slotOf(key, 0)] === 1;
