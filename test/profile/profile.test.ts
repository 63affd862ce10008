import {pack, type Pack} from 'tar-stream';
import {expect, test} from 'vitest';
import {oldPorts} from '../../source/ping/ports.js';
import {cleanProfile} from '../../source/profile/clean.js';
import {findLeaks} from '../../source/profile/secrets.js';
import {readTree} from '../../source/profile/tree.js';
import {freeProfile} from '../../source/profile/variables.js';

const treeOf = (files: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> =>
	new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));

/** A variable as it stands in a profile. */
const variable = (name: string): string => `\${${name}}`;

async function* bytesOf(archive: Pack): AsyncGenerator<Uint8Array> {
	for await (const chunk of archive) {
		yield chunk as Uint8Array;
	}
}

const textIn = (tree: ReadonlyMap<string, Uint8Array>, path: string): string =>
	new TextDecoder().decode(tree.get(path));

test.each([
	'setup-arguments.txt',
	'server-root/pre-setup/PingDirectory.lic',
	'server-root/pre-setup/config/keystore.pin',
	'config/keystore',
	'config/truststore.p12',
	'x/pf.jwk',
	'.sec/nginx.key',
	'config/encryption-settings/encryption-settings-db',
	'config/tools.properties',
	'ldif/userRoot/00-users.ldif',
	'logs/access',
])('%s never goes into git', path => {
	const {kept, removed} = cleanProfile(treeOf({[path]: 'x', 'dsconfig/00-config.dsconfig': 'y'}));
	expect(kept.keys().toArray()).toEqual(['dsconfig/00-config.dsconfig']);
	expect(removed.map(one => one.path)).toEqual([path]);
	expect(findLeaks(treeOf({[path]: 'x'}))).toHaveLength(1);
});

test.each([
	['PING_IDENTITY_PASSWORD=2FederateM0re', 1],
	[`PING_IDENTITY_PASSWORD=${variable('PASSWORD')}`, 0],
	['dsconfig set-root-dn-user-prop --set password:secret123', 1],
	[`dsconfig set-root-dn-user-prop --set "password:${variable('ROOT_PASSWORD')}"`, 0],
	['ldapsearch --bindPassword hunter2', 1],
	['userPassword: {SSHA512}uNlRlwm2d0dGxjb3JyZWN0aG9yc2U=', 1],
	['-----BEGIN RSA PRIVATE KEY-----', 1],
	['value: AES256:c2VjcmV0LXNlY3JldC1zZWNyZXQ=', 1],
	['dsconfig set-password-policy-prop --policy-name Default --set allow-user-password-changes:true', 0],
	['# The password policy of the people', 0],
])('in a profile, «%s» has %i leaks', (line, leaks) => {
	const found = findLeaks(treeOf({'dsconfig/10.dsconfig': `first\n${line}\n`}));
	expect(found.map(({path, line: at}) => `${path}:${at}`)).toEqual(leaks === 0 ? [] : ['dsconfig/10.dsconfig:2']);
});

test('a user entry is found by file and line, and its value is not told', () => {
	const [leak] = findLeaks(
		treeOf({
			'misc-files/people.txt':
				'dn: uid=a,ou=people,dc=example,dc=com\nobjectClass: top\nobjectClass: inetOrgPerson\nsn: Brooke\n',
		}),
	);
	expect(leak).toMatchObject({path: 'misc-files/people.txt', line: 3});
	expect(JSON.stringify(leak)).not.toContain('Brooke');
});

test("a listener's own port becomes a variable; a peer's port and host name are listed", () => {
	const {tree, replaced, toDecide} = freeProfile(
		treeOf({
			'dsconfig/00-config.dsconfig': [
				'dsconfig set-connection-handler-prop --handler-name "LDAPS Connection Handler" --set listen-port:636',
				'dsconfig set-external-server-prop --server-name other --set server-port:636',
				'dsconfig set-external-server-prop --server-name other --set ' +
					'server-host-name:pingdirectory-0.pingdirectory-cluster',
				'dsconfig set-global-configuration-prop --set size-limit:6360',
			].join('\n'),
		}),
		{ports: oldPorts, hosts: ['pingdirectory-0.pingdirectory-cluster']},
	);
	expect(textIn(tree, 'dsconfig/00-config.dsconfig')).toContain(`listen-port:${variable('LDAPS_PORT')}`);
	expect(textIn(tree, 'dsconfig/00-config.dsconfig')).toContain('server-port:636');
	expect(replaced.map(({line}) => line)).toEqual([1]);
	expect(toDecide.map(({line}) => line)).toEqual([2, 3]);
});

test.each(['../../etc/cron.d/x', '/etc/passwd', 'a/../../b'])('an archive that names %s is refused', async name => {
	const archive = pack();
	archive.entry({name}, 'x');
	archive.finalize();
	await expect(readTree(bytesOf(archive))).rejects.toMatchObject({parts: {code: 'profile-hostile'}});
});

test('an archive with a link is refused, files are read by their path', async () => {
	const linked = pack();
	linked.entry({name: 'a', type: 'symlink', linkname: '/etc/passwd'});
	linked.finalize();
	await expect(readTree(bytesOf(linked))).rejects.toMatchObject({parts: {code: 'profile-hostile'}});

	const sound = pack();
	sound.entry({name: './dsconfig/', type: 'directory'});
	sound.entry({name: './dsconfig/00.dsconfig'}, 'one');
	sound.finalize();
	const tree = await readTree(bytesOf(sound));
	expect(tree.keys().toArray()).toEqual(['dsconfig/00.dsconfig']);
});
