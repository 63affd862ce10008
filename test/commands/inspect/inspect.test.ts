import {mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {runInspect, type InspectInput, type InspectJson} from '../../../source/commands/inspect/index.js';
import {Failure} from '../../../source/failure/failure.js';
import type {Manifest} from '../../../source/ping/workload.js';

const statefulSet = `# the directory of the old days
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: pingdirectory
spec:
  serviceName: pingdirectory-cluster
  selector: {matchLabels: {role: pingdirectory}}
  template:
    metadata: {labels: {role: pingdirectory}}
    spec:
      containers:
        - name: pingdirectory
          image: pingidentity/pingdirectory:2102-8.2.0.1
          ports:
            - containerPort: 636
`;
const sound = `apiVersion: apps/v1
kind: Deployment
metadata: {name: pingfederate}
spec:
  template:
    spec:
      containers: [{name: pingfederate, image: "pingidentity/pingfederate:2306-11.3.0", ports: [{containerPort: 9031}]}]
`;

const textOf = async function* (text: string): AsyncGenerator<string> {
	yield text;
};

type Run = {readonly status: number; readonly text: string};

const run = async (input: Partial<InspectInput>, stdin = ''): Promise<Run> => {
	let text = '';
	const status = await runInspect({
		files: [],
		async readCluster() {
			throw new Error('The cluster was asked.');
		},
		output: 'text',
		stdin: textOf(stdin),
		write(part) {
			text += part;
		},
		...input,
	});
	return {status, text};
};

describe('what it prints', () => {
	test(
		'names file and line, what will happen, what to do and the source, and ends with status 3 where something ' +
			'blocks',
		async () => {
			const folder = await mkdtemp(path.join(tmpdir(), 'inspect-'));
			const file = path.join(folder, 'old.yaml');
			await writeFile(file, statefulSet);
			const {status, text} = await run({files: [file], width: 200});
			expect(status).toBe(3);
			expect(text).toMatch(/^BLOCKS: it will not work$/mv);
			expect(text).toContain(`${file}:14, StatefulSet/pingdirectory spec.template.spec.containers[0].image`);
			expect(text.replaceAll(/\s+/gv, ' ')).toContain(
				`${file}:16, StatefulSet/pingdirectory spec.template.spec.containers[0].ports[0].containerPort`,
			);
			expect(text).toContain('data-dies-with-pod');
			expect(text).toContain('Looked at 1 file: 1 object, 1 Ping workload.');
			expect(text).not.toContain('\u{1B}');
			expect(await readFile(file, 'utf8')).toBe(statefulSet);
		},
	);

	test('keeps to 80 columns where words allow', async () => {
		const {text} = await run({files: ['-']}, statefulSet);
		const tooLong = text.split('\n').filter(line => line.length > 80 && line.trim().includes(' '));
		expect(tooLong.map(line => line.trim().split(' ').length)).toEqual([]);
	});

	test('colours only where it is told to', async () => {
		const {text} = await run({files: ['-'], hasColour: true}, statefulSet);
		expect(text).toContain('\u{1B}[1;31mBLOCKS');
	});

	test('says that nothing was found, and ends with status 0', async () => {
		expect(await run({files: ['-']}, sound)).toEqual({
			status: 0,
			text:
				'deployment/pingfederate: pingfederate 11.3.0, 2103 or later, 1 replica, runs\n  as 9031:0; nothing ' +
				'found\n\nLooked at 1 file: 1 object, 1 Ping workload.\nNothing was found that would break.\n',
		});
	});

	test('says where no Ping workload was among the objects, and what it did not recognise', async () => {
		const {status, text} = await run(
			{files: ['-']},
			'apiVersion: v1\nkind: Service\nmetadata: {name: x}\n---\nsomething: else\n',
		);
		expect(status).toBe(0);
		expect(text).toContain('No Ping workload was found in it.');
		expect(text).toContain('Not recognised: standard input:5.');
	});

	test('JSON has the schema it is documented to have', async () => {
		const {status, text} = await run({files: ['-'], output: 'json'}, statefulSet);
		const json = JSON.parse(text) as InspectJson;
		expect(status).toBe(3);
		expect(json).toMatchObject({
			schema: 1,
			source: '1 file',
			objects: 1,
			blocked: true,
			inventory: {workloads: [{name: 'pingdirectory', side: 'old'}]},
			notLookedAt: [],
		});
		expect(json.counts.blocks).toBe(json.findings.filter(({severity}) => severity === 'blocks').length);
		const image = json.findings.find(({code}) => code === 'side-old');
		expect(image?.where).toEqual({
			file: 'standard input',
			line: 14,
			object: 'StatefulSet/pingdirectory',
			field: 'spec.template.spec.containers[0].image',
		});
		expect(json.findings.map(({severity}) => severity)).toEqual(
			json.findings
				.map(({severity}) => severity)
				.toSorted(
					(one, other) => ['blocks', 'warns', 'informs'].indexOf(one) - ['blocks', 'warns', 'informs'].indexOf(other),
				),
		);
	});

	test('escape sequences in a manifest do not reach the terminal', async () => {
		const {text} = await run(
			{files: ['-']},
			statefulSet.replace('name: pingdirectory\nspec', 'name: "evil\\e[2J\\e]0;x\\a"\nspec'),
		);
		expect(text).toContain('evil');
		expect(text.replaceAll('\n', '')).not.toMatch(/\p{Control}/v);
	});
});

describe('where it looks', () => {
	test('in folders, with a server profile among the manifests', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'inspect-'));
		await mkdir(path.join(folder, 'profile/pd.profile'), {recursive: true});
		await writeFile(path.join(folder, 'profile/env_vars'), 'LDAPS_PORT=636\n');
		await writeFile(path.join(folder, 'ok.yml'), sound);
		await writeFile(path.join(folder, 'template.yaml'), 'kind: {{ .Values.kind }}\n');
		const {status, text} = await run({files: [folder]});
		expect(status).toBe(3);
		expect(text).toContain('profile-env-vars-port');
		expect(text).toContain('1 file of a server profile');
		expect(text).toContain('Not looked into:');
	});

	test('in scripts with docker run, on the line of the flag', async () => {
		const {status, text} = await run(
			{files: ['-']},
			'#!/bin/sh\n# docker run pingidentity/pingdirectory:2101 -p 9:9\ndocker run --name pd \\\n  -p 80:8080 ' +
				'\\\n  -p 636:636 pingidentity/pingdirectory:2105\n',
		);
		expect(status).toBe(3);
		expect(text).toContain('standard input:5, docker run pd.ports[1]');
		expect(text).toContain('1 text with docker run lines');
		expect(text).not.toContain('2101');
	});

	test('in the cluster where no file is named, and prints no line then', async () => {
		const objects = [
			{
				apiVersion: 'v1',
				kind: 'Pod',
				metadata: {name: 'pd'},
				spec: {containers: [{name: 'pd', image: 'pingidentity/pingdirectory:2102'}]},
			},
		] as unknown as readonly Manifest[];
		const {status, text} = await run({
			readCluster: async () => ({what: 'namespace identity of context staging', objects}),
			width: 120,
		});
		expect(status).toBe(3);
		expect(text).toContain('Looked at namespace identity of context staging: 1 object, 1 Ping workload.');
		expect(text).toContain('  at    Pod/pd spec.containers[0].image');
	});

	test('a Compose file of version 2 gets a word, which is no finding', async () => {
		const {status, text} = await run(
			{files: ['-']},
			'version: "2.4"\nservices: {pf: {image: "pingidentity/pingfederate:2306"}}\n',
		);
		expect(status).toBe(0);
		expect(text).toContain('Note: standard input: it says version "2.4"');
		expect(text).toContain('Nothing was found that would break.');
	});

	test('a key that stands twice with one value gets a word, which is no finding', async () => {
		const {status, text} = await run({files: ['-'], width: 200}, sound.replace('kind:', 'apiVersion: apps/v1\nkind:'));
		expect(status).toBe(0);
		expect(text).toContain(
			'Note: standard input, line 2, column 1: the key «apiVersion» stands twice in one map, with the same value.',
		);
	});

	test('findings of two files meet: a client in one, the Service in another', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'inspect-'));
		await writeFile(
			path.join(folder, 'a.yaml'),
			`${statefulSet.replaceAll('2102-8.2.0.1', '2105')}---\napiVersion: v1\nkind: Service\nmetadata: {name: ` +
				'pingdirectory}\nspec: {selector: {role: pingdirectory}, ports: [{port: 1636}]}\n',
		);
		await writeFile(
			path.join(folder, 'b.yaml'),
			'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: portal}\ndata:\n  URL: ldaps://pingdirectory:636\n',
		);
		const {text} = await run({files: [folder], width: 200});
		expect(text).toContain(`${path.join(folder, 'b.yaml')}:5, ConfigMap/portal data.URL`);
	});
});

test('bad input is a Failure of usage, and nothing is printed', async () => {
	let text = '';
	const failed = runInspect({
		files: ['-'],
		async readCluster() {
			throw new Error('The cluster was asked.');
		},
		output: 'json',
		stdin: textOf('a: [\n'),
		write(part) {
			text += part;
		},
	});
	await expect(failed).rejects.toThrow(Failure);
	await expect(failed).rejects.toMatchObject({parts: {code: 'yaml-invalid', exit: 'usage'}});
	expect(text).toBe('');
});
