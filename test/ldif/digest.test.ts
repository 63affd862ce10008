import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {createDigest, digestOf} from '../../source/ldif/digest.js';
import {normalDn} from '../../source/ldif/dn.js';
import {ownedAttributes} from '../../source/ldif/owned.js';
import {collect, createRandom, ldifOf, pieces, sampleDirectory, type Sample} from './ldif-text.js';
import {readEntries} from './reader.js';

const digest = async (content: string | Buffer, size?: number): Promise<string> => {
	const {digest: text} = await digestOf(pieces(content, size));
	return text;
};

const lengthOf = (bytes: Buffer): Buffer => {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(bytes.length);
	return length;
};

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** The digest by its description, with big numbers and no regard to speed. */
const slowDigest = async (content: Buffer): Promise<string> => {
	const entries = await collect(readEntries(pieces(content)));
	let sum = 0n;
	for (const {dn, attributes} of entries) {
		const name = Buffer.from(normalDn(dn) ?? '');
		const records = attributes
			.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) || Buffer.compare(a.value, b.value))
			.flatMap(({name: attribute, value}) => [lengthOf(value), Buffer.from(`${attribute}: `), value]);
		const first = sha256(Buffer.from([0]), lengthOf(name), name, ...records);
		const second = sha256(Buffer.from([1]), first);
		sum += BigInt(`0x${Buffer.concat([first, second]).toString('hex')}`);
	}

	const total = Buffer.from((sum % 2n ** 512n).toString(16).padStart(128, '0'), 'hex');
	const count = Buffer.alloc(8);
	count.writeBigUInt64BE(BigInt(entries.length));
	return sha256(Buffer.from('unroot ldif digest 1\n'), total, count).toString('hex');
};

const blank = Buffer.from(' ');
const zero = Buffer.from([0]);

const seeds = Array.from({length: 25}, (_, index) => index + 1);

describe('the digest', () => {
	test.each(seeds)(
		'does not depend on order, folding, base64, line ends, comments, case and the spelling of DNs (seed %i)',
		async seed => {
			const random = createRandom(seed);
			const samples = sampleDirectory(40, random);
			const expected = await digest(ldifOf(samples));
			const spellings = [
				{wrap: 76},
				{wrap: 2, end: '\r\n'},
				{base64: true, random},
				{wrap: 20, random},
				{
					wrap: 76,
					base64: true,
					random,
					end: '\r\n',
				},
			] as const;
			for (const spelling of spellings) {
				expect(await digest(ldifOf(samples, spelling))).toBe(expected);
			}
		},
	);

	test.each(seeds)('changes with any single change (seed %i)', async seed => {
		const random = createRandom(seed + 1000);
		const samples = sampleDirectory(12, random);
		const at = 1 + random(11);
		const chosen = samples[at]!;
		const value = random(chosen.values.length);
		const changed = (values: Sample['values']): readonly Sample[] => samples.with(at, {...chosen, values});
		const [name, bytes] = chosen.values[value]!;
		const others = [
			changed(chosen.values.with(value, [name, Buffer.concat([bytes, blank])])),
			changed(chosen.values.with(value, [name, Buffer.concat([zero, bytes])])),
			changed(chosen.values.with(value, [`${name};x-new`, bytes])),
			changed(chosen.values.toSpliced(value, 1)),
			changed([...chosen.values, ['l', Buffer.from('')]]),
			changed([...chosen.values, chosen.values[value]!]),
			samples.with(at, {...chosen, dn: [...chosen.dn.slice(0, -1), ['uid', 'another']]}),
			samples.with(at, {...chosen, dn: [...chosen.dn, ['cn', 'below']]}),
			samples.toSpliced(at, 1),
			[...samples, chosen],
			[...samples, chosen, chosen],
			[...samples, {dn: [...chosen.dn, ['cn', 'added']], values: chosen.values}] as readonly Sample[],
		];
		const digests = await Promise.all([samples, ...others].map(async each => digest(ldifOf(each))));
		expect(new Set(digests).size).toBe(digests.length);
	});

	test('tells apart values and names that look alike when they are put together', async () => {
		const contents = [
			'dn: dc=a\ncn: x\ncn: y\n',
			'dn: dc=a\ncn: xy\n',
			'dn: dc=a\ncn: x\nsn: y\n',
			`dn: dc=a\ncn:: ${Buffer.from('x\ncn: y').toString('base64')}\n`,
			`dn: dc=a\ncn:: ${Buffer.from('x\u{0}\u{0}\u{0}\u{1}cn: y').toString('base64')}\n`,
			'dn: dc=a\nc: nx\ncn: y\n',
			'dn: dc=a,cn=x\ncn: y\n',
			'dn: dc=a\ncn:\ncn: xy\n',
		];
		const digests = await Promise.all(contents.map(async each => digest(each)));
		expect(new Set(digests).size).toBe(contents.length);
	});

	test('is not fooled by values that moved between entries', async () => {
		const one = 'dn: cn=1,dc=a\ncn: x\nsn: p\n\ndn: cn=2,dc=a\ncn: y\nsn: q\n';
		const other = 'dn: cn=1,dc=a\ncn: y\nsn: p\n\ndn: cn=2,dc=a\ncn: x\nsn: q\n';
		expect(await digest(one)).not.toBe(await digest(other));
	});

	test('leaves out what the server owns and nothing else', async () => {
		const entry = (extra: string): string => `dn: dc=a\ndc: a\n${extra}`;
		const digestWith = async (extra: string): Promise<string> => digest(entry(extra));
		const bare = await digestWith('');
		for (const {name} of ownedAttributes) {
			expect(await digestWith(`${name.replace('*', 'hist').toUpperCase()}: x\n`)).toBe(bare);
		}

		const compared = [
			'entryUUID',
			'createTimestamp',
			'creatorsName',
			'modifyTimestamp',
			'modifiersName',
			'userPassword',
			'pwdChangedTime',
			'ds-pwp-account-disabled',
			'ds-entry-unique-id',
			'ds-syncx',
			'entrydnx',
			'etags',
		];
		for (const name of compared) {
			expect(await digestWith(`${name}: x\n`)).not.toBe(bare);
		}
	});

	test('says why each attribute is left out, and where that is from', () => {
		expect(ownedAttributes.every(({reason, source}) => reason.length > 20 && source.length > 5)).toBe(true);
	});

	test('is the same for many values in any order', async () => {
		const members = Array.from({length: 3000}, (_, index) => `member: uid=user.${index},dc=a`);
		const digestOfGroup = async (lines: readonly string[]): Promise<string> =>
			digest(`dn: cn=g\n${lines.join('\n')}\n`);
		const expected = await digestOfGroup(members);
		expect(await digestOfGroup(members.toReversed())).toBe(expected);
		expect(await digestOfGroup(members.slice(1))).not.toBe(expected);
	});

	test.each(seeds)('is what its description says, computed in another way (seed %i)', async seed => {
		const samples = sampleDirectory(30, createRandom(seed));
		const content = ldifOf(samples);
		const expected = await slowDigest(content);
		expect(await digest(content)).toBe(expected);
	});

	test('stays what it was: a change of the form would make old receipts worthless', async () => {
		expect(
			await digest(
				'dn: dc=example,dc=com\nobjectClass: top\nobjectClass: domain\ndc: example\n\ndn: ' +
					'uid=ada,dc=example,dc=com\ncn:: QsO8cmdlcg==\nuid: ada\n\n',
			),
		).toMatchInlineSnapshot('"72bbc16da17af058261932c12a55f83fc6fbea349a9e3bd4173a8209a4709714"');
		expect(await digest('')).toMatchInlineSnapshot(
			'"a8bc0e831311bc4d984b72f51d3b8e1261b877f29a4e9cf4267a546584683986"',
		);
	});

	test('counts entries, bytes and branches', async () => {
		const content =
			'version: 1\n\ndn: ou=b,DC=A\nou: b\n\ndn: dc=a\ndc: a\n\ndn: cn=x, ou=b, dc=a\ncn: x\n\ndn: o=other\no: ' +
			'other\n\ndn: dc=aa\ndc: aa\n\n';
		const result = await digestOf(pieces(content, 3));
		expect(result).toMatchObject({
			entries: 5,
			bytes: content.length,
			endsWithBlankLine: true,
			branches: [
				{baseDn: 'dc=a', entries: 3},
				{baseDn: 'dc=aa', entries: 1},
				{baseDn: 'o=other', entries: 1},
			],
		});
	});

	test('gives up on branches where there are too many to be base DNs, and on nothing else', async () => {
		const result = await digestOf(
			pieces(Array.from({length: 100}, (_, index) => `dn: cn=${index}\ncn: ${index}\n\n`).join('')),
		);
		expect(result).toMatchObject({entries: 100, branches: undefined});
	});

	test('does not depend on the pieces', async () => {
		const content = ldifOf(sampleDirectory(30, createRandom(7)), {wrap: 40, base64: true, random: createRandom(8)});
		const expected = await digest(content);
		for (const size of [1, 2, 7, 100, 1000]) {
			expect(await digest(content, size)).toBe(expected);
		}
	});

	test('never throws into the stream it listens to, keeps the first problem, and rejects with it at the end', async () => {
		const sink = createDigest();
		sink.write(Buffer.from('dn: dc=a\ncn: x\n\nnonsense\n\n'));
		expect(sink.failure()).toMatchObject({parts: {code: 'ldif-malformed'}});
		sink.write(Buffer.from('more nonsense'));
		await expect(sink.end()).rejects.toBeInstanceOf(Failure);
		await expect(sink.end()).rejects.toMatchObject({parts: {seen: expect.stringContaining('Line 4') as string}});
	});

	test('reads no further than the first problem', async () => {
		let taken = 0;
		async function* source(): AsyncGenerator<Uint8Array> {
			for (;;) {
				taken += 1;
				yield Buffer.from('nonsense, nonsense\n');
			}
		}

		await expect(digestOf(source())).rejects.toMatchObject({parts: {code: 'ldif-malformed'}});
		expect(taken).toBeLessThan(3);
	});

	test('refuses a DN that is none, and names the line', async () => {
		await expect(digest('dn: dc=a\ndc: a\n\ndn: nonsense\ncn: x\n')).rejects.toMatchObject({
			parts: {code: 'ldif-malformed', seen: expect.stringContaining('Line 4') as string},
		});
	});
});
