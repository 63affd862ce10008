import {beforeAll, describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import {withLoadedWorld} from './loaded-world.js';
import {selectorOf} from './new-pod.js';
import {prepareRun} from './program.js';

describe('the way back after the cut-over', () => {
	const loaded = withLoadedWorld(2, 2000);

	beforeAll(async () => {
		const {world} = loaded();
		const run = await prepareRun(world, 'fresh');
		const migrated = await run.migrate();
		expect(migrated.exitCode, migrated.stdout).toBe(0);
		const {exitCode, stdout} = await run.rollback();
		expect(exitCode, stdout).toBe(0);
	});

	test('leads the clients to the old server again', async () => {
		const {world} = loaded();
		expect(await selectorOf(world)).toBe('pingdirectory');
		expect(
			await world.kubectl(
				'get',
				'endpoints',
				'pingdirectory',
				'--output',
				'jsonpath={.subsets[*].addresses[*].targetRef.name}',
			),
		).toBe('pingdirectory-0');
	});

	test('finds every entry on it as it was, and it takes writes', async () => {
		const {world, before} = loaded();
		expect(differences(before, await ask(world, 'pingdirectory-0'))).toEqual([]);
		const {exitCode} = await world.exec(
			'pingdirectory-0',
			['ldapmodify'],
			'dn: uid=user.1,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: written after the way back\n',
		);
		expect(exitCode).toBe(0);
	});
});
