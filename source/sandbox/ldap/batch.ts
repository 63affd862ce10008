import {refusal} from './refusal.js';

/** A change of the configuration, as one `dsconfig` command makes it. */
export type Change = {
	readonly verb: 'create' | 'set' | 'delete';
	/** What is changed, such as `backend`. */
	readonly kind: string;
	/** What names the object, such as `--backend-name userRoot`, in order of the options. */
	readonly names: ReadonlyArray<readonly [option: string, name: string]>;
	readonly type: string | undefined;
	readonly set: ReadonlyArray<readonly [property: string, value: string]>;
	readonly add: ReadonlyArray<readonly [property: string, value: string]>;
	readonly remove: ReadonlyArray<readonly [property: string, value: string]>;
	readonly reset: readonly string[];
};

/** Words as the batch mode of dsconfig reads them: quotes of both kinds, and a backslash that escapes. */
const wordsIn = (line: string): string[] => {
	const words: string[] = [];
	let word: string | undefined;
	let quote = '';
	for (let index = 0; index < line.length; index++) {
		const letter = line[index]!;
		if (letter === '\\' && quote !== "'") {
			word = (word ?? '') + (line[++index] ?? '');
		} else if (quote === letter) {
			quote = '';
		} else if (quote === '' && (letter === '"' || letter === "'")) {
			quote = letter;
			word ??= '';
		} else if (quote === '' && /\s/v.test(letter)) {
			if (word !== undefined) {
				words.push(word);
			}

			word = undefined;
		} else {
			word = (word ?? '') + letter;
		}
	}

	return word === undefined ? words : [...words, word];
};

/** Options of dsconfig that say how it runs and nothing of the configuration. */
const flags = new Set(['--no-prompt', '--quiet', '--applyChangeTo', '--useSSL', '--trustAll', '--force', '--offline']);
const own = new Set(['--hostname', '--port', '--bindDN', '--bindPasswordFile', '--bindPassword']);

const pair = (text: string): readonly [string, string] => {
	const at = text.indexOf(':');
	return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** Options that say what is changed; all others name the object. */
const changing = new Set(['--set', '--add', '--remove', '--reset', '--type']);

/** The options that have a value, each as often as it was given. */
const optionsIn = (words: readonly string[]): ReadonlyArray<readonly [option: string, value: string]> => {
	const found: Array<readonly [string, string]> = [];
	for (let index = 0; index < words.length; index++) {
		const [option = '', ...attached] = words[index]!.split('=');
		if (option.startsWith('--') && !flags.has(option)) {
			found.push([option, attached.length > 0 ? attached.join('=') : (words[++index] ?? '')]);
		}
	}

	return found;
};

/**
Reads the words of one command, without `dsconfig` itself. Undefined where they change nothing that is known here.
*/
export const readChange = ([command = '', ...words]: readonly string[]): Change | undefined => {
	const {verb, kind} = /^(?<verb>create|delete|set)-(?<kind>[\-a-z]+?)(?:-prop)?$/v.exec(command)?.groups ?? {};
	if (verb === undefined || kind === undefined || (verb === 'set') !== command.endsWith('-prop')) {
		return undefined;
	}

	const given = optionsIn(words);
	const pairsOf = (option: string) => given.filter(([name]) => name === option).map(([, text]) => pair(text));
	return {
		verb: verb as Change['verb'],
		kind,
		names: given.filter(([option]) => !changing.has(option) && !own.has(option)),
		type: given.find(([option]) => option === '--type')?.[1],
		set: pairsOf('--set'),
		add: pairsOf('--add'),
		remove: pairsOf('--remove'),
		reset: given.filter(([option]) => option === '--reset').map(([, text]) => text),
	};
};

/** Reads a batch file. A line that is no command of dsconfig is a Refusal with its text. */
export const readBatch = (text: string): readonly Change[] =>
	text
		.replaceAll(/\\\r?\n/gv, ' ')
		.split(/\r?\n/v)
		.map(line => line.trim())
		.filter(line => line !== '' && !line.startsWith('#'))
		.map(line => {
			const words = wordsIn(line);
			const change = readChange(words[0] === 'dsconfig' ? words.slice(1) : words);
			if (!change) {
				throw refusal(`The dsconfig command could not be processed: ${line}`);
			}

			return change;
		});

/** A word as a batch file has it. */
const quoted = (word: string): string =>
	/^[\w!%+,\-.\/:=@]+$/v.test(word) ? word : `"${word.replaceAll(/["\\]/gv, String.raw`\$&`)}"`;

/** One command of a batch file, an option a line. */
export const formatChange = ({verb, kind, names, type, set}: Change): string =>
	[
		`dsconfig ${verb}-${kind}${verb === 'set' ? '-prop' : ''}`,
		...names.map(([option, name]) => `${option} ${quoted(name)}`),
		...(type === undefined ? [] : [`--type ${quoted(type)}`]),
		...set.map(([property, value]) => `--set ${quoted(`${property}:${value}`)}`),
	].join(' \\\n    ');
