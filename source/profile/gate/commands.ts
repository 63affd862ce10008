import {isSecretName} from '../../ping/secret-names.js';
import {secretForm, withoutVariables} from '../../ping/secret-values.js';
import {bySecretName, judge, type Found, type Strictness} from './judge.js';
import {isPlace, withoutPlaces, withoutShell} from './shell-text.js';
import {commandsOf, type PlacedWord} from './words.js';

/** Options of dsconfig that change a property. Source: dsconfig's reference, 8.0 to 11.0. */
const changing = /^--(?:set|add|remove|reset)$/v;

/** The name and value of a property, as dsconfig takes it. */
const propertyOf = (text: string): readonly [name: string, value: string] => {
	const at = text.search(/[:=]/v);
	return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

const judged = ({line}: PlacedWord, name: string, value: string, strictness: Strictness): readonly Found[] => {
	const what = judge(name, value, strictness);
	return what === undefined ? [] : [{line, field: name, what}];
};

/** A sub-command, a tool or a type: what stands in a command without an option before it. */
const plainWord = /^[a-z][\da-z]*(?:-[\da-z]+)*$/v;

const optionOf = (text: string): {readonly name: string; readonly value: string | undefined} => {
	const at = text.indexOf('=');
	return at === -1 ? {name: text, value: undefined} : {name: text.slice(0, at), value: text.slice(at + 1)};
};

const judgePlain = ({text, line}: PlacedWord, strictness: Strictness): readonly Found[] =>
	strictness === 'open' || plainWord.test(text) || withoutVariables(text) === ''
		? []
		: [{line, what: 'a word that is no option and no sub-command'}];

/** Judges the words of one command of dsconfig. */
const judgeCommand = (words: readonly PlacedWord[], strictness: Strictness): readonly Found[] => {
	const found: Found[] = [];
	for (let index = 0; index < words.length; index++) {
		const word = words[index]!;
		if (!word.text.startsWith('-')) {
			const {name, value} = optionOf(word.text);
			found.push(...(value === undefined ? judgePlain(word, strictness) : judged(word, name, value, strictness)));
			continue;
		}

		const {name, value: joined} = optionOf(word.text);
		const next = words[index + 1];
		const isNextValue = joined === undefined && next !== undefined && !next.text.startsWith('--');
		const value = joined ?? (isNextValue ? next.text : '');
		index += isNextValue ? 1 : 0;
		const at = isNextValue ? next : word;
		found.push(
			...(changing.test(name)
				? judged(at, ...propertyOf(value), strictness)
				: judged(at, name.replace(/^-+/v, ''), value, strictness)),
		);
	}

	return found;
};

/** A batch of dsconfig. What is switched off by a comment is judged as well, though not every word of prose. */
export const readBatch = (text: string): readonly Found[] =>
	commandsOf(text).flatMap(({words, isComment}) => {
		const isCommand = !isComment || words.some(({text: word}) => word === 'dsconfig' || word.startsWith('--'));
		return isCommand ? judgeCommand(words, isComment ? 'open' : 'closed') : [];
	});

/** An assignment: of a shell, of a file of variables, of a container. */
const assignment = /(?:^|[\s"'\(;\{\|])(?:-D|-e\s)?(?<name>[A-Z_a-z][\w.]*)=(?<value>"[^"]*"|'[^']*'|[^\s\);\|]*)/gv;

/** An option with its value. */
const option = /(?:^|\s)--?(?<name>[A-Za-z][\w\-]+)(?:=|\s+)(?<value>"[^"]*"|'[^']*'|[^\s\-][^\s;\|]*)/gv;

/** The password of the tools of LDAP and of curl in one letter. */
const shortOption =
	/\b(?:ldap\w+|dsconfig|dsreplication|manage-\w+|import-ldif|export-ldif)\b.*\s-w\s+[^\s$]|\bcurl\b.*\s(?:-u|--user)\s+["']?[^\s"$':]+:[^\s"$']/v;

const unquoted = (value: string): string => value.replace(/^(?<quote>["'])(?<text>.*)\k<quote>$/v, '$<text>');

/** Scripts are code: held back are secrets by their name, of variables and options, and by their form. */
export const readScript = (text: string): readonly Found[] =>
	text.split(/\r?\n/v).flatMap((content, index): readonly Found[] => {
		const line = index + 1;
		// Commands are parted by either.
		const parted = content.replaceAll('&', ';');
		const named = [...withoutShell(withoutPlaces(parted)).matchAll(assignment), ...parted.matchAll(option)].flatMap(
			({groups}) => {
				const [name, value] = [groups?.name ?? '', unquoted(groups?.value ?? '')];
				const isSecret =
					isSecretName(name) && !isPlace(value) && judge(name, withoutShell(value), 'open') !== undefined;
				return isSecret ? [{line, field: name, what: bySecretName}] : [];
			},
		);
		const short = shortOption.test(content) ? [{line, what: 'a password on a command line'}] : [];
		const form = secretForm(content);
		return [...named, ...short, ...(form === undefined ? [] : [{line, what: form}])];
	});
