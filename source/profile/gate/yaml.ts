import {isSecretName} from '../../ping/secret-names.js';
import {readScript} from './commands.js';
import {judge, type Found} from './judge.js';

const pair =
	/^\s*(?:-\s+)*(?:"(?<double>[^"]+)"\s*|'(?<single>[^']+)'\s*|(?<plain>[^\s"#'\-:\[\{][^#:]*)):(?:\s(?<value>.*))?$/v;

/** A value without its quotes and what follows them: a comment, or the comma of JSON in a block of text. */
const unquoted = (value: string): string => {
	const {quote, text} =
		/^(?:!!\w+\s+|&\w+\s+)?(?<quote>["'])(?<text>.*)\k<quote>,?(?:\s*|\s+#.*)$/v.exec(value)?.groups ?? {};
	return quote === undefined ? (value.split(' #', 1)[0] ?? '').trim() : (text ?? '');
};

/** Pairs of a value that is written in one line: `{a: b, c: d}`. */
const inFlow = /["']?\b(?<name>[\w\-.]+)["']?\s*:\s*(?<value>"[^"]*"|'[^']*'|[^\s,\]\}]+)/gv;

type Above = {readonly depth: number; readonly name: string};

const judged = (line: number, name: string, value: string): readonly Found[] => {
	const what = judge(name, unquoted(value.trim()), 'open');
	return what === undefined ? [] : [{line, field: name, what}];
};

/**
YAML, line by line: each value is judged by the key it stands at, items of a list and blocks of text by the key above
them.
*/
export const readYaml = (text: string): readonly Found[] => {
	const found: Found[] = [];
	let above: Above[] = [];
	let beside = {depth: -1, name: ''};
	for (const [index, content] of text.split(/\r?\n/v).entries()) {
		const line = index + 1;
		if (/^\s*#/v.test(content)) {
			found.push(...readScript(content.replace(/^\s*#\s*/v, '')).map(one => ({...one, line})));
			continue;
		}

		const depth = content.length - content.replace(/^[\s\-]+/v, '').length;
		if (content.trim() === '' || /^(?:---|\.\.\.)\s*$/v.test(content)) {
			continue;
		}

		above = above.filter(one => one.depth < depth);
		const groups = pair.exec(content)?.groups;
		const inherited = above.findLast(({name}) => isSecretName(name))?.name ?? above.at(-1)?.name ?? '';
		if (!groups) {
			found.push(...judged(line, inherited, content.trim().replace(/^(?:-\s+)+/v, '')));
			continue;
		}

		const own = (groups.double ?? groups.single ?? groups.plain ?? '').trim();
		const value = groups.value?.trim() ?? '';
		if (/^(?:name|key|id)$/iv.test(own)) {
			beside = {depth, name: unquoted(value)};
		}

		const isNeutral = /^(?:value|stringvalue|text|data)$/iv.test(own);
		const name =
			isNeutral && beside.depth === depth && isSecretName(beside.name)
				? beside.name
				: isNeutral && isSecretName(inherited)
					? inherited
					: own;
		// What only opens, as JSON in a block of text does, holds nothing yet: the lines below are judged by this name.
		if (/^[\[\{]./v.test(value)) {
			found.push(
				...value.matchAll(inFlow).flatMap(({groups: flow}) => judged(line, flow?.name ?? '', flow?.value ?? '')),
				...(isSecretName(name) ? judged(line, name, value) : []),
			);
		} else if (!/^(?:[\[\{]|[>\|][\d+\-]*)$/v.test(value)) {
			found.push(...judged(line, name, value));
		}

		above.push({depth, name});
	}

	return found;
};
