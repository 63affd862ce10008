import {globSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';

/** What the program can say went wrong; the sandbox speaks for itself. */
const said = new Map<string, string>();
const sources = globSync('source/**/*.{ts,tsx}').filter(file => !file.startsWith('source/sandbox/'));
for (const path of sources) {
	for (const match of readFileSync(path, 'utf8').matchAll(/\bcode: '(?<code>[\-0-9a-z]+)'/gv)) {
		said.set(match.groups?.code ?? '', path);
	}
}

const tests = globSync('test/**/*.{ts,tsx}')
	.filter(path => !path.endsWith('codes.test.ts') && !path.startsWith('test/e2e/'))
	.map(path => readFileSync(path, 'utf8'))
	.join('\n');

/** Whether a test names a code: a word alone must stand in quotes, since it may mean something else. */
const named = (code: string): boolean =>
	new RegExp(code.includes('-') ? String.raw`(?<![\w\-])${code}(?![\w\-])` : `['"]${code}['"]`, 'v').test(tests);

/** Codes of which whole programs are tested by the words that they say. */
const byTheirWords: Readonly<Record<string, string>> = {
	'run-exists': 'There is a run ${name} already',
	'run-ambiguous': 'runs could be meant',
	'not-seen': 'not everything in it could be looked at',
};

/** Codes that no test names yet: debt, to be paid and never added to. */
const open: readonly string[] = [
	'answer-refused',
	'configuration-differs',
	'joined-others',
	'no-terminal',
	'old-side-open',
	'other-place',
	'profile-empty',
	'profile-place-taken',
	'replica-differs',
	'replica-not-joined',
	'replica-not-right',
	'sandbox-gone',
	'sandbox-not-started',
	'secret-file-missing',
	'secret-not-seen',
	'secrets-ignored',
	'way-back-whole',
	'workload-unknown',
];

test('every code of a failure or a finding stands in a test', () => {
	expect(said.size).toBeGreaterThan(200);
	const unknown = said
		.keys()
		.filter(
			code => !open.includes(code) && !named(code) && !tests.includes(byTheirWords[code] ?? `no test says ${code}`),
		)
		.toArray();
	expect(unknown).toEqual([]);
	expect(open.filter(code => !said.has(code))).toEqual([]);
});
