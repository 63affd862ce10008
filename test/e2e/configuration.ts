import {expect} from 'vitest';
import {ask} from './ask.js';
import type {KubeObject} from './cluster.js';
import type {World} from './world.js';

/** Schema of the operator's own, in a file of the old server. */
const schema = [
	'dn: cn=schema',
	'objectClass: top',
	'objectClass: ldapSubentry',
	'objectClass: subschema',
	'cn: schema',
	"attributeTypes: ( 1.3.6.1.4.1.32473.1.1 NAME 'badgeNumber' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
	"objectClasses: ( 1.3.6.1.4.1.32473.2.1 NAME 'badgeHolder' SUP top AUXILIARY MAY badgeNumber )",
	'',
].join('\n');

/** What an administrator has set on the old server over the years: an index, a policy, a limit. */
const settings: ReadonlyArray<readonly string[]> = [
	[
		'create-local-db-index',
		'--backend-name',
		'userRoot',
		'--index-name',
		'employeeNumber',
		'--set',
		'index-type:equality',
	],
	['set-password-policy-prop', '--policy-name', 'Default Password Policy', '--set', 'lockout-failure-count:5'],
	['set-global-configuration-prop', '--set', 'size-limit:2345'],
];

const badgeHolder = [
	'dn: uid=user.8,ou=People,dc=example,dc=com',
	'changetype: modify',
	'add: objectClass',
	'objectClass: badgeHolder',
	'-',
	'add: badgeNumber',
	'badgeNumber: 007',
	'',
].join('\n');

export type Pod = KubeObject & {
	readonly status?: {readonly conditions?: ReadonlyArray<{readonly type: string; readonly status: string}>};
};

/** Gives the old server schema, settings and an entry that needs the schema. */
export const configure = async (world: World): Promise<void> => {
	const pod = 'pingdirectory-0';
	const run = async (argv: readonly string[], input?: string): Promise<void> => {
		const {exitCode, stdout, stderr} = await world.exec(pod, argv, input);
		expect(exitCode, `${argv.join(' ')}: ${stdout}${stderr}`).toBe(0);
	};

	for (const setting of settings) {
		await run(['dsconfig', ...setting, '--no-prompt']);
	}

	await run(['sh', '-c', 'cat >/opt/out/instance/config/schema/60-badges.ldif'], schema);
	// A server reads its schema when it starts.
	await world.kubectl('delete', 'pod', pod);
	await world.until<Pod>(
		'pod',
		pod,
		({status}) => status?.conditions?.some(one => one.type === 'Ready' && one.status === 'True') ?? false,
	);
	await run(['ldapmodify'], badgeHolder);
};

/** Which of the settings a server says it has, by the objects they are of. */
export const settingsOn = async (world: World, pod: string): Promise<readonly string[]> => {
	const answer = await ask(world, pod, {
		baseDn: 'cn=config',
		filter: '(|(ds-cfg-attribute=employeeNumber)(ds-cfg-lockout-failure-count=5)(ds-cfg-size-limit=2345))',
		attributes: ['1.1'],
	});
	return answer.keys().toArray().toSorted();
};

/** The objects of all of them. */
export const wantedSettings = [
	'dn: cn=Default Password Policy,cn=Password Policies,cn=config',
	'dn: cn=config',
	'dn: ds-cfg-attribute=employeeNumber,cn=Index,ds-cfg-backend-id=userRoot,cn=Backends,cn=config',
];

/** The entry that needs the schema, as an answer has it. */
export const holderOfBadge = 'dn: uid=user.8,ou=People,dc=example,dc=com';
