import {expect, test} from 'vitest';
import {secretsInDocument, withoutSecrets} from '../../source/manifests/secrets/documents.js';
import {secretsInTheClear} from '../../source/manifests/secrets/in-the-clear.js';
import {masked, maskedText} from '../../source/manifests/secrets/objects.js';
import type {Manifest} from '../../source/ping/workload.js';

const secret = 'opensesame';

const workload = (env: ReadonlyArray<Readonly<Record<string, unknown>>>): Manifest => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {name: 'pingdirectory'},
	spec: {template: {spec: {containers: [{name: 'pingdirectory', env}]}}},
});

const map = (data: Readonly<Record<string, string>>): Manifest => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name: 'settings'},
	data,
});

test.each([
	workload([{name: 'PING_IDENTITY_PASSWORD', value: secret}]),
	workload([{name: 'LDAP_BIND_PW', value: secret}]),
	workload([{name: 'DB_URL', value: `jdbc:mysql://db/x?user=a&password=${secret}`}]),
	workload([{name: 'SERVER_PROFILE_URL', value: `https://me:${secret}@git.example.com/p.git`}]),
	map({LDAP_BIND_PASSWORD: secret}),
	map({env_vars: `LOCATION=paris\nexport ROOT_USER_PASSWORD="${secret}"\n`}),
	map({'application.yml': `ldap:\n  bindPassword: ${secret}\n`}),
	map({'data.json': `{\n  "clientSecret": "${secret}",\n  "port": 1\n}\n`}),
])('%j: what it holds in the clear is neither kept nor shown, and named', object => {
	expect(JSON.stringify(masked(object))).not.toContain(secret);
	expect(masked(object)).toMatchObject({kind: object.kind, metadata: object.metadata});
	const [found] = secretsInTheClear(object);
	expect(found?.place).toContain(`${object.kind}/${object.metadata.name}`);
	expect(maskedText(`+  value: ${secret}\n+${found?.text ?? ''}\n`, [object])).not.toContain(found?.text);
});

test('references, names of files and settings stay as they are', () => {
	for (const object of [
		workload([
			{
				name: 'PING_IDENTITY_PASSWORD',
				valueFrom: {secretKeyRef: {name: 'devops-secret', key: 'PING_IDENTITY_PASSWORD'}},
			},
			{name: 'ROOT_USER_PASSWORD_FILE', value: '/run/secrets/root-user-password'},
			{name: 'OTHER_PASSWORD', value: '$(PING_IDENTITY_PASSWORD)'},
			{name: 'LDAPS_PORT', value: '636'},
		]),
		map({LDAPS_PORT: '636', env_vars: 'LOCATION=paris\nROOT_USER_PASSWORD=${PASSWORD}\n'}),
	]) {
		expect(secretsInTheClear(object)).toEqual([]);
		expect(masked(object)).toBe(object);
	}
});

const body = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', 'c3R1dg=='];
const key = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----'];
const long = /MIIEvQ|BKcwgg|PRIVATE KEY-----/v;

test.each([
	map({'tls.key': `${key.join('\n')}\n`}),
	map({'server.yml': `tls:\n  key: |\n    ${key.join('\n    ')}\n  port: 636\n`}),
	map({'tls.key': `${key.slice(0, 3).join('\n')}\nport: 636\n`}),
	map({'id.ppk': `PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 3\n${body.join('\n')}\nPrivate-MAC: 0f\nport: 636`}),
	workload([{name: 'TLS_PRIVATE_KEY', value: `${key.join('\n')}\n`}]),
])('%j: of a private key no line is kept or shown', object => {
	expect(JSON.stringify(masked(object))).not.toMatch(/MIIEvQ|BKcwgg|c3R1dg|PRIVATE KEY-----/v);
	expect(JSON.stringify(masked(object)).includes('port: 636')).toBe(JSON.stringify(object).includes('port: 636'));
	const shown = maskedText(`+  key: |\n${body.map(one => `+      ${one}`).join('\n')}\n+  port: 636\n`, [object]);
	expect(shown).not.toMatch(long);
	expect(shown).toContain('port: 636');
});

test('of a private key in a document no line is left, however it is written, and one thing stands for all', () => {
	for (const document of [
		workload([{name: 'TLS_PRIVATE_KEY', value: `${key.join('\n')}\n`}]),
		map({TLS_PRIVATE_KEY: `${key.join('\n')}\n`}),
	]) {
		const secrets = secretsInDocument(document);
		const block = `a: |\n    ${key.join('\n    ')}\nport: 636`;
		expect(withoutSecrets(block, secrets, () => 'X')).toBe('a: |\n    X\nport: 636');
		expect(withoutSecrets(`a: ${JSON.stringify(key.join('\n'))}`, secrets, () => 'X')).toBe('a: "X"');
		expect(withoutSecrets(`+ ${body.join('\n+ ')}`, secrets)).not.toMatch(long);
	}
});

test('of a script with a secret only that is looked for', () => {
	const script = `#!/bin/sh\nexport URL=https://me:${secret}@git.example.com/p.git\nexec something-that-runs\n`;
	const secrets = secretsInDocument(workload([{name: 'SCRIPT', value: script}]));
	const left = withoutSecrets(`    ${script.replaceAll('\n', '\n    ')}`, secrets);
	expect(left).not.toContain(secret);
	expect(left).toContain('exec something-that-runs');
});
