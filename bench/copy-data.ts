/*
An LDIF to copy: entries as a user directory has them, with hashed passwords and identifiers that do not compress. `node
bench/copy-data.ts FILE BYTES` writes it (the last entry is cut) and prints its SHA-256.
*/
import {Buffer} from 'node:buffer';
import {createHash, randomBytes} from 'node:crypto';
import {open} from 'node:fs/promises';
import process from 'node:process';

const firstNames = ['Anna', 'Bob', 'Chloé', 'Dmitri', 'Eve', 'Farid', 'Grace', 'Hiro'];
const lastNames = ['Smith', 'Müller', 'Nguyen', 'Okafor', 'Petrov', 'Rossi', 'Silva', 'Tanaka'];

const entryOf = (index: number): string => {
	const [first, last] = [firstNames[index % 8], lastNames[Math.floor(index / 8) % 8]];
	return `dn: uid=user.${index},ou=People,dc=example,dc=com
objectClass: top
objectClass: person
objectClass: organizationalPerson
objectClass: inetOrgPerson
uid: user.${index}
givenName: ${first}
sn: ${last}
cn: ${first} ${last}
mail: user.${index}@example.com
userPassword: {SSHA512}${randomBytes(36).toString('base64')}
telephoneNumber: +1 555 ${String((index * 7919) % 10_000_000).padStart(7, '0')}
employeeNumber: ${index}
description: This is the description of ${first} ${last}.
entryUUID: ${createHash('md5').update(String(index)).digest('hex')}
createTimestamp: 20240101000000.000Z

`;
};

const writeLdif = async (path: string, bytes: number): Promise<string> => {
	const file = await open(path, 'w', 0o600);
	const hash = createHash('sha256');
	let written = 0;
	for (let index = 0; written < bytes; index += 2000) {
		const text = Buffer.from(Array.from({length: 2000}, (_, offset) => entryOf(index + offset)).join('')).subarray(
			0,
			bytes - written,
		);
		hash.update(text);
		await file.write(text);
		written += text.length;
	}

	await file.close();
	return hash.digest('hex');
};

const [path = '', bytes = ''] = process.argv.slice(2);
process.stdout.write(`${await writeLdif(path, Number(bytes))}\n`);
