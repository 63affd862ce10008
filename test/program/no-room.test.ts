import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {cp, mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {describe, expect, test} from 'vitest';
import {temporaryDesk, programPath, runToEnd, type Result} from './desk.js';
import {expectRefusal, startedRun} from './refusal.js';

const desk = await temporaryDesk();

/*
File systems of their own, in a mount name space of the call's: nothing is left mounted. Without root, a user name space
gives the right to mount; where neither is allowed (a container without CAP_SYS_ADMIN, macOS), there is no full disk to
be had.
*/
const apart = process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-root-user', '--mount'];
const canMount = spawnSync(apart[0] ?? '', [...apart.slice(1), 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

/** Mounts a small file system at $1, fills it where $3 says so, runs the rest, and copies what is on it to $2. */
const onSmallDisk =
	'mount -t tmpfs -o "size=$3" tmpfs "$1" && to="$2" && at="$1" && if [ "$4" = full ]; then dd if=/dev/zero ' +
	'of="$1/ballast" bs=4k 2> /dev/null; fi; shift 4; "$@"; status=$?; cp -R "$at/." "$to"; exit $status';
const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"';

describe.skipIf(!canMount)('a disk that takes nothing (needs the right to mount)', () => {
	const onDisk = async (
		at: string,
		copy: string,
		size: string,
		fill: 'full' | 'free',
		words: readonly string[],
	): Promise<Result> => {
		await mkdir(at);
		await mkdir(copy);
		return runToEnd(
			[...apart, 'sh', '-c', onSmallDisk, 'sh', at, copy, size, fill, process.execPath, programPath, ...words],
			{environment: desk.environment},
		);
	};

	test('full from the start: ends with 1, and leaves no run behind', async () => {
		const [at, copy] = [join(desk.folder, 'full'), join(desk.folder, 'full-copy')];
		expectRefusal(await onDisk(at, copy, '64k', 'full', ['migrate', '--yes', '--run', join(at, 'run')]), 1, /ENOSPC/v);
		expect(existsSync(join(copy, 'run'))).toBe(false);
		expect(await desk.unroot(['migrate'])).toMatchObject({status: 4});
	});

	test('full in the middle: ends with 1, the journal ends whole, and the run can be read where there is room', async () => {
		const [at, copy] = [join(desk.folder, 'small'), join(desk.folder, 'small-copy')];
		const text = JSON.stringify({
			answers: {
				image: '2109-8.3.0.0',
				'profile-repository': join(desk.folder, 'profiles'),
			},
		});
		const answers = await desk.file('with-repository', text);
		const result = await onDisk(at, copy, '88k', 'free', [
			'migrate',
			'--yes',
			'--run',
			join(at, 'run'),
			'--answers',
			answers,
		]);
		expectRefusal(result, 1, /ENOSPC/v);
		const journal = await readFile(join(copy, 'run', 'journal.jsonl'), 'utf8');
		expect(journal.endsWith('}\n')).toBe(true);
		const moved = join(desk.folder, 'moved');
		await cp(join(copy, 'run'), moved, {recursive: true});
		const {status} = await desk.unroot(['status', '--run', moved, '-o', 'json']);
		expect(status).toBe(0);
		expect(await readFile(join(moved, 'journal.jsonl'), 'utf8')).toBe(journal);
	});

	test("a run's folder that is read-only: resume ends with 1 and changes nothing, and the run can still be read", async () => {
		const id = await startedRun(desk);
		const folder = desk.runFolder(id);
		const before = await readFile(join(folder, 'journal.jsonl'), 'utf8');
		const call = async (...words: readonly string[]): Promise<Result> =>
			runToEnd([...apart, 'sh', '-c', readOnly, 'sh', folder, process.execPath, programPath, ...words], {
				environment: desk.environment,
			});
		expectRefusal(await call('resume', id), 1, /EROFS/v);
		expect(await call('status', id)).toMatchObject({status: 0});
		expect(await readFile(join(folder, 'journal.jsonl'), 'utf8')).toBe(before);
		expect(await desk.unroot(['resume', id])).toMatchObject({status: 4});
	});

	test('a folder for new runs that is read-only ends with 1', async () => {
		const folder = join(desk.folder, 'read-only');
		await mkdir(folder);
		expectRefusal(
			await runToEnd(
				[
					...apart,
					'sh',
					'-c',
					readOnly,
					'sh',
					folder,
					process.execPath,
					programPath,
					'migrate',
					'--yes',
					'--run',
					join(folder, 'run'),
				],
				{environment: desk.environment},
			),
			1,
			/EROFS/v,
		);
	});
});

test.each(['migrate', 'rehearse --sandbox'])('a run folder below a file ends %s with 1', async command => {
	const file = await desk.file('a-file', 'kept');
	expectRefusal(await desk.unroot([...command.split(' '), '--yes', '--run', join(file, 'run')]), 1, /a-file/v);
	expect(await readFile(file, 'utf8')).toBe('kept');
});
