import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import {countEntries, createCounter} from '../../source/ldif/count.js';
import {
	createRandom,
	ldifOf,
	pieces,
	sampleDirectory,
} from './ldif-text.js';

const cases: ReadonlyArray<readonly [content: string, entries: number]> = [
	['', 0],
	['dn: a\n', 1],
	['dn:: YQ==\n', 1],
	['DN:a\n', 1],
	['version: 1\ndn: a\ncn: x\n\ndn: b\ncn: dn: c\n dn: d\n#dn: e\ndns: f\ndnQualifier: g\nxdn: h\n', 2],
	['\u{FEFF}dn: a\r\ncn: x\r\n\r\ndn: b\r\n', 2],
	['cn: \ndn', 0],
	['d\ndn\ndn:', 1],
];

test.each(cases)('counts the lines that begin with a DN, whatever the pieces: %j', async (content, entries) => {
	for (const size of [3, 4, 64]) {
		expect(await countEntries(pieces(content, size))).toBe(entries);
	}
});

test('counts what was written', async () => {
	const content = ldifOf(sampleDirectory(500, createRandom(3)), {wrap: 30, base64: true, random: createRandom(4)});
	expect(await countEntries(pieces(content, 97))).toBe(500);
	const counter = createCounter();
	counter.write(Buffer.from(content));
	expect(counter.entries()).toBe(500);
});
