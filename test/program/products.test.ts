import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {catalogue} from '../../source/ping/catalogue/index.js';
import {changedLines} from '../manifests/reading.js';
import {runProgram, temporaryHome} from './program.js';

/** A product in a manifest of the old days, and what is to be said of it and done about it. */
type Row = {
	readonly id: string;
	/** Ports of the container and of the Service; no Service without. */
	readonly ports?: readonly number[];
	readonly env?: readonly string[];
	/** Whether /opt/out lies on a claim. */
	readonly claim?: true;
	/** Codes of the findings, each once. All old images are `side-old` and `image-gone` besides. */
	readonly finds: readonly string[];
	/** Lines the new workload has and the old one had not, besides those that every one gets. */
	readonly adds?: readonly string[];
	/** Lines of the Service at the cut-over that change, besides its selector. */
	readonly service?: readonly string[];
	/** What plan leaves for the operator to decide. */
	readonly tells?: string;
	/** The first images are of sprint 2103: a manifest that names an older one cannot have run. */
	readonly isImpossible?: true;
};

const onClaim = ['fsgroup-missing', 'volume-of-root'];
const ofPorts = ['port-container-old', 'port-service-old'];
const containers = (...ports: readonly number[]): readonly string[] => ports.map(port => `- containerPort: ${port}`);

const rows: readonly Row[] = [
	{
		id: 'pingdirectory',
		ports: [389, 636, 443],
		env: [
			'{name: LDAPS_PORT, value: "636"}',
			'{name: PING_CONTAINER_PRIVILEGED, value: "true"}',
			'{name: MAKELDIF_USERS, value: "1000"}',
		],
		claim: true,
		finds: [...onClaim, 'bind-privileged', 'makeldif-users', 'port-change-guarded', ...ofPorts],
		adds: [
			...containers(1389, 1636, 1443),
			'- {name: LDAPS_PORT, value: "1636"}',
			'- {name: MAKELDIF_USERS, value: "0"}',
		],
		service: [
			'- {name: p389, port: 389, targetPort: 1389}',
			'- {name: p636, port: 636, targetPort: 1636}',
			'- {name: p443, port: 443, targetPort: 1443}',
		],
	},
	{
		id: 'pingdirectoryproxy',
		ports: [389, 636],
		claim: true,
		finds: [...onClaim, 'port-change-silent', ...ofPorts],
		adds: containers(1389, 1636),
		service: ['- {name: p389, port: 389, targetPort: 1389}', '- {name: p636, port: 636, targetPort: 1636}'],
	},
	{
		id: 'pingdatasync',
		ports: [636, 443],
		claim: true,
		finds: [...onClaim, 'port-change-silent', 'sync-state', ...ofPorts],
		adds: containers(1636, 1443),
		service: ['- {name: p636, port: 636, targetPort: 1636}', '- {name: p443, port: 443, targetPort: 1443}'],
	},
	{
		id: 'pingdatagovernance',
		ports: [443],
		env: ['{name: HTTPS_PORT, value: "443"}'],
		finds: ['bind-privileged'],
		adds: [...containers(1443), '- {name: HTTPS_PORT, value: "1443"}'],
		service: ['- {name: p443, port: 443, targetPort: 1443}'],
	},
	{
		id: 'pingdatagovernancepap',
		ports: [443, 8444],
		finds: [...ofPorts, 'data-dies-with-pod'],
		adds: containers(1443),
		service: ['- {name: p443, port: 443, targetPort: 1443}'],
	},
	{
		id: 'pingauthorize',
		ports: [443],
		finds: ofPorts,
		adds: containers(1443),
		service: ['- {name: p443, port: 443, targetPort: 1443}'],
		isImpossible: true,
	},
	{
		id: 'pingauthorizepap',
		ports: [443, 8444],
		finds: [...ofPorts, 'data-dies-with-pod'],
		adds: containers(1443),
		service: ['- {name: p443, port: 443, targetPort: 1443}'],
		isImpossible: true,
	},
	{
		id: 'pingfederate',
		ports: [9999, 443],
		env: ['{name: PF_ENGINE_PORT, value: "443"}'],
		finds: ['bind-privileged', 'data-dies-with-pod'],
		tells: 'PF_ENGINE_PORT is 443 and was left so',
	},
	{
		id: 'pingaccess',
		ports: [9000, 443],
		claim: true,
		finds: [...onClaim, 'old-bits-stay', ...ofPorts],
		adds: containers(1443),
		service: ['- {name: p443, port: 443, targetPort: 1443}'],
	},
	{
		id: 'pingcentral',
		ports: [9022],
		claim: true,
		finds: [...onClaim, 'old-bits-stay'],
	},
	{
		id: 'pingdelegator',
		ports: [443],
		env: ['{name: PD_DELEGATOR_HTTPS_PORT, value: "443"}'],
		finds: ['bind-privileged'],
		tells: 'PD_DELEGATOR_HTTPS_PORT is 443 and was left so',
	},
	{
		id: 'pingdataconsole',
		ports: [8443],
		env: ['{name: HTTPS_PORT, value: "8443"}'],
		finds: [],
	},
	{
		id: 'pingintelligence',
		ports: [8443],
		claim: true,
		finds: onClaim,
	},
	{id: 'pingtoolkit', finds: []},
	{id: 'ldap-sdk-tools', claim: true, finds: onClaim},
	{id: 'apache-jmeter', finds: []},
];

const manifestOf = ({id, ports = [], env = [], claim}: Row): string =>
	[
		'apiVersion: apps/v1',
		`kind: ${claim ? 'StatefulSet' : 'Deployment'}`,
		'metadata: {name: old}',
		'spec:',
		'  replicas: 1',
		...(claim ? ['  serviceName: old-cluster'] : []),
		'  selector: {matchLabels: {app: old}}',
		'  template:',
		'    metadata: {labels: {app: old}}',
		'    spec:',
		'      containers:',
		'      - name: server',
		`        image: pingidentity/${id}:2102`,
		...(ports.length > 0 ? ['        ports:', ...containers(...ports).map(line => `        ${line}`)] : []),
		...(env.length > 0 ? ['        env:', ...env.map(line => `        - ${line}`)] : []),
		...(claim
			? [
					'        volumeMounts: [{name: out, mountPath: /opt/out}]',
					'  volumeClaimTemplates:',
					'  - metadata: {name: out}',
					'    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 4Gi}}}',
				]
			: []),
		...(ports.length > 0
			? [
					'---',
					'apiVersion: v1',
					'kind: Service',
					'metadata: {name: old}',
					'spec:',
					'  selector: {app: old}',
					'  ports:',
					...ports.map(port => `  - {name: p${port}, port: ${port}}`),
				]
			: []),
		'',
	].join('\n');

const sorted = (lines: Iterable<string>): readonly string[] => [...lines].map(line => line.trim()).toSorted();

test('every product of the catalogue has its row here', () => {
	expect(sorted(rows.map(({id}) => id))).toEqual(sorted(catalogue.map(({id}) => id)));
});

test.each(rows)('$id: what inspect finds, and what plan changes', async row => {
	const home = await temporaryHome();
	const file = path.join(home, 'old.yaml');
	const text = manifestOf(row);
	await writeFile(file, text);

	const inspected = await runProgram({home, args: ['inspect', '-f', file, '--output', 'json']});
	const {findings} = JSON.parse(inspected.stdout) as {readonly findings: ReadonlyArray<{readonly code: string}>};
	expect(sorted(new Set(findings.map(({code}) => code)))).toEqual(
		sorted([...row.finds, row.isImpossible ? 'image-impossible' : 'side-old', 'image-gone']),
	);

	const planned = await runProgram({
		home,
		args: ['plan', '-f', file, '-o', path.join(home, 'new'), '--strategy', 'fresh', '--image-tag', '2109'],
	});
	expect(planned).toMatchObject({status: 0, stderr: ''});
	expect(planned.stdout.includes('was left so')).toBe(row.tells !== undefined);
	expect(planned.stdout).toContain(row.tells ?? 'Fresh deployment, planned into');
	const folder = path.join(home, 'new', 'kubernetes', 'old-2109');
	const workload = row.claim ? '02-statefulset-old-2109.yaml' : '01-deployment-old-2109.yaml';
	const comes = async (name: string): Promise<readonly string[]> =>
		sorted(changedLines(text, await readFile(path.join(folder, name), 'utf8')).come);
	expect(await comes(workload)).toEqual(
		sorted([
			'metadata: {name: old-2109, labels: {"app.kubernetes.io/managed-by":"unroot"}}',
			...(row.claim ? ['serviceName: old-2109-cluster'] : []),
			'selector: {matchLabels: {app: old-2109}}',
			'metadata: {labels: {app: old-2109}}',
			`image: pingidentity/${row.id}:2109`,
			'securityContext:',
			'runAsUser: 9031',
			'runAsGroup: 0',
			'fsGroup: 0',
			...(row.adds ?? []),
		]),
	);
	expect(await readFile(path.join(folder, workload), 'utf8')).not.toContain('PING_CONTAINER_');
	if (row.ports) {
		expect(await comes('cut-over/01-service-old.yaml')).toEqual(
			sorted(['selector: {app: old-2109}', ...(row.service ?? [])]),
		);
	}
});
