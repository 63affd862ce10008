import {
	afterAll,
	afterEach,
	beforeAll,
	describe,
	expect,
	it,
} from 'vitest';
import {
	makeRig,
	stdoutOf,
	type KubectlResult,
	type Rig,
} from './kubectl.js';
import {newWorkload} from './new-workload.js';

const person = (uid: string, parent: string, ...more: readonly string[]): string => [`dn: uid=${uid},${parent}`, 'objectClass: top', 'objectClass: person', 'objectClass: organizationalPerson', 'objectClass: inetOrgPerson', `uid: ${uid}`, `cn: ${uid}`, `sn: ${uid}`, ...more, '', ''].join('\n');

const base = 'dn: dc=example,dc=com\nobjectClass: top\nobjectClass: domain\ndc: example\n\n';

describe('An import in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
		await rig.apply(newWorkload('fresh'));
		await rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s']);
	});
	afterEach(() => {
		rig.sandbox.faults.clear();
	});
	afterAll(async () => {
		await rig.close();
	});

	const inFresh = async (script: string, ...parameters: readonly string[]): Promise<KubectlResult> => rig.inPod(script, parameters, 'fresh-0');

	const importLdif = async (ldif: string): Promise<KubectlResult> => {
		rig.sandbox.pod('fresh-0')!.write('/opt/out/users.ldif', ldif);
		return inFresh('import-ldif --task --backendID userRoot --ldifFile /opt/out/users.ldif --overwriteExistingEntries --rejectFile /opt/out/rejects.ldif --overwrite');
	};

	const taskIn = ({stdout}: KubectlResult): string => /Import task (?<id>\d+) scheduled/v.exec(stdout)!.groups!.id!;

	const stateOf = async (id: string): Promise<string> => stdoutOf(inFresh('ldapsearch --baseDN cn=tasks --terse --dontWrap "(ds-task-id=$1)" ds-task-state | sed -n "s/^ds-task-state: //p"', id));

	it('writes what its reader rejects under a comment and without the DN, and still ends well', async () => {
		rig.sandbox.faults.tell({
			kind: 'reject-entries', dn: '^uid=b,', reason: 'nobody likes it', times: 1,
		});
		const result = await importLdif(`${base}${person('a', 'dc=example,dc=com')}${person('b', 'dc=example,dc=com', `description: ${'folded '.repeat(4)}`, ' and more')}objectClass: top\nuid: none\n\n${person('c', 'dc=example,dc=com', 'no colon')}`);
		expect(result.stdout).toContain('Processed 5 entries, imported 2, skipped 0, rejected 3 and migrated 0');
		expect(result.stdout).toMatch(/\nImport task \d+ has been successfully completed\n$/v);
		expect(result.status).toBe(0);
		expect(await stateOf(taskIn(result))).toBe('completed_successfully\n');
		expect(await stdoutOf(inFresh('cat /opt/out/rejects.ldif'))).toBe(`# Entry uid=b,dc=example,dc=com read from LDIF starting at line 15 is not valid because nobody likes it
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: inetOrgPerson
uid: b
cn: b
sn: b
description: folded folded folded folded and more

# Unable to parse LDIF entry starting at line 26 because the first line does not contain a DN (the first line was "objectClass: top")
uid: none

# Unable to parse LDIF entry starting at line 29 because the line "no colon" does not include an attribute name
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: inetOrgPerson
uid: c
cn: c
sn: c
no colon

`);
	});

	it('writes what its backend rejects with the DN: an entry without a parent, and one that is there already', async () => {
		const result = await importLdif(`${base}${person('a', 'dc=example,dc=com')}${person('a', 'dc=example,dc=com')}${person('b', 'ou=none,dc=example,dc=com')}`);
		expect(result.stdout).toContain('Processed 4 entries, imported 2, skipped 0, rejected 2 and migrated 0');
		expect(result.status).toBe(0);
		expect(await stdoutOf(inFresh('grep -E "^(#|dn:)" /opt/out/rejects.ldif'))).toBe(`# The entry exists and the import options do not allow it to be replaced
dn: uid=a,dc=example,dc=com
# The parent entry 'ou=none,dc=example,dc=com' does not exist
dn: uid=b,ou=none,dc=example,dc=com
`);
	});

	it('tells by its state that it rejected entries, where the server is one that does', async () => {
		rig.sandbox.faults.tell({kind: 'reject-entries', dn: '^uid=a,', isTold: true});
		const result = await importLdif(`${base}${person('a', 'dc=example,dc=com')}`);
		expect(result.stdout).toContain('imported 1, skipped 0, rejected 1 and migrated 0');
		expect(result.status).toBe(1);
		expect(result.stderr).toMatch(/did not complete successfully/v);
		const id = taskIn(result);
		expect(await stateOf(id)).toBe('completed_with_errors\n');
		expect(await stdoutOf(inFresh('manage-tasks --info "$1"', id))).toMatch(/Status +Completed with errors/v);
	});
});
