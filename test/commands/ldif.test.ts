import {Buffer} from 'node:buffer';
import {spawn} from 'node:child_process';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {Writable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {runLdif} from '../../source/commands/ldif.js';
import {Failure} from '../../source/failure/failure.js';
import {digestOf, type DigestResult} from '../../source/ldif/digest.js';
import {pieces} from '../ldif/ldif-text.js';

const content =
	'dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\ndn: uid=ada,dc=example,dc=com\nuid: ' +
	'ada\nuserPassword: SECRET1\n\n';
const respelled =
	'version: 1\r\n\r\ndn: UID=ada, DC=example, DC=com\r\nUSERPASSWORD:: U0VDUkVUMQ==\r\nuid: a\r\n ' +
	'da\r\n\r\ndn: dc=example,dc=com\r\ndc: example\r\nobjectClass: domain\r\n\r\n';
const changed =
	'dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\ndn: uid=ada,dc=example,dc=com\nuid: ' +
	'ada\nuserPassword: SECRET2\n\ndn: uid=bob,dc=example,dc=com\nuid: bob\n\n';

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'unroot-ldif-'));
});
afterAll(async () => {
	await rm(folder, {recursive: true, force: true});
});

const file = async (name: string, bytes: string | Buffer): Promise<string> => {
	const whole = path.join(folder, name);
	await writeFile(whole, bytes);
	return whole;
};

const sink = () => {
	const parts: Buffer[] = [];
	const stream = new Writable({
		write(chunk: Buffer, _, done) {
			parts.push(chunk);
			done();
		},
	});
	return {stream, text: () => Buffer.concat(parts).toString('utf8')};
};

const run = async (words: readonly string[], output: 'text' | 'json' = 'text') => {
	const stdout = sink();
	const stderr = sink();
	const status = await runLdif(words, output, {stdout: stdout.stream, stderr: stderr.stream});
	return {status, stdout: stdout.text(), stderr: stderr.text()};
};

const failureOf = async (words: readonly string[]) => {
	try {
		await run(words);
	} catch (error) {
		return error instanceof Failure ? error.parts : undefined;
	}

	return undefined;
};

const expected = await digestOf(pieces(content));

describe('unroot ldif digest', () => {
	test('prints the digest, the file, the entries and the bytes', async () => {
		const plain = await file('plain.ldif', content);
		expect(await run(['digest', plain])).toEqual({
			status: 0,
			stdout: `${expected.digest}  ${plain}\n2 entries, ${content.length} bytes\n`,
			stderr: '',
		});
	});

	test('prints the same for another spelling of the same entries', async () => {
		const {stdout} = await run(['digest', await file('respelled.ldif', respelled)]);
		expect(stdout).toContain(`${expected.digest}  `);
	});

	test('gives everything it knows as JSON', async () => {
		const plain = await file('json.ldif', content);
		const {status, stdout, stderr} = await run(['digest', plain], 'json');
		expect({status, stderr}).toEqual({status: 0, stderr: ''});
		expect(JSON.parse(stdout)).toEqual({
			file: plain,
			digest: expected.digest,
			entries: 2,
			bytes: content.length,
			endsWithBlankLine: true,
			branches: [{baseDn: 'dc=example,dc=com', entries: 2}],
		});
	});

	test.each(['data.ldif.gz', 'export'])('unpacks gzip, whatever the file is called: %s', async name => {
		const {status, stdout} = await run(['digest', await file(name, gzipSync(content))], 'json');
		expect(status).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({digest: expected.digest, bytes: content.length});
	});

	test('says of gzip without its end that it is torn', async () => {
		const packed = gzipSync(content);
		const torn = await file('torn.gz', packed.subarray(0, -12));
		expect(await failureOf(['digest', torn])).toMatchObject({code: 'ldif-gzip-torn', byHand: `gzip -t ${torn}`});
		const flipped = Buffer.from(packed);
		flipped[packed.length - 6]! ^= 0xff;
		expect(await failureOf(['digest', await file('flipped.gz', flipped)])).toMatchObject({code: 'ldif-gzip-torn'});
	});

	test('does not take a file that is not called LDIF but is empty for damaged', async () => {
		const {status, stdout} = await run(['digest', await file('empty', '')], 'json');
		expect(status).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({entries: 0, bytes: 0});
	});

	test.each([
		['an encrypted export', Buffer.from('PULSPESH0\u{82}abc', 'latin1'), 'ldif-not-plain'],
		['change records', 'dn: dc=a\nchangetype: delete\n\n', 'ldif-change-record'],
		['a torn end', content.slice(0, -10), 'ldif-torn'],
	])('refuses %s', async (_, bytes, code) => {
		const parts = await failureOf(['digest', await file('refused.ldif', bytes)]);
		expect(parts?.code).toBe(code);
		expect(JSON.stringify(parts)).not.toContain('SECR');
	});

	test('says which file cannot be read', async () => {
		const missing = path.join(folder, 'missing.ldif');
		expect(await failureOf(['digest', missing])).toMatchObject({
			code: 'file-unreadable',
			exit: 'usage',
			seen: expect.stringContaining(missing) as string,
		});
		expect(await failureOf(['digest', folder])).toMatchObject({
			code: 'file-unreadable',
			seen: expect.stringContaining('EISDIR') as string,
		});
	});

	test.skipIf(process.getuid?.() === 0)(
		'says so of a file without the right to read it (skipped for root, who may read everything)',
		async () => {
			const closed = await file('closed.ldif', content);
			await chmod(closed, 0);
			expect(await failureOf(['digest', closed])).toMatchObject({
				code: 'file-unreadable',
				seen: expect.stringContaining('EACCES') as string,
			});
		},
	);
});

describe('unroot ldif diff', () => {
	test('ends with 0 where the files hold the same entries, packed or not', async () => {
		const result = await run(['diff', await file('a.ldif', content), await file('b.ldif', gzipSync(respelled))]);
		expect(result).toEqual({status: 0, stdout: '', stderr: `The same 2 entries, digest ${expected.digest}.\n`});
	});

	test('ends with 1 and names every difference, never a value', async () => {
		const [a, b] = [await file('a.ldif', content), await file('b.ldif', changed)];
		const result = await run(['diff', a, b]);
		expect(result.status).toBe(1);
		expect(result.stdout.trimEnd().split('\n').toSorted()).toEqual([
			'differs   uid=ada,dc=example,dc=com: userpassword',
			'extra     uid=bob,dc=example,dc=com',
		]);
		expect(result.stderr).toBe(`0 missing in ${b}, 1 extra, 1 differ, 0 duplicates.\n`);
		const back = await run(['diff', b, a]);
		expect(back.stdout).toContain('missing   uid=bob,dc=example,dc=com\n');
	});

	test('names an entry that stands twice, and the file', async () => {
		const result = await run([
			'diff',
			await file('a.ldif', content),
			await file('b.ldif', `${content}dn: UID=ada,dc=example,dc=com\nuid: ada\n\n`),
		]);
		expect(result.status).toBe(1);
		expect(result.stdout).toContain('duplicate UID=ada,dc=example,dc=com, in file b\n');
	});

	test('gives the same as JSON', async () => {
		const [a, b] = [await file('a.ldif', content), await file('b.ldif', changed)];
		const {status, stdout, stderr} = await run(['diff', a, b], 'json');
		expect({status, stderr}).toEqual({status: 1, stderr: ''});
		const result = JSON.parse(stdout) as {readonly differences: readonly unknown[]; readonly a: DigestResult};
		expect(result).toMatchObject({
			same: false,
			missing: 0,
			extra: 1,
			differing: 1,
			duplicates: 0,
			a: {digest: expected.digest},
			b: {entries: 3},
		});
		expect(result.differences).toEqual([
			{kind: 'extra', dn: 'uid=bob,dc=example,dc=com'},
			{kind: 'differs', dn: 'uid=ada,dc=example,dc=com', attributes: ['userpassword']},
		]);
		expect(stdout).not.toContain('SECRET');
	});

	test('shows a DN without what would change the terminal', async () => {
		const {stdout} = await run([
			'diff',
			await file('a.ldif', 'dn: dc=a\ndc: a\n\n'),
			await file('b.ldif', 'dn: dc=a\ndc: a\n\ndn: cn=\u{1B}[31mred\u{202E},dc=a\ncn: x\n\n'),
		]);
		expect(stdout).toBe('extra     cn=red,dc=a\n');
	});

	test('says which of the files is damaged', async () => {
		const [a, b] = [await file('a.ldif', content), await file('b.ldif', 'dn: dc=a\nnonsense\n')];
		expect(await failureOf(['diff', a, b])).toMatchObject({
			code: 'ldif-malformed',
			seen: expect.stringContaining(`${b}: Line 2`) as string,
		});
	});
});

test.each([
	[[]],
	[['digest']],
	[['digest', 'a', 'b']],
	[['diff', 'a']],
	[['diff', 'a', 'b', 'c']],
	[['diff', '-', 'b']],
	[['diff', 'a', '-']],
	[['sum', 'a']],
])('refuses the words %j as wrong usage', async words => {
	expect(await failureOf(words)).toMatchObject({code: 'usage', exit: 'usage'});
});

describe('the program', () => {
	const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
	const unroot = async (words: readonly string[], stdin: string | Buffer = '') => {
		const child = spawn(process.execPath, [cli, 'ldif', ...words]);
		child.stdin.end(stdin);
		const [stdout, stderr, status] = await Promise.all([
			text(child.stdout),
			text(child.stderr),
			new Promise<number | null>(resolve => {
				child.on('close', resolve);
			}),
		]);
		return {status, stdout, stderr};
	};

	test.each([
		['plain', content],
		['gzip', gzipSync(content)],
	])('reads standard input, %s', async (_, stdin) => {
		expect(await unroot(['digest', '-'], stdin)).toEqual({
			status: 0,
			stdout: `${expected.digest}  -\n2 entries, ${content.length} bytes\n`,
			stderr: '',
		});
	});

	test('ends with 0 for the same, 1 for a difference and for damage, 2 for wrong usage', async () => {
		const [a, b, c] = [
			await file('a.ldif', content),
			await file('b.ldif', changed),
			await file('c.ldif', 'nonsense\n'),
		];
		const results = await Promise.all(
			[['diff', a, a], ['diff', a, b], ['digest', c], ['digest', `${a}.none`], ['digest']].map(async words =>
				unroot(words),
			),
		);
		expect(results.map(({status}) => status)).toEqual([0, 1, 1, 2, 2]);
	});
});
