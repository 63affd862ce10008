import {describe, expect, test} from 'vitest';
import {ask, differences, type Answer} from './ask.js';
import {configure, holderOfBadge, settingsOn, wantedSettings} from './configuration.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf, selectorOf} from './new-pod.js';
import {prepareRun} from './program.js';

/** What clients write to the old server after it was exported: a change, a deletion, a new entry and a new name. */
const meanwhile = [
	'dn: uid=user.4,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: written ' +
		'meanwhile\n',
	'dn: uid=user.5,ou=People,dc=example,dc=com\nchangetype: delete\n',
	'dn: uid=meanwhile,ou=People,dc=example,dc=com\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ' +
		'meanwhile\ncn: new\nsn: new\n',
	'dn: uid=user.6,ou=People,dc=example,dc=com\nchangetype: moddn\nnewrdn: uid=renamed.6\ndeleteoldrdn: 1\n',
].join('\n');

describe('a fresh deployment of 20,000 entries by the program, while clients write', () => {
	const loaded = withLoadedWorld({volumes: 2, prepare: configure});
	let before: Answer = new Map();

	test('ends well, and says that every check holds', async () => {
		const {world, before: exported} = loaded();
		const run = await prepareRun(world, 'fresh');
		const {exitCode, stdout, stderr} = await run.during('migrate', [
			{
				text: 'Copying userRoot',
				async act() {
					const written = await world.exec('pingdirectory-0', ['ldapmodify'], meanwhile);
					expect(written.exitCode, written.stderr).toBe(0);
					before = await ask(world, 'pingdirectory-0');
				},
			},
		]);
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		expect(stdout).toContain(`imported ${exported.size} + rejected 0 + skipped 0`);
	});

	test('leaves every entry as it was last, on a server that does not run as root', async () => {
		const {world} = loaded();
		const pod = await newPodOf(world);
		const after = await ask(world, pod);
		expect(before.get('dn: uid=meanwhile,ou=People,dc=example,dc=com')).toBeDefined();
		expect(after.size).toBe(before.size);
		expect(differences(before, after)).toEqual([]);
		const {stdout} = await world.exec(pod, ['id', '-u']);
		expect(stdout).toBe('9031\n');
	});

	test('configures it as the old one was, from a profile that the plan mounted', async () => {
		const {world, before: exported} = loaded();
		expect(await settingsOn(world, await newPodOf(world))).toEqual(wantedSettings);
		expect(exported.get(holderOfBadge)).toContain('badgeNumber: 007');
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
			'dn: uid=user.1,ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: ' +
				'written to the new server\n',
		);
		expect(exitCode).toBe(0);
	});
});
