import {mkdir, mkdtemp, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {readSources, type Sources} from '../../source/documents/index.js';
import {Failure} from '../../source/failure/failure.js';

const noInput = async function* (): AsyncGenerator<string> {
	yield '';
};

const from = async (text: string): Promise<Sources> =>
	readSources(
		['-'],
		(async function* () {
			yield text;
		})(),
	);

const filesOf = async (text: string): Promise<Sources['files']> => {
	const {files} = await from(text);
	return files;
};

const failureOf = async (sources: Promise<Sources>): Promise<Failure> => {
	try {
		await sources;
	} catch (error) {
		if (error instanceof Failure) {
			return error;
		}

		throw error;
	}

	throw new Error('It was read.');
};

const folderWith = async (files: Readonly<Record<string, string>>): Promise<string> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'documents-'));
	for (const [name, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
		await writeFile(path.join(folder, name), text);
	}

	return folder;
};

describe('what is read', () => {
	test('documents keep their place and the line of every field', async () => {
		const text =
			'# old days\nkind: Service\nspec:\n  ports:\n    - port: 636\n---\n# nothing here\n---\nkind: ' +
			'Pod\nspec:\n  "odd.name": {a: 1}\n';
		const [file] = await filesOf(text);
		expect(file?.documents.map(({number, line, value}) => ({number, line, value}))).toEqual([
			{number: 1, line: 1, value: {kind: 'Service', spec: {ports: [{port: 636}]}}},
			{number: 2, line: 8, value: {kind: 'Pod', spec: {'odd.name': {a: 1}}}},
		]);
		const [service, pod] = file?.documents ?? [];
		expect(service?.lineOf('spec.ports[0].port')).toBe(5);
		expect(service?.lineOf('spec.ports[7].port')).toBe(4);
		expect(pod?.lineOf('spec["odd.name"].a')).toBe(11);
		expect(file?.documents.map(({start, end}) => text.slice(start, end)).at(-1)).toBe(
			'---\nkind: Pod\nspec:\n  "odd.name": {a: 1}\n',
		);
	});

	test('anchors, merges, modes in octal, CRLF and a byte order mark', async () => {
		const [file] = await filesOf(
			'\u{FEFF}base: &base\r\n  a: 1\r\n  b: 2\r\nuse:\r\n  <<: *base\r\n  b: 3\r\nmode: 0400\r\nport: ' +
				'0o17\r\nlist: &l [1]\r\nagain: *l\r\n',
		);
		expect(file?.documents[0]?.value).toEqual({
			base: {a: 1, b: 2},
			use: {a: 1, b: 3},
			mode: 256,
			port: 15,
			list: [1],
			again: [1],
		});
		expect(file?.documents[0]?.lineOf('use.b')).toBe(6);
	});

	test('JSON, with lines', async () => {
		const [file] = await filesOf('{\n "kind": "List",\n "items": [\n  {"kind": "Pod"}]}\n');
		expect(file?.documents[0]?.value).toEqual({kind: 'List', items: [{kind: 'Pod'}]});
		expect(file?.documents[0]?.lineOf('items[0].kind')).toBe(4);
	});

	test.each([
		['a script', '#!/bin/sh\nset -eu\n# start: it\nNET="a: b"\ndocker run x\n'],
		['a line alone', 'docker run -e A="b: c" x\n'],
		['a line after comments', '# one\n\n# two: {\nsudo podman run x\n'],
	])('%s with docker run is a text, from standard input too', async (_name, text) => {
		const [file] = await filesOf(text);
		expect(file?.documents.map(({value, line}) => ({value, line}))).toEqual([{value: text, line: 1}]);
	});

	test('a manifest that names docker run in a value is a manifest', async () => {
		const text = 'kind: ConfigMap\ndata:\n  run: |\n    docker run x\n';
		const [file] = await filesOf(text);
		expect(file?.documents[0]?.value).toEqual({kind: 'ConfigMap', data: {run: 'docker run x\n'}});
	});

	test('of the scripts in a folder those are read that have docker run', async () => {
		const folder = await folderWith({
			'run.sh': 'docker run x\n',
			'hooks/10-x.sh': 'echo "a: [" # no docker run here\n',
		});
		const sources = await readSources([folder], noInput());
		expect(sources.files.map(({file}) => path.relative(folder, file))).toEqual(['run.sh']);
	});

	test('a key named __proto__ is a key like any other', async () => {
		const [file] = await filesOf('__proto__:\n  polluted: 1\n');
		expect(Object.keys(file?.documents[0]?.value as object)).toEqual(['__proto__']);
		expect('polluted' in {}).toBe(false);
	});

	test(
		'folders are entered; files of a profile are texts; a template in a folder is skipped and told; no file is ' +
			'read twice',
		async () => {
			const folder = await folderWith({
				'a/one.yaml': 'a: 1\n',
				'a/two.json': '{"b": 2}',
				'a/notes.md': 'not: [read',
				'chart/templates/x.yaml': 'name: {{ .Values.x }}\n',
				'profile/env_vars': 'LDAPS_PORT=636\n',
				'profile/pd.profile/setup-arguments.txt': '--ldapsPort 636\n',
				'.git/x.yaml': '{',
			});
			await symlink(folder, path.join(folder, 'a/loop'));
			const sources = await readSources([folder, path.join(folder, 'a')], noInput());
			expect(sources.files.map(({file}) => path.relative(folder, file))).toEqual(['a/one.yaml', 'a/two.json']);
			expect(sources.texts.map(({file}) => path.relative(folder, file))).toEqual([
				'profile/env_vars',
				'profile/pd.profile/setup-arguments.txt',
			]);
			expect(sources.skipped.map(({file, why}) => [path.relative(folder, file), why])).toEqual([
				['chart/templates/x.yaml', 'line 1: it is a template with {{ … }}, not YAML yet'],
			]);
		},
	);
});

describe('bad input', () => {
	test.each([
		['invalid YAML', 'a: 1\n---\nb:\n  - [1\nc: 2\n', 'yaml-invalid', /line [45], column \d+/v],
		['a tab as indentation', 'a:\n\tb: 1\n', 'yaml-invalid', /line 2, column \d+/v],
		['a tab after CRLF', 'a:\r\n\tb: 1\r\n', 'yaml-invalid', /line 2, column \d+/v],
		['a duplicate key', 'a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n', 'yaml-duplicate-key', /line 5, column 3: the key «c»/v],
		[
			'a duplicate key in JSON',
			String.raw`{"a": 1, "b": {"c": "x\"y: ", "c": 2}}`,
			'yaml-duplicate-key',
			/line 1, column \d+: the key «c»/v,
		],
		['an alias within what it names', 'a: &x\n  b: *x\n', 'yaml-cycle', /line 2, column 6/v],
		['an alias of nothing', 'a: *x\n', 'yaml-invalid', /line 1, column 4/v],
		[
			'a template',
			'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n',
			'yaml-template',
			/line 4/v,
		],
		['a template around a block', '{{- if .Values.on }}\na: 1\n{{- end }}\n', 'yaml-template', /line 1/v],
		['text that is nested too deep', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`, 'yaml-too-deep', /line 1/v],
		['a value that is nested too deep', `a: ${'['.repeat(300)}${']'.repeat(300)}\n`, 'yaml-too-deep', /line 1/v],
		['bytes', 'a: \0\n', 'input-binary', /no text/v],
		['nothing', '', 'input-empty', /no document/v],
		['comments alone', '# a\n---\n# b\n', 'input-empty', /no document/v],
	])('%s is told with its place', async (_name, text, code, place) => {
		const failure = await failureOf(from(text));
		expect(failure.parts.code).toBe(code);
		expect(failure.parts.seen).toMatch(place);
		expect(failure.parts.exit).toBe('usage');
	});

	test('a key that stands twice with one value is told, and read', async () => {
		const {files, repeats} = await from('a: 1\n---\nb: {c: x, d: 1, c: x}\n');
		expect(files[0]?.documents.map(({value}) => value)).toEqual([{a: 1}, {b: {c: 'x', d: 1}}]);
		expect(repeats).toMatchObject([
			{line: 3, column: 17, says: 'the key «c» stands twice in one map, with the same value'},
		]);
	});

	test('a file without a document beside others is told, and the others are read', async () => {
		const folder = await folderWith({'a.yaml': 'a: 1\n', 'empty.yaml': '', 'comments.yaml': '# one\n---\n'});
		const {files, skipped} = await readSources([folder], noInput());
		expect(files.flatMap(({documents}) => documents.map(({value}) => value))).toEqual([{a: 1}]);
		expect(skipped.map(({file, why}) => [path.relative(folder, file), why])).toEqual([
			['comments.yaml', 'there is no document in it'],
			['empty.yaml', 'there is no document in it'],
		]);
	});

	test('more than memory should hold is refused as it comes in', async () => {
		const part = new Uint8Array(60_000_000).fill(0x23);
		const endless = async function* (): AsyncGenerator<Uint8Array> {
			for (;;) {
				yield part;
			}
		};

		const failure = await failureOf(readSources(['-'], endless()));
		expect(failure.parts).toMatchObject({code: 'input-too-large', exit: 'usage'});
	});

	test('one document that the whole parser would need too much memory for is refused', async () => {
		const failure = await failureOf(from(`a: &x 1\nb: "${'x'.repeat(16_000_000)}"\n`));
		expect(failure.parts).toMatchObject({code: 'yaml-too-large', exit: 'usage'});
	});

	test('an alias bomb is refused without being followed', async () => {
		const bomb = [
			'a0: &a0 [x, x, x, x, x, x, x, x, x]',
			...Array.from(
				{length: 12},
				(_, index) => `a${index + 1}: &a${index + 1} [${Array.from({length: 9}, () => `*a${index}`).join(', ')}]`,
			),
		].join('\n');
		const failure = await failureOf(from(bomb));
		expect(failure.parts.code).toBe('yaml-alias-bomb');
	});

	test('a map with very many keys is read in linear time', async () => {
		const [file] = await filesOf(Array.from({length: 30_000}, (_, index) => `k${index}: 1`).join('\n'));
		expect(Object.keys(file?.documents[0]?.value as object)).toHaveLength(30_000);
	});

	test('quoted braces are text, not a template', async () => {
		const [file] = await filesOf('a: "{{ with .Data }}"\nb: |\n  {{ x }}\n');
		expect(file?.documents[0]?.value).toEqual({a: '{{ with .Data }}', b: '{{ x }}\n'});
	});

	test('a file that is not there, and a named template', async () => {
		const missing = await failureOf(readSources(['/nowhere/x.yaml'], noInput()));
		expect(missing.parts.code).toBe('input-missing');
		const folder = await folderWith({'x.yaml': 'a: {{ b }}\n'});
		const template = await failureOf(readSources([path.join(folder, 'x.yaml')], noInput()));
		expect(template.parts.code).toBe('yaml-template');
	});

	test('all problems of all files are told at once', async () => {
		const folder = await folderWith({'a.yaml': 'a: [', 'b.yaml': 'b: 1\nb: 2\n'});
		const failure = await failureOf(readSources([folder], noInput()));
		expect(failure.parts.seen).toContain('a.yaml');
		expect(failure.parts.details?.join('\n')).toContain('b.yaml, line 2, column 1');
	});
});
