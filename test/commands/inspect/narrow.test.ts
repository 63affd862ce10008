import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {runInspect} from '../../../source/commands/inspect/index.js';
import type {Narrowing} from '../../../source/commands/inspect/narrow.js';
import {selectorOf} from '../../../source/commands/selector.js';
import {temporaryFolder} from '../../machine/temporary-folder.js';

const workload = (name: string): string => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ${name}, labels: {role: ${name}}}
spec:
  replicas: 2
  selector: {matchLabels: {role: ${name}}}
  template:
    metadata: {labels: {role: ${name}}}
    spec:
      containers:
      - {name: pingdirectory, image: 'pingidentity/pingdirectory:2102-8.2.0.1'}
---
`;

const inspected = async (narrowing: Narrowing) => {
	const folder = await temporaryFolder();
	const file = join(folder, 'both.yaml');
	await writeFile(file, workload('users') + workload('groups'));
	let text = '';
	await runInspect({
		files: [file],
		async readCluster() {
			throw new Error('no cluster is meant');
		},
		output: 'text',
		narrowing,
		stdin: (async function* () {
			/* nothing */
		})(),
		write(part) {
			text += part;
		},
	});
	return text;
};

test('each workload has a line of its own, before everything else', async () => {
	const text = await inspected({});
	const [lines = ''] = text.split('\n\n', 1);
	const [first, second, third] = lines.replaceAll('\n  ', ' ').split('\n', 3);
	expect(first).toMatch(
		/^statefulset\/users: pingdirectory 8\.2\.0\.1, before 2103, 2 replicas, runs as 0:0; blocks \d+, warns \d+, informs \d+$/v,
	);
	expect(second).toMatch(/^statefulset\/groups: /v);
	expect(third).toBeUndefined();
});

test.each<Narrowing>([{workload: 'users'}, {workload: 'statefulset/users'}, {selector: 'role in (users)'}])(
	'%j shows that workload and its findings alone',
	async narrowing => {
		const text = await inspected(narrowing);
		expect(text).toContain('StatefulSet/users');
		expect(text).not.toContain('groups');
	},
);

test('--severity shows that severity and worse', async () => {
	const text = await inspected({severity: 'blocks'});
	expect(text).toContain('BLOCKS');
	expect(text).not.toMatch(/WARNS|INFORMS/v);
	expect(await inspected({severity: 'informs'})).toContain('INFORMS');
});

test('a workload that is not there is refused, and those that are there are named', async () => {
	await expect(inspected({workload: 'portal'})).rejects.toThrow(/No Ping workload is called portal/v);
});

test.each([
	['role=a', true],
	['role==a', true],
	['role!=a', false],
	['role!=b,tier', true],
	['!tier', false],
	['!zone,role in (b, a)', true],
	['role notin (a,b)', false],
	['zone notin (a)', true],
	['zone!=a', true],
	['tier=', true],
	['role=a,zone', false],
])('the selector %j is read as kubectl reads it', (text, fits) => {
	expect(selectorOf(text)({role: 'a', tier: ''})).toBe(fits);
});

test.each(['role in', 'a=b=c', 'role in (a', '=a'])('%j is no selector', text => {
	expect(() => selectorOf(text)({})).toThrow(/is no requirement/v);
});
