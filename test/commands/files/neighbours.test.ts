import {mkdir, readdir, symlink} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {writeFiles} from '../../../source/commands/plan/write.js';
import {folderWith} from './folder.js';

const set = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
        - {name: server, image: 'pingidentity/pingdirectory:2102', volumeMounts: [{name: out, mountPath: /opt/out}]}
  volumeClaimTemplates: [{metadata: {name: out}, spec: {resources: {requests: {storage: 8Gi}}}}]
`;

describe('a file that cannot be read, found in a folder', () => {
	test.each([
		['JSON with a variable', 'payload.json', '{\n  "name": ${APP_NAME},\n}\n', 'line 2'],
		['YAML that is none', 'notes.yaml', 'a: [1\nb: 2\n', 'line'],
		['keys twice, with two values', 'twice.yaml', 'a: 1\na: 2\n', 'line 2'],
		['bytes', 'picture.yaml', 'a\0b', 'no text'],
		['a template', 'chart.yaml', 'a: {{ .Values.a }}\n', 'line 1'],
	])('%s: it is named, and the rest is looked at and planned', async (_name, file, text, why) => {
		await using folder = await folderWith({'users.yaml': set, [`tests/${file}`]: text});
		const {notLookedAt, findings, status, inventory} = await folder.inspect();
		expect(notLookedAt.map(skipped => skipped.file)).toEqual([path.join(folder.path, 'tests', file)]);
		expect(notLookedAt[0]?.why).toContain(why);
		expect(findings.map(({code}) => code)).toContain('fsgroup-missing');
		expect(inventory.workloads).toHaveLength(1);
		expect(status).toBe(3);
		const {summary, written} = await folder.plan('root');
		expect(summary.skipped.map(skipped => skipped.file)).toEqual([path.join(folder.path, 'tests', file)]);
		expect(Object.keys(written)).toEqual(['kubernetes/users.yaml']);
	});

	test('it is bad input where it was named itself, or where there is nothing else', async () => {
		await using folder = await folderWith({'users.yaml': set, 'tests/payload.json': '{"name": ${A}}'});
		const badInput = {parts: {code: 'yaml-invalid', exit: 'usage'}};
		await expect(folder.inspect('tests/payload.json')).rejects.toMatchObject(badInput);
		await expect(folder.inspect('tests')).rejects.toMatchObject(badInput);
	});

	test('nothing found beside it is no all-clear', async () => {
		await using folder = await folderWith({
			'new.yaml': set
				.replace('2102', '2306')
				.replace('spec:\n      containers', 'spec:\n      securityContext: {fsGroup: 0}\n      containers'),
			'broken.yaml': 'a: [1\n',
		});
		expect(await folder.inspectText()).toContain('Nothing was found that would break. Not all of it was read.');
	});

	test('a key that stands twice with one value stops a plan only where that file is edited', async () => {
		const twice = 'data: {a: b}\ndata: {a: b}\n';
		await using folder = await folderWith({
			'users.yaml': set,
			'other.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n${twice}`,
		});
		const {written} = await folder.plan('root');
		expect(Object.keys(written)).toEqual(['kubernetes/users.yaml']);
	});
});

describe('a plan is written whole or not at all', () => {
	test('what was written before a file that cannot be written is taken back', async () => {
		await using folder = await folderWith({'users.yaml': set});
		const out = path.join(folder.path, 'out');
		await mkdir(out);
		// A link that leads nowhere reads as «not there» and cannot be made a folder.
		await symlink('nowhere', path.join(out, 'c'));
		await expect(
			writeFiles(out, [
				{name: 'a/one.yaml', text: 'one'},
				{name: 'c/two.yaml', text: 'two'},
			]),
		).rejects.toMatchObject({parts: {code: 'plan-write'}});
		const left = await readdir(out);
		expect(left).toEqual(['c']);
	});

	test('two files under one name are refused before anything is written, capitals or not', async () => {
		await using folder = await folderWith({'users.yaml': set});
		const out = path.join(folder.path, 'out');
		await expect(
			writeFiles(out, [
				{name: 'a/one.yaml', text: 'one'},
				{name: 'a/One.yaml', text: 'two'},
			]),
		).rejects.toMatchObject({parts: {code: 'plan-clash', exit: 'usage'}});
		await expect(readdir(out)).rejects.toMatchObject({code: 'ENOENT'});
	});
});
