import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {customSchema} from '../../source/sandbox/scenario/configuration.js';
import {makeRig, statusOf, stdoutOf, type KubectlResult, type Rig} from './kubectl.js';
import {newWorkload, profileMap, profileVolume} from './new-workload.js';

const schemaPath = 'pd.profile/server-root/pre-setup/config/schema/77-custom.ldif';

const person = (uid: string, parent: string, ...more: readonly string[]): string =>
	[
		`dn: uid=${uid},${parent}`,
		'objectClass: top',
		'objectClass: person',
		'objectClass: organizationalPerson',
		'objectClass: inetOrgPerson',
		`uid: ${uid}`,
		`cn: ${uid}`,
		`sn: ${uid}`,
		...more,
		'',
		'',
	].join('\n');

const base = 'dn: dc=example,dc=com\nobjectClass: top\nobjectClass: domain\ndc: example\n\n';

describe('An import in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
		await rig.apply(profileMap('schema', {[schemaPath]: customSchema}));
		await rig.apply(newWorkload('fresh', profileVolume('schema', {[schemaPath]: customSchema})));
		await rig.kubectl(['rollout', 'status', 'sts/fresh', '--timeout=30s']);
	});
	afterEach(() => {
		rig.sandbox.faults.clear();
	});
	afterAll(async () => {
		await rig.close();
	});

	const inFresh = async (script: string, ...parameters: readonly string[]): Promise<KubectlResult> =>
		rig.inPod(script, parameters, 'fresh-0');

	const importLdif = async (ldif: string): Promise<KubectlResult> => {
		rig.sandbox.pod('fresh-0')!.write('/opt/out/users.ldif', ldif);
		return inFresh(
			'import-ldif --task --backendID userRoot --ldifFile /opt/out/users.ldif --overwriteExistingEntries ' +
				'--rejectFile /opt/out/rejects.ldif --overwrite',
		);
	};

	const taskIn = ({stdout}: KubectlResult): string => /Import task (?<id>\d+) scheduled/v.exec(stdout)!.groups!.id!;

	const stateOf = async (id: string): Promise<string> =>
		stdoutOf(
			inFresh(
				'ldapsearch --baseDN cn=tasks --terse --dontWrap "(ds-task-id=$1)" ds-task-state | sed -n ' +
					'"s/^ds-task-state: //p"',
				id,
			),
		);

	/** What the monitor says of the backend: its id and its entries. */
	const monitored = async (): Promise<string> =>
		stdoutOf(
			inFresh(
				'set -- $(ldapsearch --baseDN cn=monitor --terse "(ds-backend-id=userRoot)" ds-backend-id ' +
					'ds-backend-entry-count | grep "^ds-" | cut -d" " -f2); if [ $# -gt 0 ]; then echo "$*"; fi',
			),
		);

	const enabled = async (): Promise<string> =>
		stdoutOf(
			inFresh('dsconfig get-backend-prop --backend-name userRoot --property enabled --script-friendly --no-prompt'),
		);

	const isReady = async (): Promise<string> =>
		stdoutOf(rig.kubectl(['get', 'pod', 'fresh-0', '-o', 'jsonpath={.status.containerStatuses[0].ready}']));

	it('writes what its reader rejects under a comment and without the DN, and still ends well', async () => {
		rig.sandbox.faults.tell({
			kind: 'reject-entries',
			dn: '^uid=b,',
			reason: 'nobody likes it',
			times: 1,
		});
		const result = await importLdif(
			`${base}${person('a', 'dc=example,dc=com')}${person('b', 'dc=example,dc=com', `description: ${'folded '.repeat(4)}`, ' and more')}objectClass: ` +
				`top\nuid: none\n\n${person('c', 'dc=example,dc=com', 'no colon')}`,
		);
		expect(result.stdout).toContain('Processed 5 entries, imported 2, skipped 0, rejected 3 and migrated 0');
		expect(result.stdout).toMatch(/\nImport task \d+ has been successfully completed\n$/v);
		expect(result.status).toBe(0);
		expect(await stateOf(taskIn(result))).toBe('completed_successfully\n');
		expect(await stdoutOf(inFresh('cat /opt/out/rejects.ldif')))
			.toBe(`# Entry uid=b,dc=example,dc=com read from LDIF starting at line 15 is not valid because nobody likes it
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
		const result = await importLdif(
			`${base}${person('a', 'dc=example,dc=com')}${person('a', 'dc=example,dc=com')}${person('b', 'ou=none,dc=example,dc=com')}`,
		);
		expect(result.stdout).toContain('Processed 4 entries, imported 2, skipped 0, rejected 2 and migrated 0');
		expect(result.status).toBe(0);
		expect(await stdoutOf(inFresh('grep -E "^(#|dn:)" /opt/out/rejects.ldif')))
			.toBe(`# The entry exists and the import options do not allow it to be replaced
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

	it(
		'is ended as a whole by an entry without a parent, or by a second one of a DN, where the server is one that ' +
			'does that',
		async () => {
			rig.sandbox.faults.tell({kind: 'abort-import'});
			for (const [entry, reason] of [
				[person('b', 'ou=none,dc=example,dc=com'), "The parent entry 'ou=none,dc=example,dc=com' does not exist"],
				[person('a', 'dc=example,dc=com'), 'The entry exists and the import options do not allow it to be replaced'],
			] as const) {
				const result = await importLdif(
					`${base}${person('a', 'dc=example,dc=com')}${entry}${person('c', 'dc=example,dc=com')}`,
				);
				expect(result.status).toBe(1);
				expect(result.stdout).toContain(
					`message="An error occurred while attempting to process the LDIF import:  ${reason}"`,
				);
				expect(await stateOf(taskIn(result))).toBe('stopped_by_error\n');
				expect(rig.sandbox.pod('fresh-0')!.entries()).toEqual([]);
				expect(await monitored()).toBe('userRoot 0\n');
			}
		},
	);

	it('gives the messages of its task in no order, each with its number', async () => {
		const id = taskIn(await importLdif(base));
		const {stdout} = await inFresh(
			'ldapsearch --baseDN cn=tasks --terse --dontWrap "(ds-task-id=$1)" ds-task-log-message | grep -o ' +
				'"msgCount=[0-9]*" | cut -d= -f2',
			id,
		);
		const numbers = stdout.trim().split('\n').map(Number);
		expect(numbers.length).toBeGreaterThan(3);
		expect(new Set(numbers).size).toBe(numbers.length);
		expect(numbers).not.toEqual(numbers.toSorted((a, b) => a - b));
	});

	it('takes its backend out of service while it runs, and puts it back', async () => {
		await importLdif(base);
		rig.sandbox.faults.tell({kind: 'hold-import'});
		const importing = importLdif(`${base}${person('a', 'dc=example,dc=com')}`);
		await expect.poll(monitored, {timeout: 20_000}).toBe('');
		const search = await inFresh('ldapsearch --baseDN "cn=userRoot Backend,cn=monitor" --scope base "(&)"');
		expect(search.status).toBe(32);
		expect(await statusOf(inFresh('ldapsearch --baseDN dc=example,dc=com --scope base "(&)"'))).toBe(32);
		expect(
			await stdoutOf(
				inFresh('ldapsearch --baseDN cn=monitor "(objectClass=ds-backend-monitor-entry)" ds-backend-id --terse'),
			),
		).toBe('dn: cn=adminRoot Backend,cn=monitor\nds-backend-id: adminRoot\n\n');
		expect(await enabled()).toBe('enabled\tfalse\n');
		const second = await inFresh(
			'import-ldif --task --backendID userRoot --ldifFile /opt/out/users.ldif --overwriteExistingEntries',
		);
		expect(second.status).toBe(1);
		expect(second.stderr).toContain(
			'None of the Directory Server backends are configured with the requested backend ID',
		);
		rig.sandbox.faults.clear();
		expect(await statusOf(importing)).toBe(0);
		expect(await monitored()).toBe('userRoot 2\n');
		expect(await enabled()).toBe('enabled\ttrue\n');
	});

	it('leaves its backend disabled when the server ends meanwhile, until somebody enables it', async () => {
		rig.sandbox.faults.tell({kind: 'hold-import'});
		const importing = importLdif(`${base}${person('a', 'dc=example,dc=com')}`);
		await expect.poll(monitored, {timeout: 20_000}).toBe('');
		rig.sandbox.faults.tell({kind: 'kill-pod', pod: 'fresh-0'});
		expect(await statusOf(importing)).not.toBe(0);
		rig.sandbox.faults.clear();
		await expect
			.poll(() => rig.sandbox.pod('fresh-0')?.log(), {timeout: 20_000})
			.toContain('The Directory Server has started successfully');
		expect(await isReady()).toBe('false');
		expect(await statusOf(inFresh('/opt/liveness.sh'))).toBe(0);
		expect(await statusOf(inFresh('/opt/readiness.sh'))).toBe(1);
		expect(await monitored()).toBe('');
		expect(await stdoutOf(inFresh('manage-tasks --summary'))).toContain(' Import     Stopped by shutdown\n');
		const refused = await importLdif(base);
		expect(refused.status).toBe(1);
		expect(refused.stdout).toBe('');
		expect(await enabled()).toBe('enabled\tfalse\n');

		expect(
			await statusOf(inFresh('dsconfig set-backend-prop --backend-name userRoot --set enabled:true --no-prompt')),
		).toBe(0);
		expect(await enabled()).toBe('enabled\ttrue\n');
		expect(await monitored()).toBe('userRoot 0\n');
		expect(await statusOf(importLdif(base))).toBe(0);
		await expect.poll(isReady, {timeout: 20_000}).toBe('true');
		expect(await statusOf(inFresh('/opt/readiness.sh'))).toBe(0);
	});
});
