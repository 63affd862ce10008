import {Buffer} from 'node:buffer';
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {
	appendFile,
	readFile,
	readdir,
	stat,
	symlink,
	utimes,
	writeFile,
} from 'node:fs/promises';
import {basename, dirname} from 'node:path';
import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {createTransfer, type TransferOptions} from '../../../source/cluster/transfer/transfer.js';
import {
	busyBoxPath,
	corruptAt,
	cutAfter,
	fewTools,
	hangAfter,
	holds,
	localExec,
	machine,
	machinePath,
	makeSource,
	pathOf,
	type Fault,
} from './local-pod.js';

const mebibyte = 1024 * 1024;
const connection = {
	kubeconfig: '/nowhere', context: 'test', namespace: 'identity', cacheFolder: '/nowhere',
};

const transferWith = (options: TransferOptions): ReturnType<typeof createTransfer> => createTransfer(connection, {
	rangeBytes: mebibyte, sleep: async () => undefined, ...options,
});

const isSending = (argv: readonly string[]): boolean => argv.some(word => word.includes('packer='));
const isTaking = (argv: readonly string[]): boolean => argv.some(word => word.includes('conv=notrunc'));

/** Faults for the first sessions that send ranges, one each. */
const faultsInTurn = (faults: readonly Fault[], applies = isSending) => {
	const left = [...faults];
	return (argv: readonly string[]): Fault | undefined => applies(argv) ? left.shift() : undefined;
};

const filesOf = async (path: string): Promise<readonly string[]> => {
	const names = await readdir(dirname(path));
	return names.toSorted();
};

describe.each([
	['this machine\'s tools', async () => machinePath],
	['BusyBox alone', busyBoxPath],
	['no gzip, no timeout, no stat', async () => pathOf(fewTools.filter(tool => tool !== 'stat'))],
])('with %s', (_, pathOfPod) => {
	test('a file goes out and in again, whatever its name', async context => {
		const path = await pathOfPod();
		if (path === undefined) {
			context.skip('There is no BusyBox here.');
			return;
		}

		const source = await makeSource((5 * mebibyte) + 777, 'a "b" \'c\' $(d) é.ldif');
		const transfer = transferWith({exec: localExec(path)});
		const pieces: Uint8Array[] = [];
		const progress: number[] = [];
		const receipt = await transfer.copyOut({
			target: machine,
			...source,
			onBytes(bytes) {
				pieces.push(bytes);
			},
			onProgress({bytes}) {
				progress.push(bytes);
			},
		});
		expect(receipt).toMatchObject({
			bytes: source.content.length, sha256: source.sha256, ranges: 6, retried: 0, resumedFrom: 0,
		});
		expect(Buffer.concat(pieces).equals(source.content)).toBe(true);
		expect(progress).toEqual([mebibyte, 2 * mebibyte, 3 * mebibyte, 4 * mebibyte, 5 * mebibyte, source.content.length]);
		expect(await holds(source.localPath, source.content)).toBe(true);
		const {mode} = await stat(source.localPath);
		expect(mode % 0o1000).toBe(0o600);
		expect(await filesOf(source.localPath)).toHaveLength(1);

		const back = `${source.remotePath}.back`;
		expect(await transfer.copyIn({target: machine, localPath: source.localPath, remotePath: back})).toMatchObject({sha256: source.sha256, ranges: 6, retried: 0});
		expect(await holds(back, source.content)).toBe(true);
		expect(await filesOf(back)).toHaveLength(2);
		expect(await transfer.fingerprint(machine, back)).toEqual({bytes: source.content.length, sha256: source.sha256});
	});

	test('a file without bytes is copied too', async context => {
		const path = await pathOfPod();
		if (path === undefined) {
			context.skip('There is no BusyBox here.');
			return;
		}

		const source = await makeSource(0);
		const transfer = transferWith({exec: localExec(path)});
		expect(await transfer.copyOut({target: machine, ...source})).toMatchObject({bytes: 0, sha256: source.sha256, ranges: 0});
		await transfer.copyIn({target: machine, localPath: source.localPath, remotePath: `${source.remotePath}.back`});
		expect(await holds(`${source.remotePath}.back`, source.content)).toBe(true);
	});
});

test.each([
	['is cut inside a range, with status 0', cutAfter(mebibyte / 2), 'copy-cut', 60_000],
	['is cut before anything came', cutAfter(1), 'copy-cut', 60_000],
	['has a wrong byte in a range', corruptAt(mebibyte / 2), 'hash-differs', 60_000],
	['has a wrong byte in a line between ranges', corruptAt(mebibyte + 3), 'copy-cut', 60_000],
	['stops and does not end', hangAfter(100_000), 'copy-cut', 1000],
])('a stream out that %s is tried again, and given up when every try is like that', async (_, fault, code, stallMilliseconds) => {
	const source = await makeSource(4 * mebibyte);
	const options = {target: machine, ...source};
	const [once, always] = [faultsInTurn([fault]), (argv: readonly string[]) => isSending(argv) ? fault : undefined];
	const path = await pathOf(fewTools);
	const hopeless = transferWith({exec: localExec(path, always), tries: 3, stallMilliseconds});
	await expect(hopeless.copyOut(options)).rejects.toMatchObject({parts: {code, retryable: true, seen: expect.stringMatching(/3 tries .* \d+ of 4194304 bytes are verified and kept/v) as string}});
	await expect(stat(source.localPath)).rejects.toMatchObject({code: 'ENOENT'});
	const receipt = await transferWith({exec: localExec(path, once), stallMilliseconds}).copyOut(options);
	expect(receipt.retried).toBeGreaterThan(0);
	expect(await holds(source.localPath, source.content)).toBe(true);
});

test('only the range that was wrong is copied again', async () => {
	const source = await makeSource(6 * mebibyte);
	const path = await pathOf(fewTools);
	const runs: string[] = [];
	const broken = faultsInTurn([hangAfter(100 * mebibyte), corruptAt(1.5 * mebibyte)]);
	const transfer = transferWith({
		exec: localExec(path, argv => {
			if (isSending(argv)) {
				const after = argv.indexOf('unroot-copy');
				runs.push(argv.slice(after + 2, after + 4).join('+'));
			}

			return broken(argv);
		}),
	});
	expect(await transfer.copyOut({target: machine, ...source})).toMatchObject({retried: 1, sha256: source.sha256});
	expect(runs).toEqual(['0+1', '1+5', '2+1']);
});

test('a pod that sends more than it was asked for, or without end, is refused', async () => {
	const source = await makeSource(2 * mebibyte);
	const tooMuch: Fault = stdout => {
		const more = new PassThrough();
		stdout.resume();
		const line = `range 0 ${'0'.repeat(64)}\n`;
		const pour = (): void => {
			while (more.writable && more.write(Buffer.alloc(65_536, line))) {
				// Until it is full.
			}
		};

		more.on('drain', pour);
		pour();
		return more;
	};

	const transfer = transferWith({exec: localExec(await pathOf(fewTools), argv => isSending(argv) ? tooMuch : undefined), tries: 2});
	await expect(transfer.copyOut({target: machine, ...source})).rejects.toMatchObject({parts: {code: 'copy-cut', seen: expect.stringContaining('something else') as string}});
	const gushing = transferWith({exec: localExec(machinePath, argv => isSending(argv) ? undefined : tooMuch), tries: 2});
	await expect(gushing.fingerprint(machine, source.remotePath)).rejects.toMatchObject({parts: {code: 'copy-cut', seen: expect.stringContaining('without end') as string}});
});

test('a copy that was stopped goes on from its verified ranges, and reads them first', async () => {
	const source = await makeSource(5 * mebibyte);
	const stop = new AbortController();
	const options = {target: machine, ...source};
	const transfer = transferWith({exec: localExec(machinePath)});
	const reason = new Error('stopped by the operator');
	await expect(transfer.copyOut({
		...options,
		signal: stop.signal,
		onProgress({bytes}) {
			if (bytes >= 2 * mebibyte) {
				stop.abort(reason);
			}
		},
	})).rejects.toBe(reason);
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
	const stop = new AbortController();
	const copy = transferWith({exec: localExec(machinePath)}).copyOut({
		target: machine,
		...source,
		signal: stop.signal,
		onProgress({bytes}) {
			if (bytes >= 2 * mebibyte) {
				stop.abort();
			}
		},
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

test('a source that changes during the copy is noticed at the end, and nothing is put in place', async () => {
	const source = await makeSource(4 * mebibyte);
	const transfer = transferWith({exec: localExec(machinePath)});
	const copy = transfer.copyOut({
		target: machine,
		...source,
		onProgress({bytes, total}) {
			if (bytes === total) {
				appendFileSync(source.remotePath, 'more');
			}
		},
	});
	await expect(copy).rejects.toMatchObject({parts: {code: 'source-changed', retryable: true}});
	await expect(stat(source.localPath)).rejects.toMatchObject({code: 'ENOENT'});
});

test('a fingerprint that is known is what the copy is proved against', async () => {
	const source = await makeSource(2 * mebibyte);
	const scripts: string[] = [];
	const transfer = transferWith({
		exec: localExec(machinePath, argv => {
			scripts.push(argv.join(' '));
			return undefined;
		}),
	});
	const expected = {bytes: source.content.length, sha256: source.sha256};
	await transfer.copyOut({target: machine, ...source, expected});
	expect(scripts.filter(script => script.includes('echo sum'))).toEqual([]);
	await expect(transfer.copyOut({target: machine, ...source, expected: {...expected, sha256: '0'.repeat(64)}})).rejects.toMatchObject({parts: {code: 'source-changed'}});
});

test('an error of whoever reads along ends the copy', async () => {
	const source = await makeSource(3 * mebibyte);
	const copy = transferWith({exec: localExec(machinePath)}).copyOut({
		target: machine,
		...source,
		onBytes() {
			throw new Error('no entry here');
		},
	});
	await expect(copy).rejects.toThrow('no entry here');
});

test.each([1, 2, 3])('with %i streams the bytes are still read once and in order', async streams => {
	const source = await makeSource(12 * mebibyte);
	const transfer = transferWith({exec: localExec(machinePath)});
	const pieces: Uint8Array[] = [];
	await transfer.copyOut({
		target: machine,
		...source,
		streams,
		onBytes(bytes) {
			pieces.push(bytes);
		},
	});
	expect(Buffer.concat(pieces).equals(source.content)).toBe(true);
	await transfer.copyIn({
		target: machine, localPath: source.localPath, remotePath: `${source.remotePath}.back`, streams,
	});
	expect(await holds(`${source.remotePath}.back`, source.content)).toBe(true);
});

test('a copy into the pod survives answers that are cut, and goes on after a stop', async () => {
	const source = await makeSource(5 * mebibyte);
	await writeFile(source.localPath, source.content);
	const options = {target: machine, localPath: source.localPath, remotePath: `${source.remotePath}.in`};
	const stop = new AbortController();
	const cut = localExec(machinePath, faultsInTurn([cutAfter(10)], isTaking));
	await expect(transferWith({exec: cut}).copyIn({
		...options,
		signal: stop.signal,
		onProgress({bytes}) {
			if (bytes >= 2 * mebibyte) {
				stop.abort();
			}
		},
	})).rejects.toThrow('aborted');
	expect(await filesOf(options.remotePath)).toContain('a file.ldif.in.part');
	const receipt = await transferWith({exec: localExec(machinePath)}).copyIn(options);
	expect(receipt.resumedFrom).toBeGreaterThanOrEqual(2 * mebibyte);
	expect(await holds(options.remotePath, source.content)).toBe(true);
	expect(await filesOf(options.remotePath)).toEqual(['a file.ldif', 'a file.ldif.in']);
});

test('a part in the pod that was damaged behind its list is found by the whole hash, and only its range is sent again', async () => {
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
});

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
	expect(await transfer.copyIn({target: machine, ...source})).toMatchObject({sha256: source.sha256, resumedFrom: source.content.length});
	expect(sessions).toEqual([]);
});

test('what cannot be copied is told apart', async () => {
	const source = await makeSource(mebibyte);
	const transfer = transferWith({exec: localExec(machinePath)});
	const options = {target: machine, ...source};
	await expect(transfer.copyOut({...options, remotePath: `${source.remotePath}.none`})).rejects.toMatchObject({parts: {code: 'remote-missing'}});
	await expect(transfer.copyOut({...options, remotePath: dirname(source.remotePath)})).rejects.toMatchObject({parts: {code: 'remote-unreadable'}});
	await expect(transfer.copyIn({...options, localPath: source.remotePath, remotePath: '/nowhere/at/all'})).rejects.toMatchObject({parts: {code: 'remote-unwritable'}});
	await expect(transfer.copyIn({...options, localPath: '/nowhere/at/all'})).rejects.toMatchObject({parts: {code: 'local-file'}});
	await expect(transfer.copyOut({...options, localPath: '/nowhere/at/all'})).rejects.toMatchObject({parts: {code: 'local-file'}});
	await expect(transfer.copyOut({...options, remotePath: 'relative'})).rejects.toThrow(TypeError);
	expect(await transfer.fingerprint(machine, `${source.remotePath}.none`)).toBeUndefined();
	const bare = await pathOf('sh dd wc tr grep env true cat printf'.split(' '));
	await expect(transferWith({exec: localExec(bare)}).copyOut(options)).rejects.toMatchObject({parts: {code: 'no-hash-tool'}});
});

test('a link in the place of the partial copy is not followed', async () => {
	const source = await makeSource(mebibyte);
	await writeFile(`${source.localPath}.victim`, 'precious');
	await symlink(`${source.localPath}.victim`, `${source.localPath}.part`);
	await expect(transferWith({exec: localExec(machinePath)}).copyOut({target: machine, ...source})).rejects.toMatchObject({parts: {code: 'local-file'}});
	expect(await readFile(`${source.localPath}.victim`, 'utf8')).toBe('precious');
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
