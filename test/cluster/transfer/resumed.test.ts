import {Buffer} from 'node:buffer';
import {readFileSync, writeFileSync} from 'node:fs';
import {appendFile, readFile, stat, utimes, writeFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {expect, test} from 'vitest';
import {faultsInTurn, filesOf, isSending, isTaking, mebibyte, transferWith} from './copying.js';
import {cutAfter, holds, localExec, machine, machinePath, makeSource} from './local-pod.js';

/** What stops a copy once so many bytes are verified. */
const stopAt = (
	limit: number,
	reason?: Error,
): {readonly signal: AbortSignal; readonly onProgress: (progress: {readonly bytes: number}) => void} => {
	const stop = new AbortController();
	return {
		signal: stop.signal,
		onProgress({bytes}) {
			if (bytes >= limit) {
				stop.abort(reason);
			}
		},
	};
};

test('a copy that was stopped goes on from its verified ranges, and reads them first', async () => {
	const source = await makeSource(5 * mebibyte);
	const options = {target: machine, ...source};
	const transfer = transferWith({exec: localExec(machinePath)});
	const reason = new Error('stopped by the operator');
	await expect(
		transfer.copyOut({
			...options,
			...stopAt(2 * mebibyte, reason),
		}),
	).rejects.toBe(reason);
	const left = await filesOf(source.localPath);
	expect(left).toEqual(['a file.ldif.part', 'a file.ldif.part.ranges']);
	expect(transfer.partialFiles(source.localPath).map(path => basename(path))).toEqual(left);
	const {mode} = await stat(`${source.localPath}.part`);
	expect(mode % 0o1000).toBe(0o600);
	const pieces: Uint8Array[] = [];
	const receipt = await transfer.copyOut({
		...options,
		onBytes(bytes) {
			pieces.push(bytes);
		},
	});
	expect(receipt.resumedFrom).toBe(2 * mebibyte);
	expect(Buffer.concat(pieces).equals(source.content)).toBe(true);
	expect(await holds(source.localPath, source.content)).toBe(true);
});

const stoppedAfterTwoRanges = async (source: Awaited<ReturnType<typeof makeSource>>): Promise<void> => {
	const copy = transferWith({exec: localExec(machinePath)}).copyOut({
		target: machine,
		...source,
		...stopAt(2 * mebibyte),
	});
	await expect(copy).rejects.toThrow('aborted');
};

test('a partial copy whose bytes or list were damaged is mended', async () => {
	const source = await makeSource(5 * mebibyte);
	await stoppedAfterTwoRanges(source);
	const part = await readFile(`${source.localPath}.part`);
	part.write('damaged', 10);
	await writeFile(`${source.localPath}.part`, part);
	await appendFile(`${source.localPath}.part.ranges`, '99 nonsense\n3 torn');
	const receipt = await transferWith({exec: localExec(machinePath)}).copyOut({target: machine, ...source});
	expect(receipt).toMatchObject({resumedFrom: mebibyte, sha256: source.sha256});
	expect(await holds(source.localPath, source.content)).toBe(true);
});

test('a source that is another one by now is copied from the beginning', async () => {
	const source = await makeSource(5 * mebibyte);
	await stoppedAfterTwoRanges(source);
	const changed = source.content.toReversed();
	await writeFile(source.remotePath, changed);
	await utimes(source.remotePath, 1, 1);
	const receipt = await transferWith({exec: localExec(machinePath)}).copyOut({target: machine, ...source});
	expect(receipt.resumedFrom).toBe(0);
	expect(await holds(source.localPath, changed)).toBe(true);
});

test('a copy into the pod survives answers that are cut, and goes on after a stop', async () => {
	const source = await makeSource(5 * mebibyte);
	await writeFile(source.localPath, source.content);
	const options = {target: machine, localPath: source.localPath, remotePath: `${source.remotePath}.in`};
	const cut = localExec(machinePath, faultsInTurn([cutAfter(10)], isTaking));
	await expect(
		transferWith({exec: cut}).copyIn({
			...options,
			...stopAt(2 * mebibyte),
		}),
	).rejects.toThrow('aborted');
	expect(await filesOf(options.remotePath)).toContain('a file.ldif.in.part');
	const receipt = await transferWith({exec: localExec(machinePath)}).copyIn(options);
	expect(receipt.resumedFrom).toBeGreaterThanOrEqual(2 * mebibyte);
	expect(await holds(options.remotePath, source.content)).toBe(true);
	expect(await filesOf(options.remotePath)).toEqual(['a file.ldif', 'a file.ldif.in']);
});

test(
	'a part in the pod that was damaged behind its list is found by the whole hash, and only its range is sent ' +
		'again',
	async () => {
		const source = await makeSource(5 * mebibyte);
		await writeFile(source.localPath, source.content);
		const remotePath = `${source.remotePath}.in`;
		let isDamaged = false;
		const transfer = transferWith({
			exec: localExec(machinePath, argv => {
				if (!isDamaged && argv.some(word => word.includes('echo placed'))) {
					isDamaged = true;
					const part = readFileSync(`${remotePath}.part`);
					part.write('damaged', 10);
					writeFileSync(`${remotePath}.part`, part);
				}

				return undefined;
			}),
		});
		const receipt = await transfer.copyIn({target: machine, localPath: source.localPath, remotePath});
		expect(receipt).toMatchObject({sha256: source.sha256, retried: 1});
		expect(await holds(remotePath, source.content)).toBe(true);
	},
);

test('a copy that is in place already is not sent again', async () => {
	const source = await makeSource(3 * mebibyte);
	await writeFile(source.localPath, source.content);
	const sessions: string[] = [];
	const transfer = transferWith({
		exec: localExec(machinePath, argv => {
			if (isTaking(argv)) {
				sessions.push(argv.join(' '));
			}

			return undefined;
		}),
	});
	expect(await transfer.copyIn({target: machine, ...source})).toMatchObject({
		sha256: source.sha256,
		resumedFrom: source.content.length,
	});
	expect(sessions).toEqual([]);
});

test('what an earlier copy of the same file left in the pod is ended by the next', async () => {
	const source = await makeSource(3 * mebibyte);
	const exec = localExec(machinePath);
	let left: Awaited<ReturnType<typeof exec>> | undefined;
	const transfer = transferWith({
		async exec(target, argv, options) {
			if (left === undefined && isSending(argv)) {
				// The same words once more: nobody reads this one, and nobody ends it.
				left = await exec(target, argv, {stdin: 'pipe'});
			}

			return exec(target, argv, options);
		},
	});
	await transfer.copyOut({target: machine, ...source});
	await transferWith({exec}).copyOut({target: machine, ...source});
	const {exitCode} = await left!.ended;
	expect(exitCode).toBeUndefined();
});
