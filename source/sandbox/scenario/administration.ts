import {Buffer} from 'node:buffer';
import type {KubeObject} from '../store/object.js';
import {adminApis} from '../tools/admin-api.js';

/** A product that is configured through its administration API. */
export type Administered = keyof typeof adminApis;

/** A file of the volume of an administration node, by its path below /opt/out. */
export type PlantedFile = {readonly path: string; readonly text: string; readonly mode: number};

const namespace = 'identity';

/** A variable of the product's own, which envsubst must leave alone. */
const ownVariable = ['jdbc:hsqldb:$', '{pf.server.data.dir}$', '{/}hypersonic'].join('');

const obfuscated = (text: string): string =>
	`OBF:JWE:eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..${Buffer.from(text).toString('base64url')}`;

const federateConfiguration = {
	metadata: {pfVersion: '10.1.5.0'},
	operations: [
		{
			resourceType: '/dataStores',
			operationType: 'SAVE',
			items: [
				{
					type: 'LDAP',
					id: 'LDAP-1',
					name: 'pingdirectory',
					hostnames: ['pingdirectory'],
					userDN: 'cn=pingfederate',
					encryptedPassword: obfuscated('sandbox-ldap-secret'),
					useSsl: false,
				},
				{
					type: 'JDBC',
					id: 'ProvisionerDS',
					connectionUrl: ownVariable,
					userName: 'sa',
					encryptedPassword: obfuscated('sandbox-jdbc-secret'),
				},
			],
		},
		{
			resourceType: '/keyPairs/signing',
			operationType: 'SAVE',
			items: [
				{
					id: 'signing',
					fileData: Buffer.from('sandbox-signing-key').toString('base64'),
					encryptedPassword: obfuscated('sandbox-signing-secret'),
				},
			],
		},
		{
			resourceType: '/oauth/clients',
			operationType: 'SAVE',
			items: [
				{
					clientId: 'portal',
					redirectUris: ['https://pingaccess:443/pa/oidc/cb'],
					clientAuth: {type: 'SECRET', encryptedSecret: obfuscated('sandbox-client-secret')},
				},
			],
		},
	],
};

const accessConfiguration = {
	version: '6.1.4.0',
	data: {
		keyPairs: [
			{
				id: 1,
				alias: 'Generated: ADMIN',
				fileData: Buffer.from('sandbox-admin-key').toString('base64'),
				password: {encryptedValue: obfuscated('sandbox-admin-key-secret')},
				hsmProviderId: 0,
			},
		],
		sites: [{id: 1, name: 'portal', targets: ['portal:8080']}],
		tokenProviderSettings: {type: 'PingFederate', clientSecret: {encryptedValue: obfuscated('sandbox-token-secret')}},
	},
};

/**
`kind`: what the administration node is in the chart (helm-charts, values.yaml: `pingaccess-admin` is a StatefulSet from
0.5.2 on, what names no type is a Deployment).
*/
type Row = {
	readonly image: string;
	readonly kind: 'Deployment' | 'StatefulSet';
	readonly key: string;
	readonly configuration: unknown;
	readonly enginePort: number;
};

const rows: Readonly<Record<Administered, Row>> = {
	pingfederate: {
		image: 'pingidentity/pingfederate:2102-10.1.5',
		kind: 'Deployment',
		key: 'instance/server/default/data/pf.jwk',
		configuration: federateConfiguration,
		enginePort: 9031,
	},
	pingaccess: {
		image: 'pingidentity/pingaccess:2102-6.1.4',
		kind: 'StatefulSet',
		key: 'instance/conf/pa.jwk',
		configuration: accessConfiguration,
		enginePort: 3000,
	},
};

/** The claim of the administration node's volume: its own in a Deployment, one of a template's in a StatefulSet. */
export const administrationClaim = (product: Administered): string =>
	rows[product].kind === 'Deployment' ? `${product}-admin-out` : `out-dir-${product}-admin-0`;

/**
What lies on the volume of the administration node: its configuration, and the key that its secrets are encrypted with.
*/
export const administrationFiles = (product: Administered): readonly PlantedFile[] => [
	{
		path: adminApis[product].configuration.slice('/opt/out/'.length),
		text: JSON.stringify(rows[product].configuration),
		mode: 0o600,
	},
	{
		path: rows[product].key,
		text: `{"keys":[{"kty":"oct","kid":"sandbox","k":"${Buffer.from(`sandbox-key-of-${product}`).toString('base64url')}"}]}\n`,
		mode: 0o400,
	},
];

const environment = (mode: string): ReadonlyArray<Readonly<Record<string, unknown>>> => [
	{name: 'PING_IDENTITY_ACCEPT_EULA', value: 'YES'},
	{name: 'OPERATIONAL_MODE', value: mode},
	{name: 'PING_IDENTITY_PASSWORD', valueFrom: {secretKeyRef: {name: 'devops-secret', key: 'PING_IDENTITY_PASSWORD'}}},
];

/** An administration node of the old days with an engine beside it, as an operator would have applied them. */
export const administrationObjects = (product: Administered): readonly KubeObject[] => {
	const {image, kind: adminKind, enginePort} = rows[product];
	const admin = `${product}-admin`;
	const engine = `${product}-engine`;
	const object = (kind: string, name: string, rest: Record<string, unknown>, apiVersion = 'v1'): KubeObject => ({
		apiVersion,
		kind,
		metadata: {name, namespace, ...(kind !== 'Secret' && {labels: {role: name}})},
		...rest,
	});
	return [
		object('Secret', 'devops-secret', {
			type: 'Opaque',
			data: {PING_IDENTITY_PASSWORD: Buffer.from(String.raw`sandbox "admin" pass\word`).toString('base64')},
		}),
		object('Service', admin, {
			spec: {selector: {role: admin}, ports: [{name: 'https', port: adminApis[product].port}]},
		}),
		object('Service', engine, {spec: {selector: {role: engine}, ports: [{name: 'https', port: enginePort}]}}),
		object(
			adminKind,
			admin,
			{
				spec: {
					replicas: 1,
					...(adminKind === 'StatefulSet' && {serviceName: admin}),
					selector: {matchLabels: {role: admin}},
					template: {
						metadata: {labels: {role: admin}},
						spec: {
							containers: [
								{
									name: product,
									image,
									env: environment('CLUSTERED_CONSOLE'),
									ports: [{name: 'https', containerPort: adminApis[product].port}],
									volumeMounts: [{name: 'out-dir', mountPath: '/opt/out'}],
								},
							],
							...(adminKind === 'Deployment' && {
								volumes: [{name: 'out-dir', persistentVolumeClaim: {claimName: administrationClaim(product)}}],
							}),
						},
					},
					...(adminKind === 'StatefulSet' && {
						volumeClaimTemplates: [
							{
								metadata: {name: 'out-dir'},
								spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '4Gi'}}},
							},
						],
					}),
				},
			},
			'apps/v1',
		),
		object(
			'Deployment',
			engine,
			{
				spec: {
					replicas: 1,
					selector: {matchLabels: {role: engine}},
					template: {
						metadata: {labels: {role: engine}},
						spec: {
							containers: [
								{
									name: product,
									image,
									env: environment('CLUSTERED_ENGINE'),
									ports: [{name: 'https', containerPort: enginePort}],
								},
							],
						},
					},
				},
			},
			'apps/v1',
		),
	];
};
