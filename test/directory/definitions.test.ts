import {expect, test} from 'vitest';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {readCertificates, readDefinitions, readSchemaNames} from '../../source/directory/definitions.js';
import type {DirectoryServer} from '../../source/directory/server.js';
import type {JsonObject} from '../../source/migration/json.js';
import type {PodShell} from '../../source/migration/world.js';
import {lookBeside} from '../../source/steps/configuration/beside.js';
import {withSandbox} from '../cluster/sandbox-connection.js';

test('definitions, certificates and schema of a server are read, and no key of it', async () => {
	const {connection} = await withSandbox();
	const server: DirectoryServer = {
		pods: createPodShell(connection),
		target: {pod: 'pingdirectory-0', container: 'pingdirectory'},
		ldapsPort: 636,
	};
	const [ids, certificates, names] = await Promise.all([
		readDefinitions(server),
		readCertificates(server),
		readSchemaNames(server),
	]);
	expect(ids).toEqual([expect.stringMatching(/^\S{8,}$/v)]);
	expect(certificates).toEqual([
		{
			subject: 'CN=pingdirectory-0.pingdirectory-cluster,O=Ping Identity Self-Signed Certificate',
			until: 'Tuesday, December 31, 2047 at 12:00:00 AM Coordinated Universal Time',
		},
	]);
	expect([...names]).toEqual(expect.arrayContaining(['object class person']));
});

/** Two servers that say what is given, and the facts that a comparison of them gives. */
const factsOf = async (says: Readonly<Record<string, readonly [id: string, attribute: string]>>) => {
	const pods: PodShell = {
		async script({pod}, script) {
			const [id = '', attribute = ''] = says[pod] ?? [];
			const stdout = script.includes('encryption-settings')
				? `Encryption Settings Definition ID:  ${id}\n`
				: script.includes('manage-certificates')
					? ''
					: `dn: cn=schema\nattributeTypes: ( 1.1 NAME 'cn' )\nattributeTypes: ( 1.2 NAME '${attribute}' )\n`;
			return {exitCode: 0, stdout, stderr: ''};
		},
		run: async () => expect.unreachable(),
		byHand: () => 'by hand',
	};
	const outcomes: Record<string, JsonObject> = {
		inventory: {
			workload: {
				product: 'pingdirectory',
				kind: 'StatefulSet',
				name: 'old',
				container: 'pd',
				pods: ['old-0'],
				ports: {},
			},
			pod: 'old-0',
			ldapsPort: 636,
			backends: [],
		},
		strategy: {strategy: 'fresh', newName: 'new', newPorts: {LDAPS_PORT: 1636}},
		apply: {workload: 'new', pod: 'new-0', runPlan: 'START'},
	};
	const facts = await lookBeside({world: {pods}, outcomes, answers: {}} as unknown as Parameters<typeof lookBeside>[0]);
	return facts.filter(({label}) => !label.startsWith('certificate'));
};

test('what the new server lacks of definitions and of schema is named', async () => {
	await expect(factsOf({'old-0': ['A1', 'shoeSize'], 'new-0': ['A1', 'shoeSize']})).resolves.toMatchObject([
		{label: 'encryption settings', mark: 'good'},
		{label: 'schema', mark: 'good'},
	]);
	await expect(factsOf({'old-0': ['A1', 'shoeSize'], 'new-0': ['B2', 'other']})).resolves.toMatchObject([
		{value: expect.stringContaining('lacks the definition A1') as string, mark: 'warning'},
		{value: expect.stringContaining('does not know 1 definition of the old one, such as attribute shoesize') as string},
	]);
});
