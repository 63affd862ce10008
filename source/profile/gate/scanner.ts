import {decoded, type ProfileTree} from '../tree.js';

/**
Something that the scanner knows, such as the token of a service. The scanner's own message quotes what it found, and
goes nowhere.
*/
export type Scanned = {readonly path: string; readonly line: number; readonly what: string};

/** Words that are no part of a rule's name. */
const ruleName = (ruleId: string): string => ruleId.replace(/^@secretlint\/secretlint-rule-/v, '');

/**
Lets secretlint with its recommended rules read the texts of a tree. It is loaded when it is needed: that takes a third
of a second.
*/
export const scan = async (tree: ProfileTree): Promise<readonly Scanned[]> => {
	const [{lintSource}, {creator}] = await Promise.all([
		import('@secretlint/core'),
		import('@secretlint/secretlint-rule-preset-recommend'),
	]);
	const config = {rules: [{id: '@secretlint/secretlint-rule-preset-recommend', rule: creator}]};
	const found: Scanned[] = [];
	for (const [path, bytes] of tree) {
		const content = decoded(bytes);
		if (content === undefined) {
			continue;
		}

		const {messages} = await lintSource({
			source: {content, filePath: `/${path}`, ext: '', contentType: 'text'},
			options: {config, noPhysicFilePath: true},
		});
		found.push(
			...messages.map(({ruleId, messageId, loc}) => ({
				path,
				line: loc.start.line,
				what: `${messageId}, says secretlint (${ruleName(ruleId)})`,
			})),
		);
	}

	return found;
};
