import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {stepOf} from '../../source/migration/state.js';
import type {Entry} from '../../source/sandbox/ldap/entry.js';
import type {SandboxOptions} from '../../source/sandbox/sandbox.js';
import {makeRig, type Gone, type Rig} from './rig.js';

const base = 'dc=example,dc=com';

const rigFor = async (options: SandboxOptions = {}): Promise<Rig> => {
	const rig = await makeRig(options);
	onTestFinished(rig.close);
	return rig;
};

const person = (uid: string): {type: 'add'; dn: string; body: Entry['attributes']} => ({
	type: 'add',
	dn: `uid=${uid},ou=People,${base}`,
	body: [
		['objectClass', 'top'],
		['objectClass', 'person'],
		['objectClass', 'organizationalPerson'],
		['objectClass', 'inetOrgPerson'],
		['uid', uid],
		['cn', uid],
		['sn', 'Late'],
		['userPassword', 'secret'],
	],
});

const has = (rig: Rig, pod: string, uid: string): boolean =>
	rig.sandbox
		.pod(pod)
		?.entries()
		.some(({dn}) => dn.startsWith(`uid=${uid},`)) ?? false;

const newPod = ({state}: Gone): string =>
	`${(stepOf(state, 'strategy')?.outcome as {readonly newName: string}).newName}-0`;

test('a freeze that was lifted before the cut-over is noticed, and what came in is carried', async () => {
	const rig = await rigFor();
	const stopped = await rig.go({answers: {freeze: 'freeze'}});
	expect(stopped.ending.failure?.seen).toContain('cut-over');
	rig.sandbox.pod('pingdirectory-0')!.thaw();
	expect(rig.sandbox.pod('pingdirectory-0')!.change(person('late'))).toBeUndefined();
	const done = await rig.go({answers: {freeze: 'freeze', 'cut-over': 'identity'}});
	expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
	expect(has(rig, newPod(done), 'late')).toBe(true);
}, 120_000);

test('what is written on the old server until the freeze is on the new one after the switch', async () => {
	const rig = await rigFor();
	let written = 0;
	const done = await rig.go({
		answers: {'cut-over': 'identity'},
		onEvent(event) {
			if (event.type === 'step-verified' && ['export', 'prove', 'catch-up'].includes(event.step)) {
				written += 1;
				expect(rig.sandbox.pod('pingdirectory-0')!.change(person(`w${written}`))).toBeUndefined();
			}
		},
	});
	expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
	expect(written).toBe(3);
	expect([1, 2, 3].map(number => has(rig, newPod(done), `w${number}`))).toEqual([true, true, true]);
	expect(stepOf(done.state, 'cut-over')?.outcome).toMatchObject({gate: {remade: 0, lateLogins: 0}});
}, 120_000);

test('what is written on the new server after the switch is on the old one after the rollback', async () => {
	const rig = await rigFor();
	const done = await rig.go({answers: {'cut-over': 'identity'}});
	expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
	const pod = rig.sandbox.pod(newPod(done))!;
	expect(pod.change(person('after'))).toBeUndefined();
	expect(pod.change({type: 'delete', dn: `uid=user.1,ou=People,${base}`, body: []})).toBeUndefined();
	const back = await rig.go({isRollback: true, answers: {'carry-back': 'apply', 'roll-back': 'identity'}});
	expect(back.ending, back.log.join('\n')).toEqual({exit: 'done'});
	expect(has(rig, 'pingdirectory-0', 'after')).toBe(true);
	expect(has(rig, 'pingdirectory-0', 'user.1')).toBe(false);
	expect(rig.sandbox.pod('pingdirectory-0')!.change(person('again'))).toBeUndefined();
}, 120_000);

test('or it is in a file, counted, and the old server is as it was', async () => {
	const rig = await rigFor();
	const done = await rig.go({answers: {'cut-over': 'identity'}});
	const pod = rig.sandbox.pod(newPod(done))!;
	expect(pod.change(person('after'))).toBeUndefined();
	const back = await rig.go({isRollback: true, answers: {'carry-back': 'file', 'roll-back': 'identity'}});
	expect(back.ending, back.log.join('\n')).toEqual({exit: 'done'});
	expect(has(rig, 'pingdirectory-0', 'after')).toBe(false);
	const file = join(rig.folder, 'written-since-cut-over-userRoot.ldif');
	await expect(readFile(file, 'utf8')).resolves.toContain('dn: uid=after,ou=People,dc=example,dc=com\nchangetype: add');
	const {mode} = await stat(file);
	expect(mode % 0o1000).toBe(0o600);
	expect(
		stepOf(back.state, 'cut-over')
			?.evidence.map(({value}) => value)
			.join('\n'),
	).toContain('1 entry added');
}, 120_000);
