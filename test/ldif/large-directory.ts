/*
Run as a process of its own: digests a directory that is made while it is read, and prints what was found and the peak
of memory, in bytes. Argument: how many bytes the directory has at the least.
*/
import {Buffer} from 'node:buffer';
import process from 'node:process';
import {runSources} from '../../tools/run-sources.ts';

runSources();
const {digestOf} = await import('../../source/ldif/digest.js');

const perPiece = 500;
const entryOf = (index: number): string => `dn: uid=user.${index},ou=People,dc=example,dc=com
objectClass: top
objectClass: inetOrgPerson
uid: user.${index}
sn:: QsO8cmdlcg==
cn: ${index} a name that is
  folded
description: ${'one of many entries '.repeat(20)}
mail: user.${index}@example.com

`;

/**
Entries until there are so many bytes.
@yields Pieces of 500 entries.
*/
async function* directory(bytes: number): AsyncGenerator<Uint8Array> {
	let index = 0;
	for (let made = 0; made < bytes;) {
		const first = index;
		const piece = Buffer.from(Array.from({length: perPiece}, (_, offset) => entryOf(first + offset)).join(''));
		index += perPiece;
		made += piece.length;
		yield piece;
	}
}

const found = await digestOf(directory(Number(process.argv[2])));
process.stdout.write(
	JSON.stringify({entries: found.entries, bytes: found.bytes, peak: process.resourceUsage().maxRSS * 1024}),
);
