import {Buffer} from 'node:buffer';
import {createCipheriv, createDecipheriv, randomBytes, scrypt} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {open} from 'node:fs/promises';
import {Failure} from '../failure/failure.js';

/*
A sealed file:

    16 bytes  «unroot sealed 1» and a line feed
     1 byte   the binary logarithm of scrypt's N
     1 byte   scrypt's r
     1 byte   scrypt's p
     1 byte   zero
    16 bytes  salt of scrypt
    12 bytes  nonce of AES-256-GCM
     n bytes  the file, encrypted
    16 bytes  tag of AES-256-GCM, over the file and the 48 bytes of this header

The key is 32 bytes of scrypt over the passphrase, which is the first line of the passphrase file.
*/
const magic = Buffer.from('unroot sealed 1\n', 'latin1');
const headerBytes = 48;
const tagBytes = 16;

/** 128 MiB and about half a second: a guess costs as much. */
const strength = {logN: 17, r: 8, p: 1};

/** More may not be encrypted under one nonce. */
export const mostBytes = 2 ** 36 - 32;

/**
A header of somebody else must not make this machine run out of memory or of time: at most 1 GiB for scrypt, and what it
takes there four times.
*/
const isBearable = ({logN, r, p}: typeof strength): boolean =>
	logN >= 1 && r >= 1 && p >= 1 && p <= 4 && 128 * 2 ** logN * r <= 2 ** 30;

/** A Failure of sealing or opening. */
export const refused = (code: string, seen: string, means: string, todo: string): Failure =>
	new Failure({
		code,
		seen,
		means,
		todo,
		byHand: 'unroot ldif unseal FILE --passphrase-file FILE',
		exit: 'blocked',
	});

const keyFor = async (passphrase: string, salt: Uint8Array, {logN, r, p}: typeof strength): Promise<Buffer> => {
	const {promise, resolve, reject} = Promise.withResolvers<Buffer>();
	const cost = 2 ** logN;
	scrypt(
		passphrase,
		salt,
		32,
		{
			N: cost,
			r,
			p,
			maxmem: 256 * cost * r,
		},
		(error, key) => {
			if (error) {
				reject(error);
			} else {
				resolve(key);
			}
		},
	);
	return promise;
};

/**
The bytes of a file, encrypted under a fresh key and nonce.

@yields The header, the encrypted bytes, the tag.
*/
export async function* sealed(
	path: string,
	passphrase: string,
	onPlain: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
	const salt = randomBytes(16);
	const nonce = randomBytes(12);
	const {logN, r, p} = strength;
	const header = Buffer.concat([magic, Buffer.from([logN, r, p, 0]), salt, nonce]);
	const cipher = createCipheriv('aes-256-gcm', await keyFor(passphrase, salt, strength), nonce);
	cipher.setAAD(header);
	yield header;
	for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
		onPlain(bytes);
		yield cipher.update(bytes);
	}

	yield cipher.final();
	yield cipher.getAuthTag();
}

const readEnds = async (
	path: string,
): Promise<{readonly header: Buffer; readonly tag: Buffer; readonly bytes: number}> => {
	const handle = await open(path, 'r');
	try {
		const {size} = await handle.stat();
		const header = Buffer.alloc(headerBytes);
		const tag = Buffer.alloc(tagBytes);
		await handle.read(header, 0, headerBytes, 0);
		await handle.read(tag, 0, tagBytes, Math.max(0, size - tagBytes));
		return {header, tag, bytes: size - headerBytes - tagBytes};
	} finally {
		await handle.close();
	}
};

/**
The bytes of a sealed file. They are proved only once the last one was given: a Failure may come instead of the end.

@yields The bytes that were sealed.
*/
export async function* opened(path: string, passphrase: string): AsyncGenerator<Uint8Array> {
	const {header, tag, bytes} = await readEnds(path);
	const [logN = 0, r = 0, p = 0] = header.subarray(magic.length);
	if (bytes < 0 || !header.subarray(0, magic.length).equals(magic) || !isBearable({logN, r, p})) {
		throw refused(
			'not-sealed',
			`${path} is not a sealed copy of unroot, or not a whole one.`,
			'It cannot be opened.',
			'Look whether it is the right file, and whether it was copied whole.',
		);
	}

	const salt = header.subarray(magic.length + 4, magic.length + 20);
	const nonce = header.subarray(magic.length + 20);
	const decipher = createDecipheriv('aes-256-gcm', await keyFor(passphrase, salt, {logN, r, p}), nonce);
	decipher.setAAD(header);
	decipher.setAuthTag(tag);
	if (bytes > 0) {
		for await (const part of createReadStream(path, {
			start: headerBytes,
			end: headerBytes + bytes - 1,
		}) as AsyncIterable<Buffer>) {
			yield decipher.update(part);
		}
	}

	try {
		yield decipher.final();
	} catch {
		throw refused(
			'unseal-refused',
			`${path} cannot be opened with this passphrase.`,
			'The passphrase is another one, or the file was changed. Nothing of it was used.',
			'Use the passphrase file of the run that sealed it.',
		);
	}
}
