import {Buffer} from 'node:buffer';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {plainOptions} from '../../../source/cluster/api/plain-credentials.js';
import {temporaryFolder} from '../temporary-folder.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
	['a token', {token: 'abc'}, {Authorization: 'Bearer abc'}],
	[
		'a name and a password',
		{username: 'ada', password: 'pass:word'},
		{Authorization: `Basic ${base64('ada:pass:word')}`},
	],
	['a token before a name', {token: 'abc', username: 'ada', password: 'x'}, {Authorization: 'Bearer abc'}],
	['somebody else to act as', {token: 'abc', as: 'bob'}, {Authorization: 'Bearer abc', 'Impersonate-User': 'bob'}],
	['nothing', {}, {}],
])('%s is what a request is signed with', async (_what, user, headers) => {
	expect(await plainOptions(user, {})).toEqual({headers});
});

test('certificates are read from files anew for each request, and data stand before files', async () => {
	const folder = await temporaryFolder();
	const files = {ca: join(folder, 'ca.crt'), cert: join(folder, 'ada.crt'), key: join(folder, 'ada.key')};
	for (const [name, path] of Object.entries(files)) {
		await writeFile(path, `${name} one`);
	}

	const user = {'client-certificate': files.cert, 'client-key': files.key};
	const cluster = {'certificate-authority': files.ca};
	expect(await plainOptions(user, cluster)).toEqual({
		ca: Buffer.from('ca one'),
		cert: Buffer.from('cert one'),
		key: Buffer.from('key one'),
		headers: {},
	});
	await writeFile(files.cert, 'cert two');
	expect(await plainOptions(user, {...cluster, 'certificate-authority-data': base64('ca data')})).toMatchObject({
		ca: Buffer.from('ca data'),
		cert: Buffer.from('cert two'),
	});
	await expect(plainOptions({'client-key': join(folder, 'none')}, {})).rejects.toMatchObject({code: 'ENOENT'});
});

test.each([
	['the name that the certificate is for', {'tls-server-name': 'api.example'}, {servername: 'api.example'}],
	['that nothing is to be verified', {'insecure-skip-tls-verify': true}, {rejectUnauthorized: false}],
	['that all is to be verified, which is the default', {'insecure-skip-tls-verify': false}, {}],
])('a cluster says %s', async (_what, cluster, options) => {
	expect(await plainOptions({}, cluster)).toEqual({...options, headers: {}});
});
