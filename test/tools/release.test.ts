import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';

const script = fileURLToPath(new URL('../../tools/release.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'unroot-release-'));
	await execa('git', ['init', '--quiet'], {cwd: folder});
});

afterEach(async () => {
	await rm(folder, {recursive: true});
});

const release = async (changelog: string) => {
	await writeFile(join(folder, 'changelog.md'), changelog);
	return execa(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
		cwd: folder,
		env: {npm_package_version: '0.2.0'},
		reject: false,
	});
};

test('what stands under «Unreleased» becomes the new version, with a date, and is staged', async () => {
	const {exitCode, stderr} = await release('# Changelog\n\n## Unreleased\n- A wizard.\n\n## 0.1.0\nThe first.\n');
	expect(exitCode, stderr).toBe(0);
	const text = await readFile(join(folder, 'changelog.md'), 'utf8');
	expect(text).toMatch(
		/^# Changelog\n\n## Unreleased\n\n## 0\.2\.0, \d{4}-\d{2}-\d{2}\n- A wizard\.\n\n## 0\.1\.0\nThe first\.\n$/v,
	);
	const {stdout} = await execa('git', ['diff', '--cached', '--name-only'], {cwd: folder});
	expect(stdout).toBe('changelog.md');
});

test('a version that nobody would notice is refused, and nothing is written', async () => {
	const text = '# Changelog\n\n## Unreleased\n\n## 0.1.0\nThe first.\n';
	const {exitCode, stderr} = await release(text);
	expect(exitCode).not.toBe(0);
	expect(stderr).toContain('what does 0.2.0 bring?');
	expect(await readFile(join(folder, 'changelog.md'), 'utf8')).toBe(text);
});

test("krew's manifest gets the version, the address of package.json, and a hash that is not known yet", async () => {
	const krew = fileURLToPath(new URL('../../deploy/krew.yaml', import.meta.url));
	await mkdir(join(folder, 'deploy'));
	const before = await readFile(krew, 'utf8');
	await writeFile(
		join(folder, 'deploy', 'krew.yaml'),
		before.replace(/0{64}/v, () => 'a'.repeat(64)),
	);
	await writeFile(join(folder, 'package.json'), '{"homepage": "https://example.com/unroot#readme"}');
	const {exitCode, stderr} = await release('# Changelog\n\n## Unreleased\n- A wizard.\n');
	expect(exitCode, stderr).toBe(0);
	const text = await readFile(join(folder, 'deploy', 'krew.yaml'), 'utf8');
	expect(text).toContain('version: v0.2.0');
	expect(text).toContain('homepage: https://example.com/unroot\n');
	expect(text).toContain('uri: https://example.com/unroot/releases/download/v0.2.0/unroot-0.2.0.tgz');
	expect(text).toContain(`sha256: "${'0'.repeat(64)}"`);
});
