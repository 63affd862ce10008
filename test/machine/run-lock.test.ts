import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {expect, test} from 'vitest';
import {isRunning, startMarkOf} from '../../source/machine/processes.js';
import {lockRun} from '../../source/machine/run-lock.js';
import {holdRun, makeZombie} from './holder.js';
import {temporaryFolder} from './temporary-folder.js';

const deadPid = async (): Promise<number> => {
	const child = spawn(process.execPath, ['--version'], {stdio: 'ignore'});
	await once(child, 'exit');
	return child.pid ?? 0;
};

const withLock = async (owner: unknown): Promise<string> => {
	const folder = await temporaryFolder();
	await writeFile(join(folder, 'lock'), typeof owner === 'string' ? owner : JSON.stringify(owner));
	return folder;
};

test('a run that is in use is refused to a second process until it is released', async () => {
	const folder = join(await temporaryFolder(), 'run');
	const lock = await lockRun(folder);
	await expect(lockRun(folder)).rejects.toMatchObject({
		parts: {code: 'run-in-use', exit: 'blocked', seen: expect.stringContaining(String(process.pid)) as string},
	});
	await lock.release();
	const next = await lockRun(folder);
	await next.release();
	expect(await readdir(folder)).toEqual(['.lock']);
	const {mode} = await stat(join(folder, '.lock'));
	expect(mode % 0o1000).toBe(0o600);
});

test.each([
	['that was killed, and reaped', false],
	['that was killed and is a zombie, as in a container whose first process reaps nobody', true],
])('a run is free again at once after a process %s', async (_, isNeglected) => {
	const folder = await temporaryFolder();
	const holder = await holdRun(folder, isNeglected);
	await expect(lockRun(folder)).rejects.toMatchObject({
		parts: {code: 'run-in-use', seen: expect.stringContaining(String(holder.pid)) as string},
	});
	await holder.kill();
	// A process is called ended as soon as its first thread is; the kernel lets its lock go with the last one.
	await expect
		.poll(async () => {
			const lock = await lockRun(folder);
			await lock.release();
		})
		.toBeUndefined();
});

test('a lock of a version before whose process is dead, a zombie or another by now is taken away', async () => {
	const zombie = await makeZombie();
	for (const owner of [
		{host: hostname(), pid: await deadPid(), start: '1'},
		{host: hostname(), pid: process.pid, start: 'before the last restart'},
		{host: hostname(), pid: zombie.pid, start: await startMarkOf(zombie.pid)},
	]) {
		const folder = await withLock(owner);
		await lockRun(folder);
		const text = await readFile(join(folder, 'lock'), 'utf8');
		expect(JSON.parse(text)).toMatchObject({pid: process.pid, start: await startMarkOf(process.pid)});
	}
});

test('a lock of a version before whose process runs is respected', async () => {
	const folder = await withLock({host: hostname(), pid: process.pid, start: await startMarkOf(process.pid)});
	await expect(lockRun(folder)).rejects.toMatchObject({
		parts: {code: 'run-in-use', byHand: `ps -p ${process.pid}`},
	});
});

test("of many that find the same dead process's lock, one gets the run", async () => {
	const pid = await deadPid();
	for (let round = 0; round < 20; round++) {
		const folder = await withLock({host: hostname(), pid, start: '1'});
		const tries = await Promise.allSettled(Array.from({length: 8}, async () => lockRun(folder)));
		expect(tries.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
		expect(await readdir(folder)).toEqual(['.lock', 'lock']);
	}
});

test('a lock of another machine is left alone, also of one that has the same name', async () => {
	for (const owner of [
		{host: 'another-machine.example', pid: await deadPid(), start: '1'},
		{host: hostname(), machine: 'another', pid: await deadPid(), start: '1', isLocked: true},
	]) {
		const folder = await withLock(owner);
		await expect(lockRun(folder)).rejects.toMatchObject({
			parts: {code: 'run-in-use', byHand: `rm ${join(folder, 'lock')}`},
		});
		expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toEqual(owner);
	}
});

test('a lock file that a crash of the machine left empty keeps nobody out', async () => {
	const folder = await withLock('');
	const lock = await lockRun(folder);
	await lock.release();
});

test('a lock that somebody else took meanwhile is not released', async () => {
	const folder = await temporaryFolder();
	const lock = await lockRun(folder);
	const other = JSON.stringify({host: 'another-machine.example', pid: 1, start: '1'});
	await writeFile(join(folder, 'lock'), other);
	await lock.release();
	expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(other);
});

test('a folder in the place of the lock is a failure of four parts', async () => {
	const folder = await temporaryFolder();
	await mkdir(join(folder, '.lock'));
	await expect(lockRun(folder)).rejects.toMatchObject({parts: {code: 'lock-impossible', exit: 'blocked'}});
});

test('this process runs and has a start; one that has ended does not, reaped or not', async () => {
	expect(await isRunning(process.pid)).toBe(true);
	expect(await isRunning(process.pid, await startMarkOf(process.pid))).toBe(true);
	expect(await isRunning(process.pid, 'another')).toBe(false);
	const dead = await deadPid();
	expect(await isRunning(dead)).toBe(false);
	expect(await startMarkOf(dead)).toBe('');
	expect(await isRunning(0)).toBe(false);
	const {pid} = await makeZombie();
	expect(await isRunning(pid)).toBe(false);
});
