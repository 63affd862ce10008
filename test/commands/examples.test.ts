import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import {readAnswers} from '../../source/commands/answers-file.js';
import {parseOptions} from '../../source/commands/arguments.js';
import {plan} from '../../source/commands/plan/index.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** The texts of the files below a folder, by their paths in it. */
const textsBelow = async (folder: string): Promise<Readonly<Record<string, string>>> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	const paths = entries.filter(entry => entry.isFile()).map(({parentPath, name}) => join(parentPath, name));
	return Object.fromEntries(
		await Promise.all(paths.map(async path => [path.slice(folder.length), await readFile(path, 'utf8')] as const)),
	);
};

test.each(['fresh', 'root'])('what becomes of the old manifest, %s, is what unroot plans today', async strategy => {
	const folder = await mkdtemp(join(tmpdir(), 'unroot-examples-'));
	const words = ['plan', '-f', join(examples, 'old.yaml'), '-o', folder, '--strategy', strategy];
	await plan(parseOptions([...words, '--image-tag', '2109-8.3.0.0']), {
		stdout: {write: () => true},
		stdin: undefined,
	} as never);
	expect(await textsBelow(folder)).toEqual(await textsBelow(join(examples, strategy)));
	await rm(folder, {recursive: true});
});

test('the answers are read, each by a question of that name', async () => {
	const {answers} = await readAnswers(join(examples, 'answers.yaml'));
	expect(answers).toMatchObject({strategy: 'fresh', freeze: 'catch-up', 'freeze-budget': '5m'});
});
