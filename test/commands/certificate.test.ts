import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {certificateOf, givenCertificate, readCertificate} from '../../source/commands/certificate.js';
import {sealed, type Unsealed} from '../../source/migration/certificate.js';
import {emptyState} from '../../source/migration/state.js';
import {temporaryFolder} from '../machine/temporary-folder.js';

const unsealed: Unsealed = {
	schema: 1,
	program: '0.1.0',
	run: 'run-0',
	at: '2026-11-20T10:00:00.000Z',
	sandbox: false,
	rehearsed: {
		strategy: 'fresh',
		image: 'pingidentity/pingdirectory:2103-8.2.0.3',
		'old-image': 'pingidentity/pingdirectory:2102-8.2.0.1',
		kubernetes: 'v1.32',
		kubectl: 'v1.33',
		tools: null,
		schema: null,
		replicas: 3,
		size: {userRoot: 2000},
		rights: [],
		findings: [],
	},
	answers: {},
	steps: {},
	figures: {refusedSeconds: null, forecastSeconds: null, bytes: {}},
	manifests: null,
};

const kept = async (text: string): Promise<string> => {
	const path = join(await temporaryFolder(), 'certificate.json');
	await writeFile(path, text);
	return path;
};

test('a certificate is found beside the answers, or by its name', async () => {
	const path = await kept(JSON.stringify(sealed(unsealed)));
	await expect(readCertificate(path)).resolves.toEqual(sealed(unsealed));
	await expect(givenCertificate(undefined, join(path, '..', 'answers.yaml'))).resolves.toEqual(sealed(unsealed));
	await expect(givenCertificate(path, undefined)).resolves.toEqual(sealed(unsealed));
	await expect(givenCertificate(undefined, '/nowhere/answers.yaml')).resolves.toBeUndefined();
	await expect(givenCertificate(undefined, undefined)).resolves.toBeUndefined();
});

test.each([
	['one that was changed', JSON.stringify({...sealed(unsealed), run: 'run-9'}), /was changed after the rehearsal/v],
	['one without a field', JSON.stringify({...sealed(unsealed), steps: undefined}), /is no certificate.*steps/v],
	['one of a later version', JSON.stringify({...sealed(unsealed), schema: 2}), /is no certificate.*schema/v],
	['half of one', JSON.stringify(sealed(unsealed)).slice(0, 100), /is no JSON/v],
])('%s is refused', async (_, text, says) => {
	await expect(readCertificate(await kept(text))).rejects.toThrow(says);
});

test('one that is named and is not there is refused', async () => {
	await expect(givenCertificate('/nowhere/certificate.json', undefined)).rejects.toThrow(/is not there/v);
});

test('a rehearsal that did not come to its end certifies nothing', () => {
	expect(certificateOf({...emptyState, status: 'stopped'}, {folder: '/runs/r', program: '0.1.0'})).toBeUndefined();
});
