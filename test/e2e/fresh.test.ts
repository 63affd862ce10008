import {describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf, selectorOf} from './new-pod.js';
import {prepareRun} from './program.js';

describe('a fresh deployment of 20,000 entries by the program', () => {
	const loaded = withLoadedWorld(2);

	test('ends well, and says that every check holds', async () => {
		const {world, before} = loaded();
		const run = await prepareRun(world, 'fresh');
		const {exitCode, stdout} = await run.migrate();
		expect(exitCode, stdout).toBe(0);
		expect(stdout).toContain(`imported ${before.size} + rejected 0 + skipped 0`);
	});

	test('leaves every entry as it was, on a server that does not run as root', async () => {
		const {world, before} = loaded();
		const pod = await newPodOf(world);
		const after = await ask(world, pod);
		expect(after.size).toBe(before.size);
		expect(differences(before, after)).toEqual([]);
		const {stdout} = await world.exec(pod, ['id', '-u']);
		expect(stdout).toBe('9031\n');
	});

	test('leads the clients to it, on the ports they know', async () => {
		const {world} = loaded();
		const pod = await newPodOf(world);
		expect(`${await selectorOf(world)}-0`).toBe(pod);
		expect(
			await world.kubectl(
				'get',
				'service',
				'pingdirectory',
				'--output',
				'jsonpath={.spec.ports[*].port} {.spec.ports[*].targetPort}',
			),
		).toBe('389 636 443 1389 1636 1443');
	});

	test('takes writes again', async () => {
		const {world} = loaded();
		const {exitCode} = await world.exec(
			await newPodOf(world),
			['ldapmodify'],
			'dn: uid=user.1,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: written to the new server\n',
		);
		expect(exitCode).toBe(0);
	});
});
