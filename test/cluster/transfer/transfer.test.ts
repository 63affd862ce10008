import {Buffer} from 'node:buffer';
import {appendFileSync} from 'node:fs';
import {readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {faultsInTurn, filesOf, isSending, mebibyte, transferWith} from './copying.js';
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

describe.each([
	["this machine's tools", async () => machinePath],
	['BusyBox alone', busyBoxPath],
	['no gzip, no timeout, no stat', async () => pathOf(fewTools.filter(tool => tool !== 'stat'))],
])('with %s', (_, pathOfPod) => {
	test('a file goes out and in again, whatever its name', async context => {
		const path = await pathOfPod();
		if (path === undefined) {
			context.skip('There is no BusyBox here.');
			return;
		}

		const source = await makeSource(5 * mebibyte + 777, 'a "b" \'c\' $(d) é.ldif');
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
			bytes: source.content.length,
			sha256: source.sha256,
			ranges: 6,
			retried: 0,
			resumedFrom: 0,
		});
		expect(Buffer.concat(pieces).equals(source.content)).toBe(true);
		expect(progress).toEqual([mebibyte, 2 * mebibyte, 3 * mebibyte, 4 * mebibyte, 5 * mebibyte, source.content.length]);
		expect(await holds(source.localPath, source.content)).toBe(true);
		const {mode} = await stat(source.localPath);
		expect(mode % 0o1000).toBe(0o600);
		expect(await filesOf(source.localPath)).toHaveLength(1);

		const back = `${source.remotePath}.back`;
		expect(await transfer.copyIn({target: machine, localPath: source.localPath, remotePath: back})).toMatchObject({
			sha256: source.sha256,
			ranges: 6,
			retried: 0,
		});
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
		expect(await transfer.copyOut({target: machine, ...source})).toMatchObject({
			bytes: 0,
			sha256: source.sha256,
			ranges: 0,
		});
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
])(
	'a stream out that %s is tried again, and given up when every try is like that',
	async (_, fault, code, stallMilliseconds) => {
		const source = await makeSource(4 * mebibyte);
		const options = {target: machine, ...source};
		const [once, always] = [faultsInTurn([fault]), (argv: readonly string[]) => (isSending(argv) ? fault : undefined)];
		const path = await pathOf(fewTools);
		const hopeless = transferWith({exec: localExec(path, always), tries: 3, stallMilliseconds});
		await expect(hopeless.copyOut(options)).rejects.toMatchObject({
			parts: {
				code,
				retryable: true,
				seen: expect.stringMatching(/3 tries .* \d+ of 4194304 bytes are verified and kept/v) as string,
			},
		});
		await expect(stat(source.localPath)).rejects.toMatchObject({code: 'ENOENT'});
		const receipt = await transferWith({exec: localExec(path, once), stallMilliseconds}).copyOut(options);
		expect(receipt.retried).toBeGreaterThan(0);
		expect(await holds(source.localPath, source.content)).toBe(true);
	},
);

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

	const transfer = transferWith({
		exec: localExec(await pathOf(fewTools), argv => (isSending(argv) ? tooMuch : undefined)),
		tries: 2,
	});
	await expect(transfer.copyOut({target: machine, ...source})).rejects.toMatchObject({
		parts: {code: 'copy-cut', seen: expect.stringContaining('something else') as string},
	});
	const gushing = transferWith({
		exec: localExec(machinePath, argv => (isSending(argv) ? undefined : tooMuch)),
		tries: 2,
	});
	await expect(gushing.fingerprint(machine, source.remotePath)).rejects.toMatchObject({
		parts: {code: 'copy-cut', seen: expect.stringContaining('without end') as string},
	});
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
	await expect(
		transfer.copyOut({target: machine, ...source, expected: {...expected, sha256: '0'.repeat(64)}}),
	).rejects.toMatchObject({parts: {code: 'source-changed'}});
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
		target: machine,
		localPath: source.localPath,
		remotePath: `${source.remotePath}.back`,
		streams,
	});
	expect(await holds(`${source.remotePath}.back`, source.content)).toBe(true);
});

test('what cannot be copied is told apart', async () => {
	const source = await makeSource(mebibyte);
	const transfer = transferWith({exec: localExec(machinePath)});
	const options = {target: machine, ...source};
	await expect(transfer.copyOut({...options, remotePath: `${source.remotePath}.none`})).rejects.toMatchObject({
		parts: {code: 'remote-missing'},
	});
	await expect(transfer.copyOut({...options, remotePath: dirname(source.remotePath)})).rejects.toMatchObject({
		parts: {code: 'remote-unreadable'},
	});
	await expect(
		transfer.copyIn({...options, localPath: source.remotePath, remotePath: `${source.remotePath}/at/all`}),
	).rejects.toMatchObject({parts: {code: 'remote-unwritable'}});
	await expect(transfer.copyIn({...options, localPath: '/nowhere/at/all'})).rejects.toMatchObject({
		parts: {code: 'local-file'},
	});
	await expect(transfer.copyOut({...options, localPath: '/nowhere/at/all'})).rejects.toMatchObject({
		parts: {code: 'local-file'},
	});
	await expect(transfer.copyOut({...options, remotePath: 'relative'})).rejects.toThrow(TypeError);
	expect(await transfer.fingerprint(machine, `${source.remotePath}.none`)).toBeUndefined();
	const bare = await pathOf('sh dd wc tr grep env true cat printf'.split(' '));
	await expect(transferWith({exec: localExec(bare)}).copyOut(options)).rejects.toMatchObject({
		parts: {code: 'no-hash-tool'},
	});
});

test("a copy in makes the folder it is to lie in, for the pod's user alone", async () => {
	const source = await makeSource(mebibyte);
	const folder = join(dirname(source.remotePath), 'new', 'folder');
	const remotePath = join(folder, 'copy');
	await transferWith({exec: localExec(machinePath)}).copyIn({
		target: machine,
		localPath: source.remotePath,
		remotePath,
	});
	expect(await readFile(remotePath)).toEqual(await readFile(source.remotePath));
	const {mode} = await stat(folder);
	expect(mode & 0o777).toBe(0o700);
});

test('a link in the place of the partial copy is not followed', async () => {
	const source = await makeSource(mebibyte);
	await writeFile(`${source.localPath}.victim`, 'precious');
	await symlink(`${source.localPath}.victim`, `${source.localPath}.part`);
	await expect(
		transferWith({exec: localExec(machinePath)}).copyOut({target: machine, ...source}),
	).rejects.toMatchObject({parts: {code: 'local-file'}});
	expect(await readFile(`${source.localPath}.victim`, 'utf8')).toBe('precious');
});
