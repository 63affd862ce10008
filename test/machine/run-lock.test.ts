import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {expect, test} from 'vitest';
import {isAlive, startOf} from '../../source/machine/processes.js';
import {lockRun} from '../../source/machine/run-lock.js';
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
	expect(await readdir(folder)).toEqual([]);
});

test('a lock whose process is dead is taken away', async () => {
	const folder = await withLock({host: hostname(), pid: await deadPid(), start: '1'});
	await lockRun(folder);
	const text = await readFile(join(folder, 'lock'), 'utf8');
	expect(JSON.parse(text)).toMatchObject({pid: process.pid, start: await startOf(process.pid)});
	expect(await readdir(folder)).toEqual(['lock']);
});

test('a lock whose number another process has by now is taken away', async () => {
	const folder = await withLock({host: hostname(), pid: process.pid, start: 'before the last restart'});
	await expect(lockRun(folder)).resolves.toBeDefined();
});

test("of many that find the same dead process's lock, one gets the run", async () => {
	const pid = await deadPid();
	for (let round = 0; round < 20; round++) {
		const folder = await withLock({host: hostname(), pid, start: '1'});
		const tries = await Promise.allSettled(Array.from({length: 8}, async () => lockRun(folder)));
		expect(tries.filter(({status}) => status === 'fulfilled')).toHaveLength(1);
		expect(await readdir(folder)).toEqual(['lock']);
	}
});

test('a guard that a dead process left while it took a run over is told, with the command that removes it', async () => {
	const folder = await withLock({host: hostname(), pid: await deadPid(), start: '1'});
	const guard = join(folder, 'lock.taking');
	await writeFile(guard, JSON.stringify({host: hostname(), pid: await deadPid(), start: '1'}));
	await expect(lockRun(folder)).rejects.toMatchObject({parts: {code: 'run-in-use', byHand: `rm ${guard}`}});
});

test('a lock of another machine, and one that cannot be read, are left alone', async () => {
	const elsewhere = await withLock({host: 'another-machine.example', pid: await deadPid(), start: '1'});
	await expect(lockRun(elsewhere)).rejects.toMatchObject({
		parts: {code: 'run-in-use', seen: expect.stringContaining('another-machine.example') as string},
	});
	const unreadable = await withLock('');
	await expect(lockRun(unreadable)).rejects.toMatchObject({
		parts: {code: 'run-in-use', byHand: `rm ${join(unreadable, 'lock')}`},
	});
});

test('a lock that somebody else took meanwhile is not released', async () => {
	const folder = await temporaryFolder();
	const lock = await lockRun(folder);
	await writeFile(join(folder, 'lock'), 'of another');
	await lock.release();
	expect(await readFile(join(folder, 'lock'), 'utf8')).toBe('of another');
});

test('this process is alive and has a start; one that has ended is not', async () => {
	expect(isAlive(process.pid)).toBe(true);
	expect(await startOf(process.pid)).not.toBe('');
	const dead = await deadPid();
	expect(isAlive(dead)).toBe(false);
	expect(await startOf(dead)).toBe('');
	expect(isAlive(0)).toBe(false);
});
