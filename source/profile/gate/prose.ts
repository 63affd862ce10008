import {isSecretName} from '../../ping/secret-names.js';
import {looksRandom, secretForm} from '../../ping/secret-values.js';
import {readScript} from './commands.js';
import {bySecretName, type Found} from './judge.js';

/** A name and what is said of it: «password: changeme». */
const said = /(?:^|[\s"'\(*`])(?<name>[A-Za-z][\w\-]*)\s*[:=]\s*["'`]?(?<value>[^\s"'`]+)/gv;

/**
Text for people and pages: held back are secrets by their form, and what is said of a name that tells of a secret, where
it looks like one.
*/
export const readProse = (text: string): readonly Found[] =>
	text.split(/\r?\n/v).flatMap((content, index): readonly Found[] => {
		const line = index + 1;
		const form = secretForm(content);
		if (form !== undefined) {
			return [{line, what: form}];
		}

		return [
			...content
				.matchAll(said)
				.map(({groups}) => [groups?.name ?? '', groups?.value ?? ''] as const)
				.filter(([name, value]) => isSecretName(name) && looksRandom(value))
				.map(([field]) => ({line, field, what: bySecretName})),
			...readScript(content).map(found => ({...found, line})),
		];
	});

/** Text of which nothing more is known: what looks random is held back as well. */
export const readPlainText = (text: string): readonly Found[] => [
	...readProse(text),
	...text
		.split(/\r?\n/v)
		.flatMap((content, index) => (looksRandom(content) ? [{line: index + 1, what: 'a word that looks random'}] : [])),
];

/** Messages that are shown to people: a label is called what it says, so that names tell nothing. */
export const readMessages = (text: string): readonly Found[] =>
	text.split(/\r?\n/v).flatMap((content, index): readonly Found[] => {
		const what = secretForm(content) ?? (looksRandom(content) ? 'a word that looks random' : undefined);
		return what === undefined ? [] : [{line: index + 1, what}];
	});
