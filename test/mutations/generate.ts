import ts from 'typescript';
import type {Mutation} from './mutation.ts';

/** What an operator becomes. */
const swaps: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
	[ts.SyntaxKind.AmpersandAmpersandToken]: '||',
	[ts.SyntaxKind.BarBarToken]: '&&',
	[ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
	[ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
	[ts.SyntaxKind.LessThanToken]: '<=',
	[ts.SyntaxKind.LessThanEqualsToken]: '<',
	[ts.SyntaxKind.GreaterThanToken]: '>=',
	[ts.SyntaxKind.GreaterThanEqualsToken]: '>',
};

type Change = Pick<Mutation, 'from' | 'to' | 'by'> & {readonly kind: string};

const negated = (condition: ts.Expression, file: ts.SourceFile): Change => ({
	kind: 'negates',
	from: condition.getStart(file),
	to: condition.end,
	by: `!(${condition.getText(file)})`,
});

/** What is only shown: it is nobody's decision, and the front ends' tests have it. */
const isShown = (text: string): boolean => /^(?:await )?(?:\w+\.)*(?:log|progress|tell)(?:\?\.)?\(/v.test(text);

/** The changes of one node, apart from those of the nodes in it. */
const changesOf = (node: ts.Node, file: ts.SourceFile): readonly Change[] => {
	if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
		return [negated(node.expression, file)];
	}

	if (ts.isConditionalExpression(node)) {
		return [negated(node.condition, file)];
	}

	if (ts.isBinaryExpression(node)) {
		const by = swaps[node.operatorToken.kind];
		const {operatorToken: operator} = node;
		return by === undefined ? [] : [{kind: 'swaps', from: operator.getStart(file), to: operator.end, by}];
	}

	if (ts.isExpressionStatement(node)) {
		return isShown(node.getText(file)) ? [] : [{kind: 'drops', from: node.getStart(file), to: node.end, by: ';'}];
	}

	if (ts.isArrayLiteralExpression(node)) {
		return node.elements.length === 0 ? [] : [{kind: 'empties', from: node.getStart(file), to: node.end, by: '[]'}];
	}

	if (ts.isBlock(node) && ts.isFunctionLike(node.parent) && node.statements.length > 0) {
		const at = node.getStart(file) + 1;
		return [{kind: 'returns before', from: at, to: at, by: ' if (Date.now() > 0) { return undefined; }'}];
	}

	return [];
};

/** Texts are for people: what is chosen inside of them is no decision of the program. */
const isText = (node: ts.Node): boolean =>
	ts.isTemplateExpression(node) ||
	(ts.isPropertyAssignment(node) &&
		/^(?:title|why|says|seen|means|todo|byHand|what|label|value|summary|wayBack|details|reason|cost)$/v.test(
			node.name.getText(),
		) &&
		!/=>/v.test(node.initializer.getText())) ||
	ts.isTypeNode(node) ||
	ts.isImportDeclaration(node);

/** All faults that can be made in a file, in their order. */
export const mutationsOf = (path: string, text: string): readonly Mutation[] => {
	const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
	const made: Mutation[] = [];
	const walk = (node: ts.Node): void => {
		if (isText(node)) {
			return;
		}

		for (const {kind, from, to, by} of changesOf(node, file)) {
			const {line} = file.getLineAndCharacterOfPosition(from);
			const says = text.split('\n')[line]?.trim() ?? '';
			made.push({harm: `${kind} in line ${line + 1}: ${says}`, file: path, from, to, by});
		}

		ts.forEachChild(node, walk);
	};

	walk(file);
	return made;
};
