import {expect, test} from 'vitest';
import {masked, maskedText, secretsInTheClear} from '../../source/manifests/objects/masked.js';
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
