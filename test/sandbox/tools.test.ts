import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {customSchema} from '../../source/sandbox/scenario/configuration.js';
import {makeRig, statusOf, stderrOf, stdoutOf, type Rig} from './kubectl.js';
import {newWorkload, profileMap, profileVolume} from './new-workload.js';

const schemaPath = 'pd.profile/server-root/pre-setup/config/schema/77-custom.ldif';

const online = [
	'--hostname',
	'localhost',
	'--port',
	'636',
	'--useSSL',
	'--trustAll',
	'--bindDN',
	'cn=administrator',
	'--bindPasswordFile',
	'/run/secrets/root-user-password',
] as const;
/** 100 users, their base, five units and five groups. */
const all = 111;

describe('The tools of a directory in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
		await rig.apply(profileMap('schema', {[schemaPath]: customSchema}));
		await rig.apply(newWorkload('fresh', profileVolume('schema', {[schemaPath]: customSchema})));
		await rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s']);
	});
	afterAll(async () => {
		await rig.close();
	});

	const carry = async (path: string): Promise<void> => {
		const {bytes} = await rig.exec('cat', path);
		rig.sandbox.pod('fresh-0')!.write(path, bytes);
	};

	const importLdif = async (...more: readonly string[]) =>
		rig.kubectl([
			'exec',
			'fresh-0',
			'--',
			'import-ldif',
			'--task',
			'--backendID',
			'userRoot',
			...online.map(word => (word === '636' ? '1636' : word)),
			...more,
		]);

	it('counts entries by monitor, by search and by file', async () => {
		const monitor = await rig.exec(
			'ldapsearch',
			'--baseDN',
			'cn=userRoot Backend,cn=monitor',
			'--scope',
			'base',
			'(objectclass=ds-backend-monitor-entry)',
			'ds-backend-entry-count',
			'ds-base-dn-entry-count',
		);
		expect(monitor.stdout).toContain(`ds-base-dn-entry-count: ${all} dc=example,dc=com\n`);
		expect(
			await stdoutOf(
				rig.exec(
					'ldapsearch',
					'--baseDN',
					'dc=example,dc=com',
					'--scope',
					'sub',
					'(&(objectClass=inetOrgPerson)(uid=user.*))',
					'1.1',
				),
			),
		).toContain('# Number of Entries Returned:  100\n');
		expect(
			await stdoutOf(
				rig.exec(
					'ldapsearch',
					...online,
					'--baseDN',
					'dc=example,dc=com',
					'--scope',
					'one',
					'--terse',
					'--dontWrap',
					'(ou=People)',
					'ou',
				),
			),
		).toBe('dn: ou=People,dc=example,dc=com\nou: People\n\n');
		expect(
			await stdoutOf(
				rig.exec('ldapsearch', '--baseDN', 'cn=system information,cn=monitor', '--scope', 'base', '(&)', 'userName'),
			),
		).toContain('userName: root\n');
	});

	it('says where it cannot connect and whom it does not know', async () => {
		const elsewhere = await rig.exec(
			'ldapsearch',
			...online.map(word => (word === '636' ? '1636' : word)),
			'--baseDN',
			'',
			'--scope',
			'base',
			'(&)',
		);
		expect(elsewhere.status).toBe(91);
		expect(elsewhere.stderr).toContain('connect error');
		expect(
			await statusOf(
				rig.inPod(
					'printf wrong > /tmp/wrong; ldapsearch --port 636 --useSSL --bindDN cn=administrator ' +
						'--bindPasswordFile /tmp/wrong --baseDN "" "(&)"',
				),
			),
		).toBe(49);
	});

	it('exports encrypted unless told otherwise, and another server cannot read that', async () => {
		expect(await stdoutOf(rig.exec('export-ldif', '--help'))).toContain('--task');
		expect(
			await stdoutOf(rig.exec('export-ldif', '--backendID', 'userRoot', '--ldifFile', '/opt/out/sealed.ldif')),
		).toContain(`Exported ${all} entries and skipped 0 in`);
		expect(await stdoutOf(rig.inPod('head -c 3 /opt/out/sealed.ldif | grep -c "^dn:"'))).toBe('0\n');
		await carry('/opt/out/sealed.ldif');
		const result = await importLdif('--ldifFile', '/opt/out/sealed.ldif', '--overwriteExistingEntries');
		expect(result.status).toBe(1);
		expect(result.stdout).toContain('which this server does not have');
	});

	it('exports as a task and imports all of it, without the state of the old topology', async () => {
		const exported = await rig.exec(
			'export-ldif',
			'--task',
			...online,
			'--backendID',
			'userRoot',
			'--ldifFile',
			'/opt/out/users.ldif',
			'--doNotEncrypt',
		);
		expect(exported.stdout).toMatch(/^Export task \d+ scheduled to start immediately\n/v);
		expect(exported.stdout).toMatch(
			/severity="NOTICE" msgCount=\d+ msgID=\d+ message="Exported 111 entries and skipped 0 in/v,
		);
		expect(exported.stdout).toMatch(/\nExport task \d+ has been successfully completed\n$/v);
		expect(
			await stdoutOf(
				rig.inPod(
					'grep -c "^dn:" /opt/out/users.ldif; grep -c "^dn::" /opt/out/users.ldif; grep -c "^ " ' +
						'/opt/out/users.ldif > /dev/null && echo folded; grep -c ds-sync /opt/out/users.ldif',
				),
			),
		).toMatch(/^111\n\d+\nfolded\n[1-9]/v);
		await carry('/opt/out/users.ldif');
		const imported = await importLdif(
			'--ldifFile',
			'/opt/out/users.ldif',
			'--overwriteExistingEntries',
			'--excludeReplication',
			'--rejectFile',
			'/opt/out/rejects.ldif',
		);
		expect(imported.stdout).toContain(
			`Processed ${all} entries, imported ${all}, skipped 0, rejected 0 and migrated 0 in`,
		);
		expect(imported.status).toBe(0);
		const bare = (pod: string) =>
			rig.sandbox
				.pod(pod)!
				.entries()
				.map(({dn, attributes}) => ({dn, attributes: attributes.filter(([name]) => !name.startsWith('ds-sync'))}));
		expect(bare('fresh-0')).toEqual(bare('pingdirectory-0'));
		expect(await stdoutOf(rig.kubectl(['exec', 'fresh-0', '--', 'manage-tasks', '--summary']))).toContain(
			' Import     Completed successfully\n',
		);
	});

	it('refuses to replace entries without being told to', async () => {
		expect(await stdoutOf(importLdif('--ldifFile', '/opt/out/users.ldif'))).toContain(
			'The --overwriteExistingEntries argument must be used',
		);
		expect(
			await stdoutOf(
				importLdif(
					'--ldifFile',
					'/opt/out/users.ldif',
					'--overwriteExistingEntries',
					'--rejectFile',
					'/opt/out/rejects.ldif',
				),
			),
		).toContain('The --overwrite argument must be used');
	});

	it('opens what was exported with a passphrase, compressed or not', async () => {
		await rig.inPod(
			'umask 077; printf secret > /opt/out/pass; export-ldif --backendID userRoot --ldifFile ' +
				'/opt/out/pass.ldif --encryptionPassphraseFile /opt/out/pass --compress',
		);
		await carry('/opt/out/pass');
		await carry('/opt/out/pass.ldif');
		expect(await stdoutOf(importLdif('--ldifFile', '/opt/out/pass.ldif', '--overwriteExistingEntries'))).toContain(
			'the passphrase given is missing or wrong',
		);
		expect(
			await stdoutOf(
				importLdif(
					'--ldifFile',
					'/opt/out/pass.ldif',
					'--isCompressed',
					'--overwriteExistingEntries',
					'--encryptionPassphraseFile',
					'/opt/out/pass',
				),
			),
		).toContain(`imported ${all},`);
	});

	it('takes tasks by LDAP', async () => {
		const entry = `dn: ds-task-id=by-hand,cn=Scheduled Tasks,cn=tasks
changetype: add
objectClass: top
objectClass: ds-task
objectClass: ds-task-export
ds-task-id: by-hand
ds-task-class-name: com.unboundid.directory.server.tasks.ExportTask
ds-task-export-backend-id: userRoot
ds-task-export-ldif-file: /opt/out/by-hand.ldif
ds-task-export-encrypt-ldif: false
`;
		expect(await statusOf(rig.kubectl(['exec', '-i', 'pingdirectory-0', '--', 'ldapmodify'], entry))).toBe(0);
		await expect
			.poll(async () => stdoutOf(rig.exec('manage-tasks', '--summary')))
			.toMatch(/by-hand +Export +Completed successfully/v);
	});

	it('freezes writes and takes them again', async () => {
		const change =
			'dn: ou=People,dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: changed\n-\n';
		const modify = async () => rig.kubectl(['exec', '-i', 'pingdirectory-0', '--', 'ldapmodify', ...online], change);
		expect(await statusOf(modify())).toBe(0);
		await rig.exec(
			'dsconfig',
			'set-backend-prop',
			'--backend-name',
			'userRoot',
			'--set',
			'writability-mode:disabled',
			'--no-prompt',
		);
		expect(
			await stdoutOf(
				rig.exec('dsconfig', 'get-backend-prop', '--backend-name', 'userRoot', '--property', 'writability-mode'),
			),
		).toContain('writability-mode : disabled');
		const refused = await modify();
		expect(refused.status).toBe(53);
		expect(refused.stderr).toContain('unwilling to perform');
		await rig.exec(
			'dsconfig',
			'set-backend-prop',
			'--backend-name',
			'userRoot',
			'--set',
			'writability-mode:enabled',
			'--no-prompt',
		);
		expect(await statusOf(modify())).toBe(0);
		expect(
			await stdoutOf(
				rig.exec('ldapsearch', '--baseDN', 'ou=People,dc=example,dc=com', '--scope', 'base', '(&)', 'description'),
			),
		).toContain('description: changed\n');
	});

	it('generates a server profile once, with what must not be committed in it', async () => {
		const generate = async () => rig.exec('manage-profile', 'generate-profile', '--profileRoot', '/tmp/pd.profile');
		const {stdout} = await generate();
		expect(stdout).toContain('Generating server profile\n');
		expect(stdout).toContain('The generated profile can be found at /tmp/pd.profile\n');
		expect(
			await stdoutOf(
				rig.inPod(
					'cd /tmp/pd.profile; find . -type f | sort; grep -c "listen-port:636" dsconfig/00-config.dsconfig; ' +
						'grep -c "server-port:636" dsconfig/00-config.dsconfig; grep -o -e "--ldapsPort 636" ' +
						'setup-arguments.txt; grep -o "by user root" misc-files/README',
				),
			),
		).toBe(`./dsconfig/00-config.dsconfig
./misc-files/README
./server-root/pre-setup/PingDirectory.lic
./server-root/pre-setup/config/schema/77-custom.ldif
./setup-arguments.txt
./variables-ignore.txt
1
1
--ldapsPort 636
by user root
`);
		expect(await stderrOf(generate())).toContain('already exists and is not an empty directory');
	});

	it('shows ports as the kernel does and keeps its data when the pod is killed', async () => {
		expect(
			await stdoutOf(
				rig.inPod(
					'cat /proc/net/tcp | grep -c ":027C .* 0A "; dsconfig get-connection-handler-prop --handler-name ' +
						'"LDAPS Connection Handler" --property listen-port --script-friendly; status | grep -c "userRoot *: ' +
						'111"',
				),
			),
		).toBe('1\nlisten-port\t636\n1\n');
		const before = rig.sandbox.pod('pingdirectory-0')!.entries();
		rig.sandbox.faults.tell({kind: 'kill-pod', pod: 'pingdirectory-0'});
		await expect.poll(() => rig.sandbox.pod('pingdirectory-0')?.entries(), {timeout: 20_000}).toEqual(before);
		expect(await stdoutOf(rig.exec('manage-tasks', '--summary'))).toContain('by-hand');
	});

	it('has an export without tasks where the server is too old for them', async () => {
		const old = await makeRig({exportTask: false});
		expect(await stdoutOf(old.exec('export-ldif', '--help'))).not.toContain('--task');
		expect(
			await stderrOf(old.exec('export-ldif', '--task', '--backendID', 'userRoot', '--ldifFile', '/tmp/x')),
		).toContain('Unrecognized argument --task');
		expect(
			await statusOf(old.exec('export-ldif', '--backendID', 'userRoot', '--ldifFile', '/tmp/x', '--doNotEncrypt')),
		).toBe(0);
		await old.close();
	});
});
