import {chmod, chown, mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {describe, expect, test} from 'vitest';
import {openJournal, readJournal} from '../../source/machine/journal.js';
import {refuseOpenFolder} from '../../source/machine/run-folder.js';
import {readSecretFile} from '../../source/machine/secret-file.js';
import {temporaryFolder} from './temporary-folder.js';

const runFolder = async (): Promise<string> => {
	const folder = join(await temporaryFolder(), 'run');
	await mkdir(join(folder, 'data'), {recursive: true, mode: 0o700});
	await mkdir(join(folder, 'worktree'), {mode: 0o755});
	await writeFile(join(folder, 'journal.jsonl'), '', {mode: 0o600});
	await writeFile(join(folder, 'data', 'userRoot.ldif'), '', {mode: 0o600});
	return folder;
};

const refused = (seen: RegExp, byHand: RegExp) => ({
	parts: {
		code: 'run-folder-open',
		exit: 'blocked',
		seen: expect.stringMatching(seen) as string,
		byHand: expect.stringMatching(byHand) as string,
	},
});

test("a folder that is its operator's alone passes, whatever else lies in it", async () => {
	const folder = await runFolder();
	await chmod(folder, 0o755);
	await writeFile(join(folder, 'readme.md'), '', {mode: 0o644});
	await symlink('/etc/hosts', join(folder, 'worktree', 'link'));
	await writeFile(join(folder, 'worktree', 'file'), '', {mode: 0o644});
	await expect(refuseOpenFolder(folder)).resolves.toBeUndefined();
});

test.each([
	['.', 0o775, /run has the mode 0775: others than you may write to it/v, /^chmod 700 .*run$/v],
	['.', 0o702, /run has the mode 0702: others than you may write to it/v, /^chmod 700 .*run$/v],
	['journal.jsonl', 0o644, /journal\.jsonl has the mode 0644/v, /^chmod 600 .*journal\.jsonl$/v],
	['data', 0o750, /data has the mode 0750/v, /^chmod 700 /v],
	['data/userRoot.ldif', 0o604, /userRoot\.ldif has the mode 0604/v, /^chmod 600 /v],
])('%s with the mode %o is refused, with the command that mends it', async (name, mode, seen, byHand) => {
	const folder = await runFolder();
	await chmod(join(folder, name), mode);
	await expect(refuseOpenFolder(folder)).rejects.toMatchObject(refused(seen, byHand));
});

test.each(['report.md', 'data/rejects-userRoot.ldif', 'lock'])('a link in the place of %s is refused', async name => {
	const folder = await runFolder();
	await symlink('/etc/hosts', join(folder, name));
	await expect(refuseOpenFolder(folder)).rejects.toMatchObject(refused(/is a link/v, /^ls -l/v));
});

test('a link to a folder is not the folder', async () => {
	const folder = await runFolder();
	await symlink(folder, `${folder}-link`);
	await expect(refuseOpenFolder(`${folder}-link`)).rejects.toMatchObject(refused(/is a link/v, /^ls -l/v));
});

test('a journal is neither read nor written through a link', async () => {
	const folder = await temporaryFolder();
	const elsewhere = join(folder, 'elsewhere');
	await writeFile(elsewhere, '{"type":"run-opened"}\n');
	await symlink(elsewhere, join(folder, 'journal.jsonl'));
	await expect(readJournal(folder)).rejects.toMatchObject({parts: {seen: expect.stringContaining('ELOOP') as string}});
	await expect(openJournal(folder)).rejects.toMatchObject({parts: {seen: expect.stringContaining('ELOOP') as string}});
});

describe.skipIf(process.getuid?.() !== 0)('what belongs to another user (needs root to make it)', () => {
	test.each(['.', 'journal.jsonl', 'data', 'data/userRoot.ldif'])('%s is refused', async name => {
		const folder = await runFolder();
		await chown(join(folder, name), 12_345, 12_345);
		await expect(refuseOpenFolder(folder)).rejects.toMatchObject(refused(/belongs to the user 12345/v, /^ls -ld/v));
	});

	test('a password file is refused', async () => {
		const path = join(await temporaryFolder(), 'password');
		await writeFile(path, 'secret', {mode: 0o600});
		await chown(path, 12_345, 12_345);
		await expect(readSecretFile(path)).rejects.toMatchObject({parts: {code: 'secret-file-open'}});
	});
});

test('a password file that others may read is refused, and one that is none', async () => {
	const path = join(await temporaryFolder(), 'password');
	await writeFile(path, 'secret', {mode: 0o600});
	await expect(readSecretFile(path)).resolves.toBe('secret');
	await chmod(path, 0o640);
	await expect(readSecretFile(path)).rejects.toMatchObject({
		parts: {
			code: 'secret-file-open',
			byHand: `chmod 600 ${path}`,
			seen: expect.not.stringContaining('secret ') as string,
		},
	});
	await writeFile(path, 'x'.repeat(70_000));
	await chmod(path, 0o600);
	await expect(readSecretFile(path)).rejects.toMatchObject({parts: {code: 'secret-file-long'}});
});
