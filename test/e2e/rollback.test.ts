import {beforeAll, describe, expect, test} from 'vitest';
import {ask, differences, type Answer} from './ask.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf, selectorOf} from './new-pod.js';
import {prepareRun} from './program.js';

/** What clients write once they have moved: a change, a deletion and a new entry. */
const onTheNewServer = [
	'dn: uid=user.4,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: written ' +
		'to the new server\n',
	'dn: uid=user.5,ou=People,dc=example,dc=com\nchangetype: delete\n',
	'dn: uid=moved,ou=People,dc=example,dc=com\nchangetype: add\nobjectClass: inetOrgPerson\nuid: moved\ncn: ' +
		'new\nsn: new\n',
].join('\n');

describe('the way back after the cut-over', () => {
	const loaded = withLoadedWorld({volumes: 2, entries: 2000});
	let written: Answer = new Map();

	beforeAll(async () => {
		const {world} = loaded();
		const run = await prepareRun(world, 'fresh');
		const migrated = await run.migrate();
		expect(migrated.exitCode, `${migrated.stdout}${migrated.stderr}`).toBe(0);
		const pod = await newPodOf(world);
		const write = await world.exec(pod, ['ldapmodify'], onTheNewServer);
		expect(write.exitCode, write.stderr).toBe(0);
		written = await ask(world, pod);
		const {exitCode, stdout, stderr} = await run.rollback();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
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

	test('finds every entry on it, what clients wrote to the new server included, and it takes writes', async () => {
		const {world, before} = loaded();
		expect(written.size).toBe(before.size);
		expect(differences(before, written)).toHaveLength(3);
		expect(differences(written, await ask(world, 'pingdirectory-0'))).toEqual([]);
		const {exitCode} = await world.exec(
			'pingdirectory-0',
			['ldapmodify'],
			'dn: uid=user.1,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: ' +
				'written after the way back\n',
		);
		expect(exitCode).toBe(0);
	});
});
