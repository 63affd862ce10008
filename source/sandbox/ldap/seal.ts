import {Buffer} from 'node:buffer';
import {createCipheriv, createDecipheriv, createHash, randomBytes} from 'node:crypto';
import {gunzipSync, gzipSync} from 'node:zlib';

/** What an encrypted file of a server begins with: no LDIF and no gzip begins like this. */
const magic = Buffer.from([0x00, 0xd5, 0x50, 0x49, 0x4e, 0x47, 0x01, 0x00]);

/** A key with what names it in a file: the server's own definition, or a passphrase. */
export type Key = {readonly id: string; readonly secret: Buffer};

export const keyOfPassphrase = (passphrase: string): Key => ({
	id: 'passphrase',
	secret: createHash('sha256').update(passphrase.trim()).digest(),
});

export const keyOfDefinition = (definition: string): Key => ({
	id: createHash('sha256').update(definition).digest('hex').slice(0, 16),
	secret: createHash('sha256').update(`key ${definition}`).digest(),
});

/** Packs an LDIF the way export-ldif does. */
export const seal = (ldif: Buffer, key: Key | undefined, isCompressed: boolean): Buffer => {
	const packed = isCompressed ? gzipSync(ldif, {level: 1}) : ldif;
	if (!key) {
		return packed;
	}

	const nonce = randomBytes(16);
	const cipher = createCipheriv('aes-256-ctr', key.secret, nonce);
	return Buffer.concat([
		magic,
		Buffer.from(key.id.padEnd(16).slice(0, 16)),
		createHash('sha256').update(key.secret).digest().subarray(0, 4),
		nonce,
		cipher.update(packed),
		cipher.final(),
	]);
};

/** Unpacks what `seal` packed. `keys` are those that are at hand. */
export const unseal = (bytes: Buffer, keys: readonly Key[]): {readonly ldif: Buffer} | {readonly problem: string} => {
	let packed = bytes;
	if (bytes.subarray(0, magic.length).equals(magic)) {
		const id = bytes.subarray(8, 24).toString().trim();
		const check = bytes.subarray(24, 28);
		const key = keys.find(
			candidate =>
				candidate.id === id && createHash('sha256').update(candidate.secret).digest().subarray(0, 4).equals(check),
		);
		if (!key) {
			return {
				problem:
					id === 'passphrase'
						? 'The LDIF file is encrypted with a passphrase, and the passphrase given is missing or wrong'
						: `The LDIF file is encrypted with the encryption settings definition ${id}, which this server does ` +
							'not have',
			};
		}

		const decipher = createDecipheriv('aes-256-ctr', key.secret, bytes.subarray(28, 44));
		packed = Buffer.concat([decipher.update(bytes.subarray(44)), decipher.final()]);
	}

	if (packed[0] === 0x1f && packed[1] === 0x8b) {
		try {
			return {ldif: gunzipSync(packed)};
		} catch {
			return {problem: 'The compressed LDIF file ends before its time'};
		}
	}

	return {ldif: packed};
};
