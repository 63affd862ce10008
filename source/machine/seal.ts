import {createHash} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {rename, rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Fingerprint} from '../migration/world.js';
import {syncFolder} from './durable.js';
import {withPath} from './file-failure.js';
import {mostBytes, opened, refused, sealed} from './seal-format.js';
import {readSecretFile} from './secret-file.js';

const suffix = '.sealed';

const readPassphrase = async (file: string): Promise<string> => {
	const text = await withPath('read', file, async () => readSecretFile(file));
	const passphrase = text.split(/\r?\n/v, 1)[0] ?? '';
	if (passphrase === '') {
		throw refused(
			'passphrase-empty',
			`The passphrase file ${file} is empty.`,
			'A copy that anybody can open is not sealed.',
			'Write a long passphrase into it.',
		);
	}

	return passphrase;
};

/** Writes a stream beside a path, to disk, and renames it into place once it is whole. */
const written = async (source: AsyncIterable<Uint8Array>, path: string): Promise<Fingerprint> => {
	const beside = `${path}.part`;
	const hash = createHash('sha256');
	let bytes = 0;
	const counted = async function* (): AsyncGenerator<Uint8Array> {
		for await (const part of source) {
			hash.update(part);
			bytes += part.length;
			yield part;
		}
	};

	try {
		await rm(beside, {force: true});
		await pipeline(counted, createWriteStream(beside, {flags: 'wx', mode: 0o600, flush: true}));
		await rename(beside, path);
	} catch (error) {
		await rm(beside, {force: true});
		throw error;
	}

	await syncFolder(dirname(path));
	return {bytes, sha256: hash.digest('hex')};
};

/**
Encrypts a file into `PATH.sealed` beside it, and opens that once to prove that it holds the same bytes. The file itself
stays. Gives the sealed file's path.
*/
export const seal = async (path: string, passphraseFile: string): Promise<string> => {
	const passphrase = await readPassphrase(passphraseFile);
	const {size} = await stat(path);
	if (size > mostBytes) {
		throw refused(
			'seal-too-large',
			`${path} is larger than 64 GiB.`,
			'AES-256-GCM must not encrypt more than that under one key and nonce.',
			'Encrypt it with a tool of your own, or keep it on an encrypted disk.',
		);
	}

	const target = `${path}${suffix}`;
	const before = createHash('sha256');
	await written(
		sealed(path, passphrase, bytes => {
			before.update(bytes);
		}),
		target,
	);
	const after = createHash('sha256');
	for await (const bytes of opened(target, passphrase)) {
		after.update(bytes);
	}

	if (before.digest('hex') !== after.digest('hex')) {
		await rm(target, {force: true});
		throw refused(
			'seal-unproved',
			`What was sealed into ${target} does not open to the same bytes.`,
			'The file changed while it was read, or the disk is bad. The sealed copy was removed; the file itself is ' +
				'as it was.',
			'Look at the disk, then try again.',
		);
	}

	return target;
};

/**
Decrypts a sealed file. Nothing is at `target` unless every byte of it is proved. Gives its length and SHA-256.
*/
export const unseal = async (path: string, passphraseFile: string, target: string): Promise<Fingerprint> =>
	written(opened(path, await readPassphrase(passphraseFile)), target);
