import {readdir, readFile} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';
import {expect, test} from 'vitest';

const project = fileURLToPath(new URL('..', import.meta.url));

/** Turns that a reader stumbles over, and what is said instead. */
const turns: ReadonlyArray<readonly [turn: RegExp, instead: string]> = [
	[/\bmend(?:s|ed|ing)?\b(?! files?:)/iv, 'fix, correct, repair'],
	[/(?<=\w )anew\b/iv, 'again'],
	[/\bfor want of\b/iv, 'because … is missing'],
	[/\b(?:a|the) right is missing\b|\bmissing rights?\b|\blacks? (?:a|the) right\b/iv, 'permission'],
	[/\bbears? (?!with)/iv, 'have, tolerate'],
	[/\bbecomes? of\b/iv, 'what happens to, what should happen to'],
	[/\bcomes? to rest\b/iv, 'finishes'],
	[/\bis none yet\b/iv, 'does not exist yet'],
	[/\bgoes back through\b/iv, 'has to be undone by'],
	[/\bbehind (?:its|their|the) owner/iv, "without its owner's knowledge"],
	[/\bsays nothing\b/iv, 'does not say, Unexpected argument'],
	[/\bkept out\b/iv, 'left out of the commit'],
	[/\bone would want\b/iv, 'you may need'],
	[/\bgiven beforehand\b/iv, 'given in advance'],
	[/\b(?:hence|thus|thereof|thereby|whence|hitherto|wherein|shall|lest|forthwith)\b/iv, 'a plain word'],
	[
		/(?<![\d,.])\b1 (?:objects|replicas|files|places|entries|pods|servers|backends|nodes|days|rows)\b/iv,
		'the singular',
	],
];

/** The texts of a file of the program: what stands in its literals, not in its comments. */
const literalsOf = (path: string, text: string): readonly string[] => {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
			found.push(node.text);
		}

		ts.forEachChild(node, visit);
	};

	visit(
		ts.createSourceFile(
			path,
			text,
			ts.ScriptTarget.Latest,
			false,
			path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
		),
	);
	return found;
};

const filesBelow = async (folder: string, isWanted: (name: string) => boolean): Promise<readonly string[]> => {
	const entries = await readdir(join(project, folder), {recursive: true, withFileTypes: true});
	return entries
		.filter(entry => entry.isFile() && isWanted(entry.name))
		.map(({parentPath, name}) => relative(project, join(parentPath, name)));
};

const stumbled = (path: string, texts: readonly string[]): readonly string[] =>
	texts.flatMap(text =>
		turns.flatMap(([turn, instead]) => (turn.test(text) ? [`${path}: «${text.trim()}» (say: ${instead})`] : [])),
	);

test('no text of the program or its documents has a turn that a reader stumbles over', async () => {
	// What the sandbox prints is what Ping's own tools print.
	const programs = await filesBelow('source', name => /\.tsx?$/v.test(name));
	const own = programs.filter(path => !path.startsWith('source/sandbox/'));
	const documents = ['readme.md', ...(await filesBelow('docs', name => name.endsWith('.md')))];
	const seen = await Promise.all(
		[...own, ...documents].map(async path => {
			const text = await readFile(join(project, path), 'utf8');
			return stumbled(path, path.endsWith('.md') ? text.split('\n') : literalsOf(path, text));
		}),
	);
	expect(own.length).toBeGreaterThan(300);
	expect(seen.flat()).toEqual([]);
}, 120_000);
