import {execFileSync} from 'node:child_process';
import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parse, parseAllDocuments, stringify} from 'yaml';
import {fieldOf} from '../../../source/ping/fields.js';
import {findProblems, sortDocuments} from '../../../source/ping/findings/index.js';
import {planned, reading, textOf} from '../reading.js';
import {canRunTools, realTools, type RealTools} from '../real-tools.js';

const inChart = fileURLToPath(new URL('../chart', import.meta.url));

/**
What versions of the chart set in `global`, and the fsGroup a pod has after the plan. Before 0.8.5 neither a zero nor a
null of a product's block takes the chart's own group away. `old` is what blocks before the plan: from 0.7.8 on the
ports of the values reach the server.
@see helm-charts, tags ping-devops-<version>, charts/ping-devops/values.yaml
*/
const charts = [
	{
		version: '0.7.6',
		old: 'port-change-guarded: ',
		global: {workload: {securityContext: {fsGroup: 9999, runAsUser: 9031, runAsGroup: 9999}}},
		fsGroup: {fresh: 9999, root: 9999},
	},
	{
		version: '0.8.4',
		old: 'bind-privileged: LDAPS_PORT=636',
		global: {workload: {securityContext: {fsGroup: 0, runAsUser: 9031, runAsGroup: 0}}},
		fsGroup: {fresh: 0, root: 0},
	},
	{
		version: '0.8.5',
		old: 'bind-privileged: LDAPS_PORT=636',
		global: {workload: {securityContext: {fsGroup: 0, runAsUser: 9031, runAsGroup: 0}}},
		fsGroup: {fresh: 0, root: null},
	},
	{
		version: '0.9.10',
		old: 'bind-privileged: LDAPS_PORT=636',
		global: {
			workload: {
				securityContext: {
					fsGroup: 0,
					runAsUser: 9031,
					runAsGroup: 0,
					runAsNonRoot: true,
					seccompProfile: {type: 'RuntimeDefault'},
				},
			},
			container: {securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}}},
		},
		fsGroup: {fresh: 0, root: null},
	},
] as const;

/** What the vendor asks for, whatever the chart: uid, gid and the ports of the listeners. */
const wanted = {
	fresh: {
		runAsUser: 9031,
		runAsGroup: 0,
		ldap: 1389,
		ldaps: 1636,
		https: 1443,
	},
	root: {
		runAsUser: 0,
		runAsGroup: 0,
		ldap: 389,
		ldaps: 636,
		https: 443,
	},
} as const;

const oldValues = `global:
  image: {tag: "2102"}
pingdirectory:
  enabled: true
  services:
    ldap: {containerPort: 389}
    ldaps: {containerPort: 636}
    https: {containerPort: 443}
`;

let folder: string;
let tools: RealTools;

/** Packs the chart under a version, with what that version sets in `global`. */
const packChart = async ({version, global}: (typeof charts)[number]): Promise<void> => {
	const copy = path.join(folder, version);
	await cp(inChart, copy, {recursive: true});
	const file = path.join(copy, 'values.yaml');
	const values = parse(await readFile(file, 'utf8')) as {global: object};
	await writeFile(file, stringify({...values, global: {...values.global, ...global}}));
	execFileSync(tools.helm, ['package', '--version', version, '--destination', folder, copy]);
};

/** What `helm template` makes of values, the later ones over the earlier. */
const render = async (version: string, ...values: readonly string[]): Promise<string> => {
	const files: string[] = [];
	for (const [index, text] of values.entries()) {
		files.push(path.join(folder, `values-${version}-${index}.yaml`));
		await writeFile(files.at(-1)!, text);
	}

	return execFileSync(
		tools.helm,
		['template', 'shop', path.join(folder, `ping-devops-${version}.tgz`), ...files.flatMap(file => ['--values', file])],
		{encoding: 'utf8'},
	);
};

type Rendered = {readonly kind: string; readonly spec: unknown; readonly data?: unknown};

const rendered = (text: string): {readonly pod: unknown; readonly service: unknown; readonly env: unknown} => {
	const objects = parseAllDocuments(text).map(document => document.toJS() as Rendered);
	const find = (kind: string): Rendered | undefined => objects.find(object => object.kind === kind);
	return {
		pod: fieldOf(find('StatefulSet')?.spec, 'template', 'spec'),
		service: find('Service')?.spec,
		env: find('ConfigMap')?.data,
	};
};

const blocking = (text: string): readonly string[] => {
	const {documents} = reading('rendered.yaml', text);
	return findProblems({documents: sortDocuments(documents)})
		.filter(({severity}) => severity === 'blocks')
		.map(({code, seen}) => `${code}: ${seen}`);
};

const expectPlanned = (text: string, {fsGroup}: (typeof charts)[number], strategy: 'fresh' | 'root'): void => {
	const {runAsUser, runAsGroup, ...ports} = wanted[strategy];
	const {pod, service, env} = rendered(text);
	expect(pod).toMatchObject({
		securityContext: {runAsUser, runAsGroup, fsGroup: fsGroup[strategy]},
		containers: [
			{
				image: 'pingidentity/pingdirectory:2109-8.3.0.0',
				ports: [
					{name: 'https', containerPort: ports.https},
					{name: 'ldap', containerPort: ports.ldap},
					{name: 'ldaps', containerPort: ports.ldaps},
				],
			},
		],
	});
	expect(fieldOf(service, 'ports')).toEqual([
		{name: 'https', port: 443, targetPort: ports.https},
		{name: 'ldap', port: 389, targetPort: ports.ldap},
		{name: 'ldaps', port: 636, targetPort: ports.ldaps},
	]);
	if (strategy === 'root') {
		expect(env).toMatchObject({
			LDAP_PORT: '389',
			LDAPS_PORT: '636',
			HTTPS_PORT: '443',
			JMX_PORT: '689',
		});
	}

	expect(blocking(text)).toEqual([]);
};

describe.skipIf(!canRunTools)(
	'values that the real helm renders (skipped where this build of it does not run: it is for Linux on x64)',
	() => {
		beforeAll(async () => {
			tools = await realTools();
			folder = await mkdtemp(path.join(tmpdir(), 'unroot-helm-'));
			for (const chart of charts) {
				await packChart(chart);
			}
		});

		afterAll(async () => {
			await rm(folder, {recursive: true});
		});

		describe.each(charts)('a chart that merges as ping-devops $version does', chart => {
			test('renders the old values into what blocks', async () => {
				expect(blocking(await render(chart.version, oldValues)).join('\n')).toContain(chart.old);
			});

			test.each(['fresh', 'root'] as const)(
				"%s: the operator's own values, planned, give user, group and ports as planned, and nothing that blocks",
				async strategy => {
					expectPlanned(
						await render(chart.version, textOf(planned(strategy, {'values.yaml': oldValues}), 'helm/values.yaml')),
						chart,
						strategy,
					);
				},
			);

			test.each(['fresh', 'root'] as const)(
				"%s: so do the values planned from the release's rendered objects, given after the release's own",
				async strategy => {
					const plan = planned(strategy, {'rendered.yaml': await render(chart.version, oldValues)});
					expectPlanned(
						await render(chart.version, oldValues, textOf(plan, 'helm/values-shop-shop-pingdirectory.yaml')),
						chart,
						strategy,
					);
				},
			);
		});

		test('root: where the chart drops every capability, the four that root needs come back', async () => {
			const text = await render('0.9.10', textOf(planned('root', {'values.yaml': oldValues}), 'helm/values.yaml'));
			expect(rendered(text).pod).toMatchObject({
				securityContext: {runAsNonRoot: false},
				containers: [
					{
						securityContext: {
							allowPrivilegeEscalation: false,
							capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER']},
						},
					},
				],
			});
		});

		test('the plan says that charts before 0.8.5 keep their fsGroup', () => {
			expect(planned('root', {'values.yaml': oldValues}).notes.join('\n')).toContain(
				'Charts from 0.5.3 to 0.8.4 keep an fsGroup of their own',
			);
		});
	},
);
