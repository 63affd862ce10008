import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';

const top = fileURLToPath(new URL('../..', import.meta.url));
const {version} = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as {readonly version: string};

/** A version and the commit it was built from. */
const said = new RegExp(String.raw`^${version.replaceAll('.', String.raw`\.`)}(?: \(commit [\da-f]{12}\))?\n$`, 'v');
let folder = '';

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'unroot-package-'));
	execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {cwd: top});
	const tarball = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '';
	execFileSync(
		'npm',
		[
			'install',
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			'--offline',
			'--silent',
			'--prefix',
			folder,
			join(folder, tarball),
		],
		{cwd: folder},
	);
}, 180_000);

afterAll(() => {
	rmSync(folder, {recursive: true, force: true});
});

test('the package holds what is built, the readme and the licence, and drags no Node along', () => {
	const installed = join(folder, 'node_modules', 'unroot');
	expect(
		readdirSync(installed)
			.filter(name => name !== 'node_modules')
			.toSorted(),
	).toEqual(['dist', 'license', 'package.json', 'readme.md']);
	expect(readdirSync(join(folder, 'node_modules')).toSorted()).toEqual(['.bin', '.package-lock.json', 'unroot']);
	expect(existsSync(join(folder, 'node_modules', '.bin', 'node'))).toBe(false);
});

test('it brings all that it imports, and the licences of that', () => {
	const built = join(folder, 'node_modules', 'unroot', 'dist');
	const files = readdirSync(built).filter(name => name.endsWith('.js') && name !== 'cli.js');
	const script =
		'const failed = []; for (const file of process.argv.slice(1)) { await import(file).catch(error => ' +
		'failed.push(error.message)); } process.stdout.write(JSON.stringify(failed));';
	const {stdout, stderr} = spawnSync(
		process.execPath,
		['--input-type=module', '--eval', script, ...files.map(file => join(built, file))],
		{encoding: 'utf8'},
	);
	expect(stderr).toBe('');
	// Ink asks for it where DEV is set, and only then.
	expect((JSON.parse(stdout) as readonly string[]).filter(message => !message.includes('react-devtools-core'))).toEqual(
		[],
	);

	const licences = readFileSync(join(built, 'licences.txt'), 'utf8');
	for (const name of ['@kubernetes/client-node', 'execa', 'ink', 'react', 'tar-stream', 'ws', 'yaml', 'zod']) {
		expect(licences).toMatch(new RegExp(String.raw`^${name} \d+\.\d+\.\d+: (?:Apache-2\.0|MIT|ISC)$`, 'mv'));
	}
});

test('of every package that is built in, the text of its licence comes along', () => {
	const built = join(folder, 'node_modules', 'unroot', 'dist');
	const packages = new Set(
		readdirSync(built)
			.filter(name => name.endsWith('.js'))
			.flatMap(name => {
				const text = readFileSync(join(built, name), 'utf8');
				const regions = text.matchAll(/^\/\/(?:#region)? node_modules\/(?<package>(?:@[^\/]+\/)?[^\/]+)\//gmv);
				return Array.from(regions, ({groups}) => groups?.package ?? '');
			}),
	);
	expect(packages.size).toBeGreaterThan(50);
	expect([...packages]).toContain('yoga-layout');
	const sections = new Map(
		readFileSync(join(built, 'licences.txt'), 'utf8')
			.split(`\n\n${'-'.repeat(80)}\n\n`)
			.map(section => [section.slice(0, section.indexOf(' ')), section.slice(section.indexOf('\n')).trim()]),
	);
	const without = [...packages].filter(name => !/warrant(?:ies|y)|public domain/iv.test(sections.get(name) ?? ''));
	expect(without).toEqual([]);
});

test('it inspects a manifest', () => {
	const {stdout, stderr} = spawnSync(
		process.execPath,
		[join(folder, 'node_modules', '.bin', 'unroot'), 'inspect', '--file', '-', '--output', 'json'],
		{
			encoding: 'utf8',
			input:
				'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pd\nspec:\n  containers:\n  - name: pd\n    image: ' +
				'pingidentity/pingdirectory:2102-8.2.0.2\n',
		},
	);
	expect(stderr).toBe('');
	expect(stdout).toContain('pingdirectory:2102-8.2.0.2');
});

test.each(['unroot', 'kubectl-unroot'])('%s says its version on a current Node', name => {
	const result = spawnSync(process.execPath, [join(folder, 'node_modules', '.bin', name), '--version'], {
		encoding: 'utf8',
	});
	expect(result.stdout).toMatch(said);
	expect(result.status).toBe(0);
});

test('kubectl finds it as a plugin', () => {
	const bin = mkdtempSync(join(folder, 'bin-'));
	symlinkSync(process.execPath, join(bin, 'node'));
	const result = spawnSync('kubectl', ['unroot', '--version'], {
		encoding: 'utf8',
		env: {...process.env, PATH: [bin, join(folder, 'node_modules', '.bin'), process.env.PATH].join(':')},
	});
	expect(result.stdout).toMatch(said);
});

const ofTheMachine = ['/usr/bin/node', '/usr/local/bin/node'].find(
	path => existsSync(path) && /^v(?:1\d|20|21)\./v.test(execFileSync(path, ['--version'], {encoding: 'utf8'})),
);

test.skipIf(ofTheMachine === undefined)(
	'on a Node that is too old the package says so in two lines, and a clone runs itself on the Node it carries ' +
		'(skipped where the machine has no old Node)',
	() => {
		const old = ofTheMachine ?? '';
		const packaged = spawnSync(old, [join(folder, 'node_modules', 'unroot', 'dist', 'cli.js'), 'runs'], {
			encoding: 'utf8',
		});
		expect(packaged.status).toBe(2);
		expect(packaged.stderr.trimEnd().split('\n')).toHaveLength(2);
		expect(packaged.stderr).toContain('unroot needs Node 22.19 or newer');
		const cloned = spawnSync(old, [join(top, 'dist', 'cli.js'), '--help'], {encoding: 'utf8'});
		expect(cloned.stdout).toContain('unroot migrate');
		const asked = spawnSync(old, [join(folder, 'node_modules', 'unroot', 'dist', 'cli.js'), '--version'], {
			encoding: 'utf8',
		});
		expect(asked.stdout).toMatch(said);
	},
);
