import {Buffer} from 'node:buffer';
import {describe, expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {createScanner} from '../../source/ldif/scanner.js';
import {collect, pieces} from './ldif-text.js';
import {readEntries, type Entry} from './reader.js';

const read = async (content: string | Buffer, size?: number): Promise<readonly Entry[]> =>
	collect(readEntries(pieces(content, size)));

const plain = (entries: readonly Entry[]) =>
	entries.map(({dn, attributes}) => [dn, ...attributes.map(({name, value}) => `${name}=${value.toString('utf8')}`)]);

const failureOf = async (content: string | Buffer, size?: number) => {
	try {
		await read(content, size);
	} catch (error) {
		return error instanceof Failure ? error.parts : undefined;
	}

	return undefined;
};

const allowed: ReadonlyArray<
	readonly [what: string, content: string | Buffer, expected: ReadonlyArray<readonly string[]>]
> = [
	['a plain entry', 'dn: dc=a\nobjectClass: top\ndc: a\n\n', [['dc=a', 'objectclass=top', 'dc=a']]],
	['no blank line at the end', 'dn: dc=a\ndc: a\n', [['dc=a', 'dc=a']]],
	[
		'several blank lines',
		'\n\ndn: dc=a\ndc: a\n\n\n\ndn: dc=b\ndc: b\n\n\n',
		[
			['dc=a', 'dc=a'],
			['dc=b', 'dc=b'],
		],
	],
	['nothing', '', []],
	['comments only', '# one\n# two\n two goes on\n', []],
	['the version before the first entry', 'version: 1\n\ndn: dc=a\ndc: a\n', [['dc=a', 'dc=a']]],
	['the version right before the first DN', 'version: 1\ndn: dc=a\ndc: a\n', [['dc=a', 'dc=a']]],
	[
		'CRLF',
		'version: 1\r\n\r\ndn: dc=a\r\ndc: a\r\ncn: fol\r\n ded\r\n\r\ndn: dc=b\r\ndc: b\r\n',
		[
			['dc=a', 'dc=a', 'cn=folded'],
			['dc=b', 'dc=b'],
		],
	],
	['a byte order mark', '\u{FEFF}dn: dc=a\ndc: a\n', [['dc=a', 'dc=a']]],
	['folded values', 'dn: dc=a\ncn: one \n  two\n three\n\n', [['dc=a', 'cn=one  twothree']]],
	['a folded DN', 'dn: cn=a long\n  name,dc=\n a\ncn: x\n', [['cn=a long name,dc=a', 'cn=x']]],
	['a folded name', 'dn: dc=a\nobject\n Class: top\n', [['dc=a', 'objectclass=top']]],
	['a fold of nothing', 'dn: dc=a\ncn: x\n \n y\n \n', [['dc=a', 'cn=xy']]],
	['base64', 'dn: dc=a\ncn:: QsO8cmdlcg==\nsn::QQ==\nl::  eHk=\n', [['dc=a', 'cn=Bürger', 'sn=A', 'l=xy']]],
	['folded base64', 'dn: dc=a\ncn:: QsO8\n cmdl\n cg==\n', [['dc=a', 'cn=Bürger']]],
	['empty base64', 'dn: dc=a\ncn::\nsn:: \n', [['dc=a', 'cn=', 'sn=']]],
	['a DN in base64', `dn:: ${Buffer.from('cn=Bürger,dc=a').toString('base64')}\ncn: x\n`, [['cn=Bürger,dc=a', 'cn=x']]],
	['UTF-8 without base64', 'dn: cn=Bürger,dc=a\ncn: 李雷\n', [['cn=Bürger,dc=a', 'cn=李雷']]],
	['empty values', 'dn: dc=a\ncn:\nsn: \nl:    \n', [['dc=a', 'cn=', 'sn=', 'l=']]],
	['spaces around values: those before go, those behind stay', 'dn: dc=a\ncn:   x  \n', [['dc=a', 'cn=x  ']]],
	['no space behind the colon', 'dn:dc=a\ncn:x\n', [['dc=a', 'cn=x']]],
	['colons in values', 'dn: dc=a\ncn: a:b\nsn: :x\nl: ::y\n', [['dc=a', 'cn=a:b', 'sn=:x', 'l=::y']]],
	[
		'values that look like something else',
		'dn: dc=a\ncn: dn: x\nsn: # no comment\nl: changetype: add\n',
		[['dc=a', 'cn=dn: x', 'sn=# no comment', 'l=changetype: add']],
	],
	['comments within an entry, folded', 'dn: dc=a\n# cn: no\n  sn: no\ncn: yes\n#\nl: x\n', [['dc=a', 'cn=yes', 'l=x']]],
	[
		'options, in any order and case',
		'dn: dc=a\nCN;lang-de;X-b: x\ncn;x-B;LANG-DE: y\nuserCertificate;binary:: AAE=\n',
		[['dc=a', 'cn;lang-de;x-b=x', 'cn;lang-de;x-b=y', 'usercertificate;binary=\u{0}\u{1}']],
	],
	[
		'object identifiers and underscores as names',
		'dn: dc=a\n2.5.4.3: x\nmy_attr: y\n',
		[['dc=a', '2.5.4.3=x', 'my_attr=y']],
	],
	['the DN of the root', 'dn:\nobjectClass: top\n', [['', 'objectclass=top']]],
	['an upper-case dn', 'DN: dc=a\ncn: x\n', [['dc=a', 'cn=x']]],
	['attributes whose names begin like dn', 'dn: dc=a\ndnQualifier: x\nd: y\n', [['dc=a', 'dnqualifier=x', 'd=y']]],
	[
		'changeType as an attribute of a changelog entry',
		'dn: changeNumber=1,cn=changelog\nobjectClass: top\nchangeType: add\n',
		[['changeNumber=1,cn=changelog', 'objectclass=top', 'changetype=add']],
	],
	['a carriage return in base64', 'dn: dc=a\ncn:: DQo=\n', [['dc=a', 'cn=\r\n']]],
];

const refused: ReadonlyArray<readonly [what: string, content: string | Buffer, code: string, seen: string]> = [
	['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5]), 'ldif-not-plain', 'gzip'],
	['an encrypted export', Buffer.from('PULSPESH0\u{82}abc', 'latin1'), 'ldif-not-plain', 'encrypted'],
	['binary data', Buffer.from([0x30, 0x00, 0x01, 0x8f, 0xff, 0x20, 0x21, 0x22, 0x23]), 'ldif-not-plain', 'binary'],
	['UTF-16', Buffer.from('\u{FEFF}dn: dc=a\ndc: a\n', 'utf16le'), 'ldif-not-plain', 'UTF-16'],
	['two bytes of gzip', Buffer.from([0x1f, 0x8b]), 'ldif-not-plain', 'gzip'],
	['an add record', 'dn: dc=a\nchangetype: add\ncn: x\n', 'ldif-change-record', 'Line 2, in the entry «dc=a»'],
	['a control', 'dn: dc=a\ncontrol: 1.2.3 true\nchangetype: delete\n', 'ldif-change-record', 'Line 2'],
	['a URL', 'dn: dc=a\ncn: x\njpegPhoto:< file:///etc/passwd\n', 'ldif-url', 'Line 3, in the entry «dc=a»'],
	[
		'a line without a colon',
		'dn: dc=a\ncn: x\n\ndn: dc=b\nSECRET VALUE\n',
		'ldif-malformed',
		'Line 5, in the entry «dc=b»',
	],
	['a line without a name', 'dn: dc=a\n: SECRET\n', 'ldif-malformed', 'Line 2'],
	['a space before the colon', 'dn: dc=a\ncn : SECRET\n', 'ldif-malformed', 'Line 2'],
	[
		'invalid base64',
		'dn: dc=a\n# folded\n  comment\ncn: fol\n ded\nsn:: SECRET!!\n',
		'ldif-malformed',
		'Line 6, in the entry «dc=a»',
	],
	['base64 that was cut', 'dn: dc=a\nsn:: U0VDUkV\n', 'ldif-malformed', 'Line 2'],
	['base64 with bits left over', 'dn: dc=a\nsn:: QR==\n', 'ldif-malformed', 'Line 2'],
	['padding within base64', 'dn: dc=a\nsn:: QQ==QQ==\n', 'ldif-malformed', 'Line 2'],
	['an entry without a DN', 'dn: dc=a\ncn: x\n\ncn: SECRET\n', 'ldif-malformed', 'Line 4'],
	['a second DN without a blank line', 'dn: dc=a\ncn: x\ndn: dc=b\ncn: y\n', 'ldif-malformed', 'Line 3'],
	['a continued line with nothing before it', ' x\ndn: dc=a\n', 'ldif-malformed', 'Line 1'],
	['a continued line behind a blank one', 'dn: dc=a\ncn: x\n\n SECRET\n', 'ldif-malformed', 'Line 4'],
	['version 2', 'version: 2\ndn: dc=a\ncn: x\n', 'ldif-malformed', 'Line 1'],
	['the version later on', 'dn: dc=a\ncn: x\n\nversion: 1\n', 'ldif-malformed', 'Line 4'],
	['a NUL byte in a value', 'dn: dc=a\ncn: SEC\u{0}RET\n', 'ldif-malformed', 'Line 2'],
	[
		'a hole of NUL bytes',
		Buffer.concat([Buffer.from('dn: dc=a\ncn: x\n'), Buffer.alloc(100)]),
		'ldif-malformed',
		'Line 3',
	],
	['a last line without its end', 'dn: dc=a\ncn: SECR', 'ldif-torn', 'Line 2, in the entry «dc=a»'],
	['an end within a DN', 'dn: dc=a\ncn: x\n\ndn: dc=', 'ldif-torn', 'Line 4'],
	['an end behind a DN', 'dn: dc=a\ncn: x\n\ndn: dc=b\n', 'ldif-torn', 'Line 4, in the entry «dc=b»'],
	[
		'an entry of nothing but a DN',
		'dn: dc=a\ncn: x\n\ndn: dc=b\n\ndn: dc=c\ncn: y\n',
		'ldif-malformed',
		'Line 4, in the entry «dc=b»',
	],
];

const sizes = [1, 2, 3, 5, 7, 64, 65_536];

describe('the reader', () => {
	test.each(allowed)('reads %s, whatever the pieces', async (_, content, expected) => {
		for (const size of sizes) {
			expect(plain(await read(content, size))).toEqual(expected);
		}
	});

	test.each(refused)('refuses %s and names the place, never a value', async (_, content, code, seen) => {
		for (const size of sizes) {
			const parts = await failureOf(content, size);
			expect(parts?.code).toBe(code);
			expect(parts?.seen).toContain(seen);
			expect(JSON.stringify(parts)).not.toMatch(/SECR/v);
		}
	});

	test('reads every piece boundary alike, with two pieces', async () => {
		const content = Buffer.from(
			'\u{FEFF}version: 1\r\n\r\n# c\r\n d\r\ndn:: ZGM9YQ==\r\nobjectClass: to\r\n p\r\nCN;b;a:: QsO8\r\n ' +
				'cmdlcg==\r\n\r\ndn: dc=b\r\ncn: y\r\n',
		);
		const whole = plain(await read(content));
		for (let at = 1; at < content.length; at += 1) {
			const entries: string[] = [];
			const scanner = createScanner(({lines}) => {
				entries.push(`${lines}`);
			});
			scanner.write(content.subarray(0, at));
			scanner.write(content.subarray(at));
			expect(scanner.end()).toEqual({entries: 2, bytes: content.length, endsWithBlankLine: false});
			expect(plain(await read(content, at))).toEqual(whole);
		}
	});

	test('reads entries much larger than a piece, with many and with large values', async () => {
		const photo = Buffer.alloc(3 * 1024 * 1024, 'photo');
		const folded = photo
			.toString('base64')
			.match(/.{1,76}/gv)!
			.join('\n ');
		const members = Array.from({length: 50_000}, (_, index) => `member: uid=user.${index},dc=a`).join('\n');
		const [large, group, after] = await read(
			`dn: cn=a\njpegPhoto:: ${folded}\n\ndn: cn=b\n${members}\n\ndn: cn=c\ncn: c\n`,
			4096,
		);
		expect(large?.attributes[0]?.value.equals(photo)).toBe(true);
		expect(group?.attributes).toHaveLength(50_000);
		expect(group?.attributes.at(-1)?.value.toString()).toBe('uid=user.49999,dc=a');
		expect(after?.dn).toBe('cn=c');
		expect(after?.line).toBe(1 + folded.split('\n').length + 1 + 1 + 50_000 + 1 + 1);
	});

	test('refuses an entry over the bound', async () => {
		const entries = readEntries(pieces(`dn: cn=a\ncn: ${'x'.repeat(3 * 1024 * 1024)}\n`), {maxEntryMebibytes: 1});
		await expect(collect(entries)).rejects.toMatchObject({parts: {code: 'ldif-entry-too-large'}});
	});

	test('says whether the file ends as an export does', () => {
		const summaryOf = (content: string) => {
			const scanner = createScanner(() => undefined);
			scanner.write(Buffer.from(content));
			return scanner.end().endsWithBlankLine;
		};

		expect(summaryOf('dn: dc=a\ncn: x\n\n')).toBe(true);
		expect(summaryOf('dn: dc=a\ncn: x\n\n# end\n')).toBe(true);
		expect(summaryOf('dn: dc=a\ncn: x\n')).toBe(false);
	});

	test('shows a DN of a damaged file without control characters and not in full length', async () => {
		const parts = await failureOf(`dn:: ${Buffer.from(`cn=\u{1B}[31m${'x'.repeat(500)}`).toString('base64')}\ncn\n`);
		expect(parts?.seen).toContain(String.raw`«cn=\1b[31mxxx`);
		expect(parts?.seen.length).toBeLessThan(300);
	});
});
