import {Buffer} from 'node:buffer';
import {describe, expect, test} from 'vitest';
import {diffLdif, type Difference, type DiffOptions} from '../../source/ldif/diff.js';
import {digestOf} from '../../source/ldif/digest.js';
import {applyRepair} from './apply-repair.js';
import {createRandom, dnOf, ldifOf, pieces, sampleDirectory, type Sample} from './ldif-text.js';

const compare = async (a: Buffer | string, b: Buffer | string, options: DiffOptions = {}) => {
	const differences: Difference[] = [];
	const repair: string[] = [];
	const passes = {a: 0, b: 0};
	const source = (name: 'a' | 'b', content: Buffer | string) => () => {
		passes[name] += 1;
		return pieces(content, 4096);
	};

	const result = await diffLdif(source('a', a), source('b', b), {
		...options,
		onDifference(difference) {
			differences.push(difference);
		},
		onRepair(text) {
			repair.push(text);
		},
	});
	return {
		...result,
		differences,
		repair: repair.join(''),
		passes,
	};
};

const digest = async (content: Buffer | string): Promise<string> => {
	const {digest: text} = await digestOf(pieces(content));
	return text;
};

const withChanges = (
	samples: readonly Sample[],
	random: (below: number) => number,
): {
	readonly changed: readonly Sample[];
	readonly expected: ReadonlyMap<string, readonly string[] | 'missing' | 'extra'>;
} => {
	const expected = new Map<string, readonly string[] | 'missing' | 'extra'>();
	const changed = samples.flatMap((sample, index): readonly Sample[] => {
		switch (index === 0 ? 9 : random(10)) {
			case 0: {
				expected.set(dnOf(sample), 'missing');
				return [];
			}

			case 1: {
				const added: Sample = {dn: [...sample.dn, ['ou', 'added'], ['cn', 'below']], values: sample.values};
				const above: Sample = {dn: [...sample.dn, ['ou', 'added']], values: [['ou', Buffer.from('added')]]};
				expected.set(dnOf(added), 'extra');
				expected.set(dnOf(above), 'extra');
				return [sample, above, added];
			}

			case 2: {
				expected.set(dnOf(sample), ['street', 'uid']);
				return [
					{...sample, values: [...sample.values.filter(([name]) => name !== 'uid'), ['street', Buffer.from([0, 255])]]},
				];
			}

			default: {
				return [sample];
			}
		}
	});
	return {changed, expected};
};

const foundAsMap = (differences: readonly Difference[]) =>
	new Map(
		differences.map(difference => [
			difference.dn,
			difference.kind === 'differs' ? difference.attributes : difference.kind,
		]),
	);

describe('the comparison', () => {
	test('reads each file once where they hold the same, and says nothing', async () => {
		const samples = sampleDirectory(100, createRandom(1));
		const result = await compare(ldifOf(samples), ldifOf(samples, {wrap: 60, base64: true, random: createRandom(2)}));
		expect(result).toMatchObject({
			same: true,
			missing: 0,
			extra: 0,
			differing: 0,
			duplicates: 0,
			differences: [],
			repair: '',
			passes: {a: 1, b: 1},
		});
	});

	test.each(Array.from({length: 15}, (_, index) => index + 1))(
		'names every difference, and the repair makes the second like the first (seed %i)',
		async seed => {
			const random = createRandom(seed);
			const samples = sampleDirectory(120, random);
			const {changed, expected} = withChanges(samples, random);
			const a = ldifOf(samples);
			const b = ldifOf(changed, {wrap: 50, base64: true, random: createRandom(seed)});
			const result = await compare(a, ldifOf(changed));
			expect(foundAsMap(result.differences)).toEqual(expected);
			const kinds = expected.values().toArray();
			expect(result).toMatchObject({
				same: false,
				missing: kinds.filter(each => each === 'missing').length,
				extra: kinds.filter(each => each === 'extra').length,
				duplicates: 0,
			});
			expect(result.missing + result.extra + result.differing).toBe(expected.size);
			expect(await digest(await applyRepair(b, result.repair))).toBe(await digest(a));
		},
	);

	test('finds the same with hardly any memory, in more passes', async () => {
		const random = createRandom(42);
		const samples = sampleDirectory(150, random);
		const {changed} = withChanges(samples, random);
		const [a, b] = [ldifOf(samples), ldifOf(changed)];
		const ample = await compare(a, b);
		const scarce = await compare(a, b, {memoryMebibytes: 0.001});
		expect(foundAsMap(scarce.differences)).toEqual(foundAsMap(ample.differences));
		expect(scarce.differing).toBe(ample.differing);
		expect(scarce.passes.a).toBeGreaterThan(ample.passes.a);
		expect(await digest(await applyRepair(b, scarce.repair))).toBe(await digest(a));
	});

	test('reads each file few times where little differs', async () => {
		const samples = sampleDirectory(2000, createRandom(5));
		const other: Sample = {...samples[1000]!, values: [['cn', Buffer.from('other')]]};
		const changed = samples.with(1000, other);
		const {passes, differences} = await compare(ldifOf(samples), ldifOf(changed));
		expect(differences).toHaveLength(1);
		expect(passes).toEqual({a: 3, b: 3});
	});

	test('deletes children before parents, adds parents before children, and modifies last', async () => {
		const a = 'dn: dc=a\ndc: a\ncn: new\n\ndn: cn=z,ou=y,dc=a\ncn: z\n\ndn: ou=y,dc=a\nou: y\n\n';
		const b = 'dn: dc=a\ndc: a\n\ndn: ou=old,dc=a\nou: old\n\ndn: cn=x,ou=old,dc=a\ncn: x\n\n';
		const {repair} = await compare(a, b);
		expect(repair.split('\n').filter(line => /^(?:dn|changetype)/v.test(line))).toEqual([
			'dn: cn=x,ou=old,dc=a',
			'changetype: delete',
			'dn: ou=old,dc=a',
			'changetype: delete',
			'dn: ou=y,dc=a',
			'changetype: add',
			'dn: cn=z,ou=y,dc=a',
			'changetype: add',
			'dn: dc=a',
			'changetype: modify',
		]);
	});

	test("writes values that need it in base64, removes attributes, and leaves the server's own alone", async () => {
		const a = `dn: cn=Bürger\ncn: Bürger\nsn:: ${Buffer.from(' lead').toString('base64')}\nds-sync-hist: one\n\n`;
		const b = 'dn: cn=Bürger\ncn: Bürger\nsn: lead\nl: gone\nds-sync-hist: two\n\n';
		const {repair} = await compare(a, b);
		const body = repair.split('\n').filter(line => !line.startsWith('#') && line !== '');
		expect(body).toEqual([
			`dn:: ${Buffer.from('cn=Bürger').toString('base64')}`,
			'changetype: modify',
			'replace: l',
			'-',
			'replace: sn',
			`sn:: ${Buffer.from(' lead').toString('base64')}`,
			'-',
		]);
	});

	test('notices a DN that stands twice in a file, also in another spelling', async () => {
		const {differences, duplicates} = await compare('dn: dc=a\ndc: a\n\n', 'dn: dc=a\ndc: a\n\ndn: DC = A\ndc: a\n\n');
		expect(duplicates).toBe(1);
		expect(differences).toEqual([{kind: 'duplicate', dn: 'DC = A', file: 'b'}]);
	});

	test('names DNs and attributes, never values', async () => {
		const {differences} = await compare(
			'dn: uid=a\nuserPassword: SECRET1\nuid: a\n\n',
			'dn: uid=a\nuserPassword: SECRET2\nuid: a\n\n',
		);
		expect(differences).toEqual([{kind: 'differs', dn: 'uid=a', attributes: ['userpassword']}]);
	});

	test('says which file a problem is in', async () => {
		await expect(
			compare('dn: dc=a\ndc: a\n\n', 'dn: dc=a\nnonsense\n', {names: {a: 'old.ldif', b: 'new.ldif'}}),
		).rejects.toMatchObject({
			parts: {code: 'ldif-malformed', seen: expect.stringMatching(/^new\.ldif: Line 2/v) as string},
		});
	});

	test('says so where a file changes while it is compared', async () => {
		const contents = ['dn: dc=a\ndc: a\n\n', 'dn: dc=a\ndc: a\n\n', 'dn: dc=a\ndc: other\n\n', 'dn: dc=b\ndc: b\n\n'];
		let read = 0;
		const changing = () => {
			read += 1;
			return pieces(contents[Math.min(read, contents.length - 1)]!);
		};

		await expect(diffLdif(changing, () => pieces('dn: dc=a\ndc: third\n\n'))).rejects.toMatchObject({
			parts: {code: 'ldif-changed'},
		});
	});

	test('waits for what takes the repair', async () => {
		const samples = sampleDirectory(300, createRandom(9));
		let busy = 0;
		let most = 0;
		await diffLdif(
			() => pieces(ldifOf(samples), 512),
			() => pieces('dn: dc=example,dc=com\ndc: example\n\n'),
			{
				async onRepair() {
					busy += 1;
					most = Math.max(most, busy);
					await new Promise(resolve => {
						setImmediate(resolve);
					});
					busy -= 1;
				},
			},
		);
		expect(most).toBe(1);
	});
});
