import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {expect, test} from 'vitest';
import {digestOf} from '../../../source/ldif/digest.js';
import {refuseReversible, reversibleQuestion} from '../../../source/steps/questions/reversible.js';

const entry = (uid: string, ...lines: readonly string[]): string =>
	`${[`dn: uid=${uid},dc=example,dc=com`, 'objectClass: person', `uid: ${uid}`, ...lines].join('\n')}\n\n`;

const inBase64 = (value: string): string => `userPassword:: ${Buffer.from(value).toString('base64')}`;

const countsOf = async (...entries: readonly string[]) => {
	const {reversible} = await digestOf(Readable.from([Buffer.from(entries.join(''))]));
	return reversible;
};

test('passwords whose keys do not travel are counted by scheme, however they are written', async () => {
	expect(
		await countsOf(
			entry('a', inBase64('{AES}c2VjcmV0')),
			entry('b', 'userPassword: {aes}c2VjcmV0'),
			entry('c', inBase64('{3DES}c2VjcmV0'), 'ds-pwp-retired-password: {RC4}c2VjcmV0'),
			entry('d', inBase64('{AES256}c2VjcmV0')),
		),
	).toEqual({AES: 2, '3DES': 1, RC4: 1, AES256: 1});
});

test('hashes, other attributes and text that only looks alike are none', async () => {
	expect(
		await countsOf(
			entry('a', inBase64('{SSHA512}c2VjcmV0')),
			entry('b', 'description: {AES}c2VjcmV0', 'userpasswort: {AES}x'),
			entry('c', 'userPassword: {AES', 'userPassword: AES}x'),
		),
	).toBeUndefined();
});

const copy = {backend: 'userRoot', path: '/copy', bytes: 1, sha256: '', digest: '', entries: 1};
const run: Parameters<typeof refuseReversible>[0]['run'] = {
	id: 'r',
	folder: '/r',
	mode: 'migrate',
	context: 'c',
	namespace: 'n',
	sandbox: false,
};

test('nothing is asked where there are none', () => {
	expect(reversibleQuestion([copy])).toEqual([]);
	expect(() => {
		refuseReversible({answers: {}, run}, [copy]);
	}).not.toThrow();
});

test('the run stops for them unless it was accepted', () => {
	const files = [{...copy, reversible: {AES: 2, AES256: 1}}];
	expect(reversibleQuestion(files)).toMatchObject([{id: 'reversible-passwords', recommended: 'stop'}]);
	const decide = (answer: string | undefined) => () => {
		refuseReversible({answers: answer === undefined ? {} : {'reversible-passwords': answer}, run}, files);
	};

	expect(decide(undefined)).toThrow('2 passwords of the scheme AES in userRoot, 1 password of the scheme AES256');
	expect(decide('stop')).toThrow('The copy holds');
	expect(decide('accept')).not.toThrow();
});
