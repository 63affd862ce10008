import {expect, test} from 'vitest';
import {carry, type Carried} from '../../../source/steps/rounds/carry.js';
import {literalWorld} from '../literal/world.js';

/** Carries an encrypted picture from a server with so many entries to one that has so many afterwards. */
const carryEncrypted = async (from: string, to: string, isToProve: boolean): Promise<Carried> => {
	const {context, reporter} = literalWorld({
		answers: {encryption: 'passphrase', 'passphrase-file': '/here/passphrase'},
		here: new Map([
			['/here/passphrase', 'a long passphrase\n'],
			['/runs/r/data/there-1-userRoot.ldif', 'sealed'],
		]),
		pods: {
			'old-0': {counts: {userRoot: from}, files: new Map()},
			'new-0': {
				counts: {userRoot: to},
				files: new Map(),
				tool: () => ({log: 'Processed 2 entries, imported 2, skipped 0, rejected 0 and migrated 0 in 1 seconds'}),
			},
		},
	});
	const {pods} = context().world;
	const server = (pod: string) => ({pods, target: {pod, container: 'pingdirectory'}, ldapsPort: 1636});
	return carry(
		context(),
		{
			from: server('old-0'),
			to: server('new-0'),
			way: 'whole',
			abilities: {
				ignoreNoUserModification: false,
				passwordUpdateBehavior: false,
				suppressOperationalAttributeUpdates: false,
				suppressReferentialIntegrityUpdates: false,
				usePermissiveModify: false,
				useManageDsaIT: false,
				rejectFile: false,
			},
			async change(make) {
				await make();
			},
		},
		{
			wanted: {
				backend: 'userRoot',
				path: '/runs/r/data/there-1-userRoot.ldif',
				bytes: 6,
				sha256: 's',
				digest: null,
				entries: null,
			},
			held: undefined,
			isToProve,
			onChange: async () => undefined,
		},
		reporter,
	);
};

test('an encrypted picture is proved by what both servers count', async () => {
	expect(await carryEncrypted('2', '2', true)).toMatchObject({isWhole: true, proof: null});
	for (const [from, to] of [
		['3', '2'],
		['2', '3'],
		['2', '0'],
	] as const) {
		await expect(carryEncrypted(from, to, true)).rejects.toMatchObject({
			parts: {code: 'entries-differ', seen: expect.stringContaining(`old-0 has ${from}`) as string, retryable: true},
		});
	}
});

test('where clients still write on the one side, the counts are held against nothing', async () => {
	expect(await carryEncrypted('3', '2', false)).toMatchObject({isWhole: true});
});
