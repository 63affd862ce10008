import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import {generateEntries, loadEntries, putFile} from './entries.js';
import {deployNew} from './new-workload.js';
import {deployOld} from './old-workload.js';
import {makeWorld, type World} from './world.js';

const entries = 20_000;

describe('a directory moved by hand, without any tool', () => {
	let world: World;
	let loaded: number;

	beforeAll(async () => {
		world = await makeWorld('local', 2);
		await deployOld(world);
		loaded = await loadEntries(world, 'pingdirectory-0', generateEntries(entries));
	});

	afterAll(async () => {
		await world.remove();
	});

	test('holds every entry that was loaded and changed', async () => {
		const old = await ask(world, 'pingdirectory-0', {attributes: ['description']});
		expect(old.size).toBe(loaded);
		expect(old.get('dn: uid=user.1,ou=People,dc=example,dc=com')).toEqual(['description: changed over LDAP']);
	});

	test('is the same on a new server when it was exported, copied and imported', async () => {
		await deployNew(world);
		const exported = await world.exec('pingdirectory-0', [
			'export-ldif',
			'--task',
			'--doNotEncrypt',
			'--backendID',
			'userRoot',
			'--ldifFile',
			'/opt/out/userRoot.ldif',
		]);
		expect(exported.stdout).toContain(`Exported ${loaded} entries and skipped 0`);
		const {stdout: text} = await world.exec('pingdirectory-0', ['cat', '/opt/out/userRoot.ldif']);
		await putFile(world, 'pingdirectory-new-0', '/opt/out/userRoot.ldif', text);
		const imported = await world.exec('pingdirectory-new-0', [
			'import-ldif',
			'--task',
			'--backendID',
			'userRoot',
			'--ldifFile',
			'/opt/out/userRoot.ldif',
			'--overwriteExistingEntries',
			'--rejectFile',
			'/opt/out/rejects.ldif',
		]);
		expect(imported.stdout).toContain(`imported ${loaded}, skipped 0, rejected 0`);
		const [before, after] = await Promise.all([ask(world, 'pingdirectory-0'), ask(world, 'pingdirectory-new-0')]);
		expect(after.size).toBe(loaded);
		expect(differences(before, after)).toEqual([]);
	});
});
