import {
	afterAll,
	beforeAll,
	describe,
	expect,
	test,
} from 'vitest';
import {ask, differences, type Answer} from './ask.js';
import {generateEntries, loadEntries} from './entries.js';
import {selectorOf} from './new-pod.js';
import {deployOld} from './old-workload.js';
import {prepareRun} from './program.js';
import {makeWorld, type World} from './world.js';

describe('the way back after the cut-over', () => {
	let world: World;
	let before: Answer;

	beforeAll(async () => {
		world = await makeWorld('local', 2);
		await deployOld(world);
		await loadEntries(world, 'pingdirectory-0', generateEntries(2000));
		before = await ask(world, 'pingdirectory-0');
		const run = await prepareRun(world, 'fresh');
		const migrated = await run.migrate();
		expect(migrated.exitCode, migrated.stdout).toBe(0);
		const {exitCode, stdout} = await run.rollback();
		expect(exitCode, stdout).toBe(0);
	});

	afterAll(async () => {
		await world.remove();
	});

	test('leads the clients to the old server again', async () => {
		expect(await selectorOf(world)).toBe('pingdirectory');
		expect(await world.kubectl('get', 'endpoints', 'pingdirectory', '--output', 'jsonpath={.subsets[*].addresses[*].targetRef.name}')).toBe('pingdirectory-0');
	});

	test('finds every entry on it as it was, and it takes writes', async () => {
		expect(differences(before, await ask(world, 'pingdirectory-0'))).toEqual([]);
		const {exitCode} = await world.exec('pingdirectory-0', ['ldapmodify'], 'dn: uid=user.1,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: written after the way back\n');
		expect(exitCode).toBe(0);
	});
});
