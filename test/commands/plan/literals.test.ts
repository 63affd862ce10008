import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {parseOptions} from '../../../source/commands/arguments.js';
import {runInspect} from '../../../source/commands/inspect/index.js';
import {plan} from '../../../source/commands/plan/index.js';

/** Planted in the clear. The second is a word like any other: its name alone tells. */
const canaries = ['kestrel4Q9x', 'opensesame', 'hunter2222', 'abc'];

const nothing = async function* (): AsyncGenerator<string> {
	yield '';
};

const objects = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  serviceName: users
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
      - name: pingdirectory
        image: 'pingidentity/pingdirectory:2102'
        env:
        - name: PING_IDENTITY_PASSWORD
          value: ${canaries[0]}
        - {name: SHORT_PIN, value: ${canaries[3]}}
        - {name: LDAPS_PORT, value: "636"}
        envFrom: [{configMapRef: {name: settings}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  LDAP_PORT: "389"
  LDAP_BIND_PASSWORD: ${canaries[1]}
  SERVER_PROFILE_URL: https://me:${canaries[2]}@git.example.com/p.git
`;
const compose = `services:
  users:
    image: pingidentity/pingdirectory:2102
    environment: [PING_IDENTITY_PASSWORD=${canaries[0]}, LDAPS_PORT=636]
`;
const command =
	`docker run -d --name users -e PING_IDENTITY_PASSWORD=${canaries[0]} -e LDAPS_PORT=636 ` +
	'pingidentity/pingdirectory:2102\n';
const values = `pingdirectory: {enabled: true, image: {tag: "2102"}, envs: {LDAP_BIND_PASSWORD: ${canaries[1]}}}\n`;

/** Takes what is printed. */
const paper = (): {readonly write: (text: string) => void; readonly text: () => string} => {
	let told = '';
	return {
		write(more) {
			told += more;
		},
		text: () => told,
	};
};

const given = async (name: string, text: string): Promise<{readonly folder: string; readonly file: string}> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'unroot-literals-'));
	onTestFinished(async () => rm(folder, {recursive: true}));
	const file = path.join(folder, name);
	await writeFile(file, text);
	return {folder, file};
};

test.each(
	[
		['objects.yaml', objects],
		['compose.yaml', compose],
		['run.sh', command],
		['values.yaml', values],
	].flatMap(([name, text]) => ['fresh', 'root'].map(strategy => [name ?? '', strategy, text ?? ''] as const)),
)(
	'%s, %s: the plan holds and tells no secret that stood in the clear, and says which',
	async (name, strategy, text) => {
		const {folder, file} = await given(name, text);
		const out = path.join(folder, 'out');
		const stdout = paper();
		await plan(parseOptions(['-f', file, '--out', out, '-o', 'json', '--strategy', strategy, '--image-tag', '2109']), {
			stdin: nothing(),
			stdout,
			environment: {},
		});
		const told = stdout.text();
		const written = await readdir(out, {recursive: true, withFileTypes: true});
		const texts = await Promise.all(
			written
				.filter(entry => entry.isFile())
				.map(async entry => readFile(path.join(entry.parentPath, entry.name), 'utf8')),
		);
		const all = [told, ...texts].join('\n');
		expect(canaries.filter(canary => all.includes(canary))).toEqual([]);
		expect(told).toMatch(/in the clear/iv);
		expect(told).toMatch(/PING_IDENTITY_PASSWORD|LDAP_BIND_PASSWORD/v);
	},
);

test('a workload refers to one Secret, whose command is told; a Compose file reads a variable', async () => {
	const {folder, file} = await given('objects.yaml', objects);
	const out = path.join(folder, 'out');
	const stdout = paper();
	const streams = {stdin: nothing(), stdout, environment: {}};
	await plan(parseOptions(['-f', file, '--out', out, '--strategy', 'fresh', '--image-tag', '2109']), streams);
	expect(stdout.text()).toContain(
		'kubectl create secret generic users-2109-secrets --from-file=PING_IDENTITY_PASSWORD=FILE',
	);
	const set = await readFile(path.join(out, 'kubernetes/users-2109/03-statefulset-users-2109.yaml'), 'utf8');
	for (const key of ['PING_IDENTITY_PASSWORD', 'SHORT_PIN', 'LDAP_BIND_PASSWORD', 'SERVER_PROFILE_URL']) {
		expect(set).toMatch(new RegExp(String.raw`name: users-2109-secrets\s+key: ${key}`, 'v'));
	}

	const other = await given('compose.yaml', compose);
	await plan(
		parseOptions([
			'-f',
			other.file,
			'--out',
			path.join(other.folder, 'out'),
			'--strategy',
			'fresh',
			'--image-tag',
			'2109',
		]),
		streams,
	);
	expect(await readFile(path.join(other.folder, 'out/compose/compose.yaml'), 'utf8')).toContain(
		'PING_IDENTITY_PASSWORD=${PING_IDENTITY_PASSWORD:?}',
	);
});

test('inspect tells none either, as text and as JSON', async () => {
	const files = await Promise.all(
		[
			['objects.yaml', objects],
			['compose.yaml', compose],
			['run.sh', command],
			['values.yaml', values],
		].map(async ([name, text]) => given(name ?? '', text ?? '')),
	);
	const {write, text: told} = paper();
	for (const output of ['text', 'json'] as const) {
		await runInspect({
			files: files.map(({file}) => file),
			async readCluster() {
				throw new Error('The cluster was asked.');
			},
			output,
			stdin: nothing(),
			write,
		});
	}

	expect(told()).toContain('LDAPS_PORT');
	expect(canaries.filter(canary => told().includes(canary))).toEqual([]);
});

const keyLines = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', 'c3R1dg=='];

test.each(['compose.yaml', 'objects.yaml'])(
	'%s: of a private key that is a block no line is in the plan',
	async name => {
		const key = ['|', '-----BEGIN PRIVATE KEY-----', ...keyLines, '-----END PRIVATE KEY-----'].join('\n              ');
		const texts = {
			'compose.yaml': `services:
  users:
    image: pingidentity/pingdirectory:2102
    environment:
      LDAPS_PORT: "636"
      TLS_PRIVATE_KEY: ${key}
`,
			'objects.yaml': objects.replace(`value: ${canaries[0] ?? ''}`, () => `value: ${key}`),
		};
		const {folder, file} = await given(name, texts[name as keyof typeof texts]);
		const out = path.join(folder, 'out');
		const stdout = paper();
		const streams = {stdin: nothing(), stdout, environment: {}};
		await plan(parseOptions(['-f', file, '--out', out, '--strategy', 'root', '--image-tag', '2109']), streams);
		const written = await readdir(out, {recursive: true, withFileTypes: true});
		const planned = await Promise.all(
			written.filter(entry => entry.isFile()).map(async one => readFile(path.join(one.parentPath, one.name), 'utf8')),
		);
		const all = [stdout.text(), ...planned].join('\n');
		expect(keyLines.filter(one => all.includes(one))).toEqual([]);
		expect(all).not.toContain('PRIVATE KEY-----');
		expect(all.includes('${TLS_PRIVATE_KEY:?}')).toBe(name === 'compose.yaml');
	},
);
