import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';

const project = fileURLToPath(new URL('..', import.meta.url));
const git = async (...words: readonly string[]): Promise<string> => {
	const {stdout} = await execa('git', words, {cwd: project, reject: false});
	return stdout;
};

const pages = [
	'command-line',
	'decisions',
	'dependencies',
	'digest',
	'measured',
	'owners',
	'runs',
	'sandbox',
	'topologies',
];
const documents = [
	'readme.md',
	'contributing.md',
	'security.md',
	'changelog.md',
	'test/e2e/readme.md',
	...pages.map(name => `docs/${name}.md`),
];

/** Paths as the documents write them: a test may be named without its ending, and NAME is anybody's. */
const isThere = (path: string): boolean =>
	/\bNAME\b/v.test(path) ||
	['', '.ts', '.tsx', '.test.ts', '.test.tsx'].some(end => existsSync(join(project, path + end)));

describe.each(documents)('%s', name => {
	test('every path that it names is there', async () => {
		const text = await readFile(join(project, name), 'utf8');
		const named = text.matchAll(/`(?<path>(?:source|test|tools|docs|bench|examples|\.ci|\.github)\/[^\s`]*)`/gv);
		const missing = named.map(({groups}) => groups?.path ?? '').filter(path => !isThere(path));
		expect(missing.toArray()).toEqual([]);
	});

	test('every link in it leads to a file', async () => {
		const text = await readFile(join(project, name), 'utf8');
		const links = text.matchAll(/\]\((?<path>[^\s#\):]+)(?:#[^\s\)]*)?\)/gv).map(({groups}) => groups?.path ?? '');
		expect(links.filter(path => !existsSync(join(project, dirname(name), path))).toArray()).toEqual([]);
	});
});

test('a newcomer finds at each commit that contributing names what it says', async ({skip}) => {
	const text = await readFile(join(project, 'contributing.md'), 'utf8');
	const named = text
		.matchAll(/\| `(?<commit>[\da-f]{7})` (?<subject>[^\|]+) \|$/gmv)
		.map(({groups}) => ({commit: groups?.commit ?? '', subject: groups?.subject ?? ''}))
		.toArray();
	expect(named.length).toBeGreaterThan(6);
	skip((await git('rev-parse', '--is-shallow-repository')) !== 'false', 'the history is not here');
	for (const {commit, subject} of named) {
		expect(await git('log', '-1', '--format=%s', commit)).toContain(subject);
	}
});
