import {existsSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {fileFailure, withPath} from '../../source/machine/file-failure.js';

const systemError = (code: string, message: string): Error =>
	Object.assign(new Error(`${code}: ${message}, write`), {code, syscall: 'write', errno: -1});

test.each([
	['ENOSPC', 'disk-full'],
	['EDQUOT', 'disk-full'],
	['EROFS', 'read-only'],
	['EACCES', 'not-permitted'],
	['EPERM', 'not-permitted'],
	['EIO', 'file'],
])('%s is the failure %s, which names the path', (code, expected) => {
	expect(fileFailure(systemError(code, 'no'), 'written', '/data/run 1')).toMatchObject({
		parts: {
			code: expected,
			seen: `/data/run 1 could not be written: ${code}.`,
			byHand: expect.stringContaining("'/data/run 1'") as string,
			retryable: true,
		},
	});
});

test('what is no error of the file system is handed on as it is', () => {
	const defect = new TypeError('x is not a function');
	expect(fileFailure(defect, 'written', '/data')).toBe(defect);
});

const hasFull = existsSync('/dev/full');

test.runIf(hasFull)('a disk that is really full is told as such', async () => {
	await expect(withPath('written', '/dev/full', async () => writeFile('/dev/full', 'x'))).rejects.toMatchObject({
		parts: {code: 'disk-full'},
	});
});
