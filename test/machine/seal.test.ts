import {randomBytes} from 'node:crypto';
import {chmod, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createFiles} from '../../source/machine/files.js';
import {unseal} from '../../source/machine/seal.js';
import {temporaryFolder} from './temporary-folder.js';

const files = createFiles({home: '/'});

const sealedCopy = async (
	bytes: Uint8Array,
): Promise<{readonly folder: string; readonly plain: string; readonly sealed: string; readonly passphrase: string}> => {
	const folder = await temporaryFolder();
	const plain = join(folder, 'users.ldif');
	const passphrase = join(folder, 'passphrase');
	await writeFile(plain, bytes);
	await writeFile(passphrase, 'correct horse battery staple\n', {mode: 0o600});
	return {
		folder,
		plain,
		passphrase,
		sealed: await files.seal(plain, passphrase),
	};
};

test.each([
	['nothing', 0],
	['several blocks', 200_001],
])('a sealed copy of %s opens to the same bytes', async (_, length) => {
	const bytes = randomBytes(length);
	const {folder, plain, sealed, passphrase} = await sealedCopy(bytes);
	expect(sealed).toBe(`${plain}.sealed`);
	const opened = join(folder, 'opened');
	expect(await unseal(sealed, passphrase, opened)).toEqual(await files.fingerprint(plain));
	expect(await readFile(opened)).toEqual(bytes);
	expect(await files.stat(sealed)).toMatchObject({mode: 0o600});
	expect(await files.stat(opened)).toMatchObject({mode: 0o600});
});

test('nothing of the file can be read in its sealed copy, and two copies differ', async () => {
	const {plain, sealed, passphrase} = await sealedCopy(new TextEncoder().encode('uid=ada,ou=people'.repeat(100)));
	const first = await readFile(sealed);
	expect(first.includes('uid=ada')).toBe(false);
	await files.seal(plain, passphrase);
	expect(await readFile(sealed)).not.toEqual(first);
});

test('another passphrase opens nothing and leaves nothing', async () => {
	const {folder, sealed} = await sealedCopy(randomBytes(5000));
	const other = join(folder, 'other');
	await writeFile(other, 'correct horse battery stable\n', {mode: 0o600});
	await expect(unseal(sealed, other, join(folder, 'opened'))).rejects.toMatchObject({parts: {code: 'unseal-refused'}});
	expect(await readdir(folder)).toEqual(['other', 'passphrase', 'users.ldif', 'users.ldif.sealed']);
});

const changed = (bytes: Uint8Array, at: number): Uint8Array =>
	bytes.map((byte, index) => (index === at ? byte + 1 : byte));

test('a sealed copy that was changed, or cut, anywhere opens nothing and leaves nothing', async () => {
	const {folder, sealed, passphrase} = await sealedCopy(randomBytes(5000));
	const whole = new Uint8Array(await readFile(sealed));
	const damaged: ReadonlyArray<readonly [string, Uint8Array]> = [
		['unseal-refused', changed(whole, 30)],
		['unseal-refused', changed(whole, 2000)],
		['unseal-refused', changed(whole, whole.length - 1)],
		['unseal-refused', whole.subarray(0, 4000)],
		['unseal-refused', whole.subarray(0, 64)],
		['not-sealed', whole.subarray(0, 63)],
		['not-sealed', whole.subarray(0, 0)],
		['not-sealed', changed(whole, 0)],
	];
	for (const [code, bytes] of damaged) {
		await writeFile(sealed, bytes);
		await expect(unseal(sealed, passphrase, join(folder, 'opened'))).rejects.toMatchObject({parts: {code}});
	}

	expect(await readdir(folder)).toEqual(['passphrase', 'users.ldif', 'users.ldif.sealed']);
});

test('a passphrase that others can read, or an empty one, is refused before anything is written', async () => {
	const folder = await temporaryFolder();
	const plain = join(folder, 'users.ldif');
	const passphrase = join(folder, 'passphrase');
	await writeFile(plain, 'dn: dc=example');
	await writeFile(passphrase, 'open');
	await chmod(passphrase, 0o644);
	await expect(files.seal(plain, passphrase)).rejects.toMatchObject({parts: {code: 'secret-file-open'}});
	await chmod(passphrase, 0o600);
	await writeFile(passphrase, '\n');
	await expect(files.seal(plain, passphrase)).rejects.toMatchObject({parts: {code: 'passphrase-empty'}});
	expect(await readdir(folder)).toEqual(['passphrase', 'users.ldif']);
	expect(await readFile(plain, 'utf8')).toBe('dn: dc=example');
});

test('a header of somebody else does not make this machine run out of memory or time', async () => {
	const {folder, sealed, passphrase} = await sealedCopy(randomBytes(10));
	const bytes = await readFile(sealed);
	for (const strength of [
		[0, 8, 1],
		[17, 0, 1],
		[17, 8, 0],
		[63, 8, 1],
		[24, 8, 1],
		[17, 255, 1],
		[17, 8, 255],
	]) {
		bytes.set(strength, 16);
		const path = join(folder, 'foreign.sealed');
		await writeFile(path, bytes);
		await expect(unseal(path, passphrase, join(folder, 'opened'))).rejects.toMatchObject({parts: {code: 'not-sealed'}});
	}
});
