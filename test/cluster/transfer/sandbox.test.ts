import {Buffer} from 'node:buffer';
import {createHash, randomBytes} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createTransfer} from '../../../source/cluster/transfer/transfer.js';
import type {Sandbox} from '../../../source/sandbox/sandbox.js';
import {withSandbox} from '../sandbox-connection.js';
import {temporaryFolder} from '../temporary-folder.js';
import {holds} from './local-pod.js';

const mebibyte = 1024 * 1024;
const target = {pod: 'pingdirectory-0', container: 'pingdirectory'};
const remotePath = '/opt/out/a copy of «data».ldif';
const content = Buffer.concat([
	randomBytes(2 * mebibyte),
	Buffer.from('dn: uid=user,dc=example,dc=com\n'.repeat(60_000)),
]);
const sha256 = createHash('sha256').update(content).digest('hex');

const inPod = (sandbox: Sandbox) => {
	const pod = sandbox.pod(target.pod);
	if (!pod) {
		throw new Error('The sandbox has no such pod.');
	}

	return pod;
};

test('a file is copied out of a pod and into it through the real kubectl', async () => {
	const {sandbox, connection} = await withSandbox();
	const localPath = join(await temporaryFolder(), 'data.ldif');
	inPod(sandbox).write(remotePath, content);
	const transfer = createTransfer(connection, {rangeBytes: mebibyte});
	const pieces: Uint8Array[] = [];
	const out = await transfer.copyOut({
		target,
		remotePath,
		localPath,
		onBytes(bytes) {
			pieces.push(bytes);
		},
	});
	expect(out).toMatchObject({
		bytes: content.length,
		sha256,
		ranges: 4,
		resumedFrom: 0,
	});
	expect(Buffer.concat(pieces).equals(content)).toBe(true);
	expect(await holds(localPath, content)).toBe(true);

	const back = await transfer.copyIn({target, localPath, remotePath: '/opt/out/back.ldif'});
	expect(back).toMatchObject({bytes: content.length, sha256, ranges: 4});
	expect(inPod(sandbox).read('/opt/out/back.ldif')?.equals(content)).toBe(true);
	expect(inPod(sandbox).stat('/opt/out/back.ldif')?.mode.toString(8)).toMatch(/600$/v);
	expect(
		inPod(sandbox)
			.list('/opt/out')
			.filter(name => name.includes('.part')),
	).toEqual([]);
	expect(await transfer.fingerprint(target, remotePath)).toEqual({bytes: content.length, sha256});
	expect(inPod(sandbox).execs()).toEqual([]);
});

test('streams that are cut with status 0, or break, in either direction, do not hurt', async () => {
	const {sandbox, connection} = await withSandbox();
	const localPath = join(await temporaryFolder(), 'data.ldif');
	inPod(sandbox).write(remotePath, content);
	const transfer = createTransfer(connection, {rangeBytes: mebibyte, sleep: async () => undefined});
	sandbox.faults.tell({kind: 'cut', command: 'skip=', after: 300_000});
	sandbox.faults.tell({kind: 'drop', command: 'skip=', after: 500_000});
	const out = await transfer.copyOut({target, remotePath, localPath});
	expect(out.retried).toBeGreaterThan(0);
	expect(await holds(localPath, content)).toBe(true);

	sandbox.faults.tell({
		kind: 'drop',
		command: 'seek=',
		after: 400_000,
		direction: 'in',
	});
	const back = await transfer.copyIn({target, localPath, remotePath: '/opt/out/back.ldif'});
	expect(back.retried).toBeGreaterThan(0);
	expect(inPod(sandbox).read('/opt/out/back.ldif')?.equals(content)).toBe(true);
	expect(sandbox.faults.pending()).toEqual([]);
});

test('a full volume in the pod is said to be full, and what was there is kept', async () => {
	const {sandbox, connection} = await withSandbox();
	const localPath = join(await temporaryFolder(), 'data.ldif');
	await writeFile(localPath, content);
	inPod(sandbox).write('/opt/out/back.ldif', 'old');
	sandbox.faults.tell({
		kind: 'disk-full',
		pod: target.pod,
		path: '/opt/out',
		after: 1.5 * mebibyte,
	});
	const transfer = createTransfer(connection, {rangeBytes: mebibyte, sleep: async () => undefined});
	await expect(transfer.copyIn({target, localPath, remotePath: '/opt/out/back.ldif'})).rejects.toMatchObject({
		parts: {code: 'disk-full', retryable: true},
	});
	expect(inPod(sandbox).read('/opt/out/back.ldif')?.toString()).toBe('old');
	sandbox.faults.clear();
	await transfer.copyIn({target, localPath, remotePath: '/opt/out/back.ldif'});
	expect(inPod(sandbox).read('/opt/out/back.ldif')?.equals(content)).toBe(true);
});

test('a file that is not there, and a pod that is not there, are told apart', async () => {
	const {connection} = await withSandbox();
	const localPath = join(await temporaryFolder(), 'data.ldif');
	const transfer = createTransfer(connection);
	await expect(transfer.copyOut({target, remotePath: '/opt/out/none', localPath})).rejects.toMatchObject({
		parts: {code: 'remote-missing'},
	});
	await expect(transfer.copyOut({target: {...target, pod: 'none-0'}, remotePath, localPath})).rejects.toMatchObject({
		parts: {code: 'pod-missing'},
	});
	expect(await transfer.fingerprint(target, '/opt/out/none')).toBeUndefined();
});
