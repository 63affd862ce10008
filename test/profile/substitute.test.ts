import {spawnSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {readDocument} from '../../source/profile/json-text.js';
import {findLeaks} from '../../source/profile/secrets.js';
import {environmentText, substituteSecrets, variablesText} from '../../source/profile/substitute.js';

/** A variable as it stands in a profile. */
const variable = (name: string): string => `\${${name}}`;

const bulkExport = {
	metadata: {pfVersion: '10.1.5.0'},
	operations: [
		{
			resourceType: '/dataStores',
			operationType: 'SAVE',
			items: [
				{
					type: 'LDAP',
					id: 'LDAP-1',
					hostnames: ['pingdirectory'],
					userDN: 'cn=pingfederate',
					encryptedPassword: 'OBF:JWE:first',
					useSsl: false,
				},
				{
					type: 'JDBC',
					id: 'ProvisionerDS',
					connectionUrl: `jdbc:hsqldb:${variable('pf.server.data.dir')}/db`,
					encryptedPassword: 'OBF:JWE:second',
				},
			],
		},
		{
			resourceType: '/keyPairs/signing',
			items: [{id: 'signing', fileData: 'TUlJSnR3SUJB', encryptedPassword: 'OBF:JWE:third'}],
		},
		{
			resourceType: '/passwordCredentialValidators',
			items: [
				{
					id: 'simple',
					configuration: {
						tables: [
							{
								name: 'Users',
								rows: [
									{
										fields: [
											{name: 'Username', value: 'joe'},
											{name: 'Password', encryptedValue: String.raw`a "quoted" \ value`},
										],
									},
									{
										fields: [
											{name: 'Username', value: 'ann'},
											{name: 'Password', encryptedValue: 'another'},
										],
									},
								],
							},
						],
						fields: [{name: 'Client Secret', value: 'in the clear'}],
					},
				},
			],
		},
		{
			resourceType: '/configStore',
			subResource: 'org.sourceid.saml20.service.impl.PseudonymServiceSha1Impl',
			items: [{id: 'entropy', stringValue: 'c2FsdA==', type: 'STRING'}],
		},
		{
			resourceType: '/oauth/clients',
			items: [
				{
					clientId: 'web',
					clientAuth: {type: 'SECRET', encryptedSecret: '', secret: 'top\nsecret'},
					jwks: {
						keys: [
							{
								kty: 'EC',
								kid: 'one',
								d: 'private',
								x: 'public',
							},
						],
					},
				},
			],
		},
	],
};

const names = [
	'DATASTORES_LDAP_1_ENCRYPTEDPASSWORD',
	'DATASTORES_PROVISIONERDS_ENCRYPTEDPASSWORD',
	'KEYPAIRS_SIGNING_SIGNING_FILEDATA',
	'KEYPAIRS_SIGNING_SIGNING_ENCRYPTEDPASSWORD',
	'PASSWORDCREDENTIALVALIDATORS_SIMPLE_CONFIGURATION_TABLES_USERS_ROWS_1_FIELDS_PASSWORD_ENCRYPTEDVALUE',
	'PASSWORDCREDENTIALVALIDATORS_SIMPLE_CONFIGURATION_TABLES_USERS_ROWS_2_FIELDS_PASSWORD_ENCRYPTEDVALUE',
	'PASSWORDCREDENTIALVALIDATORS_SIMPLE_CONFIGURATION_FIELDS_CLIENT_SECRET_VALUE',
	'CONFIGSTORE_ORG_SOURCEID_SAML20_SERVICE_IMPL_PSEUDONYMSERVICESHA1IMPL_ENTROPY_STRINGVALUE',
	'OAUTH_CLIENTS_WEB_CLIENTAUTH_SECRET',
	'OAUTH_CLIENTS_WEB_JWKS_KEYS_ONE_D',
];

const substituted = substituteSecrets(readDocument(JSON.stringify(bulkExport)), 'PF_EXPORT');

/** What `envsubst` does: names in braces, set ones alone; it does not look at what it put in. */
const expand = (text: string, values: ReadonlyMap<string, string>): string =>
	text.replaceAll(/\$\{(?<name>[A-Z_a-z]\w*)\}/gv, (whole, name: string) =>
		name === 'DOLLAR' ? '$' : (values.get(name) ?? whole),
	);

test('secrets become variables named by their place, and nothing of their values is left', () => {
	expect(substituted.values.keys().toArray()).toEqual(names.map(name => `PF_EXPORT_${name}`));
	for (const secret of ['OBF:', 'TUlJSnR3SUJB', 'quoted', 'another', 'in the clear', 'c2FsdA==', 'top', 'private']) {
		expect(substituted.text).not.toContain(secret);
	}

	for (const plain of [
		'pingdirectory',
		'cn=pingfederate',
		'joe',
		'"x": "public"',
		'"useSsl": false',
		'"encryptedSecret": ""',
	]) {
		expect(substituted.text).toContain(plain);
	}

	expect(findLeaks(new Map([['data.json.subst', new TextEncoder().encode(substituted.text)]]))).toEqual([]);
});

test('with the values in place the document is the one that was exported', () => {
	expect(JSON.parse(expand(substituted.text, substituted.values))).toEqual(bulkExport);
});

const hasEnvsubst = spawnSync('envsubst', ['--version']).status === 0;

test.skipIf(!hasEnvsubst)(
	'and so it is with the real envsubst, given the environment file (skipped where there is none)',
	() => {
		const lines = environmentText(substituted.values)
			.split('\n')
			.filter(Boolean)
			.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
		const result = spawnSync('envsubst', {
			input: substituted.text,
			env: {...Object.fromEntries(lines), DOLLAR: '$'},
			encoding: 'utf8',
		});
		expect(JSON.parse(result.stdout)).toEqual(bulkExport);
	},
);

test('the list of variables has their names and no value', () => {
	const text = variablesText('instance/bulk-config/data.json.subst', substituted.values);
	expect(text.split('\n').slice(1, -1)).toEqual(substituted.values.keys().toArray());
	expect(text).not.toMatch(/=|OBF/v);
});

test('names stay the same when an item is added before, and are never given twice', () => {
	const document = (items: readonly object[]): ReadonlyMap<string, string> =>
		substituteSecrets(readDocument(JSON.stringify({operations: [{resourceType: '/a', items}]})), 'X').values;
	expect(document([{id: 'b', password: '1'}])).toEqual(new Map([['X_A_B_PASSWORD', '1']]));
	expect(
		document([
			{id: 'a', password: '0'},
			{id: 'b', password: '1'},
		]).get('X_A_B_PASSWORD'),
	).toBe('1');
	expect(
		document([
			{id: 'b-c', password: '1'},
			{id: 'b.c', password: '2'},
			{id: 'b c', password: '3'},
		]),
	).toEqual(
		new Map([
			['X_A_B_C_PASSWORD', '1'],
			['X_A_B_C_PASSWORD_2', '2'],
			['X_A_B_C_PASSWORD_3', '3'],
		]),
	);
});

test('numbers keep their digits, dollars their meaning, and every kind of value its own', () => {
	const text = String.raw`{"a":12345678901234567890,"b":1.0,"c":[],"d":{},"e":null,"f":[true,-0],"__proto__":"x","$g":"$HOME ${variable('PATH')} \u2028\u0007"}`;
	const {text: written, values} = substituteSecrets(readDocument(text), 'X');
	expect(values.size).toBe(0);
	expect(written).toContain('12345678901234567890');
	expect(written).toContain('1.0');
	expect(written).not.toMatch(/\$(?!\{DOLLAR\})/v);
	expect(JSON.parse(expand(written, values))).toEqual(JSON.parse(text));
});

test('what is nested deeper than any configuration is refused', () => {
	expect(() => substituteSecrets(readDocument(`${'['.repeat(500)}${']'.repeat(500)}`), 'X')).toThrow(RangeError);
});

test.each([
	['"description": "-----BEGIN PRIVATE KEY-----"', 1],
	['"description": "{SSHA}c2VjcmV0c2VjcmV0"', 1],
	['"clientSecret": "abcdef"', 1],
	[`"clientSecret": "${variable('DOLLAR')}ecret"`, 1],
	[`"clientSecret": "${variable('PF_EXPORT_A')}"`, 0],
	['"hashedValue": "abcdef"', 1],
	['"note": "OBF:JWE:eyJhbGciOiJkaXIi"', 1],
	['"tokenEndpointAuthMethod": "client_secret_basic"', 0],
	['"passwordPolicyRef": {"id": "x"}', 0],
])('in an export, «%s» has %i leaks, by file and line', (line, leaks) => {
	const found = findLeaks(new Map([['data.json.subst', new TextEncoder().encode(`{\n\t${line}\n}\n`)]]));
	expect(found.map(({path, line: at}) => `${path}:${at}`)).toEqual(leaks === 0 ? [] : ['data.json.subst:2']);
});
