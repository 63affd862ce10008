import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import ts from 'typescript';
import {expect, test} from 'vitest';
import {readAnswers} from '../../source/commands/answers-file.js';
import {knownQuestions, questionsText} from '../../source/commands/known-questions.js';
import {temporaryFolder} from '../machine/temporary-folder.js';

const steps = fileURLToPath(new URL('../../source/steps', import.meta.url));
const kinds = new Set(['choice', 'text', 'typed', 'secret']);

const isText = (node: ts.Node | undefined): node is ts.StringLiteralLike =>
	node !== undefined && ts.isStringLiteralLike(node);

const propertyOf = (object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined =>
	object.properties.flatMap(one =>
		ts.isPropertyAssignment(one) && one.name.getText() === name ? [one.initializer] : [],
	)[0];

const within = (node: ts.Node): readonly ts.Node[] => {
	const children: ts.Node[] = [];
	ts.forEachChild(node, child => {
		children.push(child, ...within(child));
	});
	return children;
};

/**
Every literal question in the steps: its id, as it is written, and the values of its choices where they are literal.
*/
const questionsInCode = async () => {
	const names = await readdir(steps, {recursive: true});
	const files = await Promise.all(
		names
			.filter(name => name.endsWith('.ts'))
			.map(async name =>
				ts.createSourceFile(name, await readFile(join(steps, name), 'utf8'), ts.ScriptTarget.Latest, true),
			),
	);
	const nodes = files.flatMap(file => within(file));
	// Ids that several places use are constants.
	const constants = new Map(
		nodes
			.filter(node => ts.isVariableDeclaration(node))
			.flatMap(({name, initializer, parent}) => {
				const file = parent.getSourceFile().fileName;
				return isText(initializer) ? [[`${file} ${name.getText()}`, initializer.text] as const] : [];
			}),
	);
	return nodes
		.filter(node => ts.isObjectLiteralExpression(node))
		.flatMap(object => {
			const [kind, id, title] = ['kind', 'id', 'title'].map(name => propertyOf(object, name));
			if (!isText(kind) || !kinds.has(kind.text) || !id || !title) {
				return [];
			}

			const options = propertyOf(object, 'options');
			const values = (options ? within(options) : [])
				.filter(node => ts.isObjectLiteralExpression(node))
				.map(option => propertyOf(option, 'value'))
				.filter(value => value !== undefined);
			return [
				{
					kind: kind.text,
					id: isText(id)
						? id.text
						: (constants.get(`${object.getSourceFile().fileName} ${id.getText()}`) ?? id.getText()),
					choices:
						values.length > 0 && values.every(value => isText(value)) ? values.map(value => value.text) : undefined,
				},
			];
		});
};

test('the questions that are known are those that the steps ask, with their choices', async () => {
	const asked = await questionsInCode();
	expect(asked.length).toBeGreaterThan(35);
	const known = new Map(knownQuestions.map(question => [question.id, question]));
	const named = asked.filter(one => one.kind !== 'secret' && /^[\-a-z]+$/v.test(one.id));
	for (const {kind, id, choices} of named) {
		expect(known.get(id), id).toBeDefined();
		expect(known.get(id)?.isTyped ?? false, id).toBe(kind === 'typed');
		if (choices) {
			expect(known.get(id)?.choices?.toSorted(), id).toEqual(choices.toSorted());
		}
	}

	// Every one that is known is named somewhere in the steps.
	const names = await readdir(steps, {recursive: true});
	const texts = await Promise.all(
		names.filter(name => name.endsWith('.ts')).map(async name => readFile(join(steps, name), 'utf8')),
	);
	const code = texts.join('\n');
	for (const {id} of knownQuestions) {
		const isThere = code.includes(`'${id}'`) || (id.endsWith('-owner') && code.includes('-owner'));
		expect(isThere, id).toBe(true);
	}
});

test('what is printed is an answers file that a run takes as it is', async () => {
	const path = join(await temporaryFolder(), 'answers.yaml');
	await writeFile(path, questionsText());
	const {answers} = await readAnswers(path);
	expect(answers).toMatchObject({encryption: 'none', freeze: 'catch-up', copies: 'keep'});
	expect(Object.keys(answers)).not.toContain('cut-over');
	for (const {id} of knownQuestions) {
		expect(questionsText()).toMatch(new RegExp(`^ {2}(?:# )?${id}:`, 'mv'));
	}
});
