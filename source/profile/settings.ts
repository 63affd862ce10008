/** A configuration as its batches make it: the values of each setting, by a name that says where it is. */
export type Settings = ReadonlyMap<string, readonly string[]>;

/** Words of a line of a dsconfig batch: quotes of both kinds, and a backslash that escapes. */
const wordsIn = (line: string): readonly string[] =>
	line
		.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/gv)
		.map(([word]) =>
			word.replaceAll(
				/"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>[^']*)'|\\(?<escaped>.)/gv,
				(_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
					double === undefined ? (single ?? escaped ?? '') : double.replaceAll(/\\(?<one>.)/gv, '$<one>'),
			),
		)
		.toArray();

type Option = readonly [name: string, value: string];

/** Options without a value say how the tool runs, and nothing of the configuration. */
const flags = new Set(['--no-prompt', '--quiet', '--applyChangeTo', '--force', '--offline']);

const optionsIn = (words: readonly string[]): readonly Option[] => {
	const found: Option[] = [];
	let name: string | undefined;
	for (const word of words) {
		if (name !== undefined) {
			found.push([name, word]);
			name = undefined;
		} else if (word.startsWith('--') && !flags.has(word)) {
			name = word;
		}
	}

	return found;
};

/** What changes an object; all other options name it. */
const changing = new Set(['--set', '--add', '--remove', '--reset', '--type']);

/** A property and its value: `name:value`, or `name<file` for a value that is read from a file. */
const pairOf = (text: string): Option => {
	const at = text.search(/[:<]/v);
	return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(text[at] === '<' ? at : at + 1)];
};

const commandsIn = (batch: string): ReadonlyArray<readonly string[]> =>
	batch
		.replaceAll(/\\\r?\n/gv, ' ')
		.split(/\r?\n/v)
		.map(line => line.trim())
		.filter(line => line !== '' && !line.startsWith('#'))
		.map(line => {
			const words = wordsIn(line);
			return words[0] === 'dsconfig' ? words.slice(1) : words;
		});

/**
Takes one command into account. A command that is not understood is a setting of its own, so that nothing is passed
over.
*/
const take = (settings: Map<string, readonly string[]>, [command = '', ...words]: readonly string[]): void => {
	const {verb, kind} = /^(?<verb>create|delete|set)-(?<kind>[\-0-9a-z]+?)(?:-prop)?$/v.exec(command)?.groups ?? {};
	if (verb === undefined || kind === undefined) {
		settings.set(command, [...(settings.get(command) ?? []), words.join(' ')]);
		return;
	}

	const options = optionsIn(words);
	const names = options.filter(([name]) => !changing.has(name)).map(([name, value]) => `${name.slice(2)} ${value}`);
	const object = [kind, ...names.toSorted((one, other) => one.localeCompare(other))].join(', ');
	if (verb === 'delete') {
		for (const name of settings.keys().filter(setting => setting === object || setting.startsWith(`${object}: `))) {
			settings.delete(name);
		}

		settings.set(object, ['deleted']);
		return;
	}

	if (verb === 'create') {
		const type = options.find(([name]) => name === '--type')?.[1];
		settings.set(object, [type === undefined ? 'created' : `created as ${type}`]);
	}

	const replaced = new Set<string>();
	for (const [name, text] of options) {
		const [property, value] = pairOf(text);
		const setting = `${object}: ${property}`;
		const before = settings.get(setting) ?? [];
		if (name === '--reset') {
			settings.delete(setting);
		} else if (name === '--remove') {
			settings.set(
				setting,
				before.filter(one => one !== value),
			);
		} else if (name === '--add' || (name === '--set' && replaced.has(setting))) {
			settings.set(setting, [...before, value]);
		} else if (name === '--set') {
			replaced.add(setting);
			settings.set(setting, [value]);
		}
	}
};

/** Reads batches of dsconfig, in the order in which a server runs them. */
export const readSettings = (batches: readonly string[]): Settings => {
	const settings = new Map<string, readonly string[]>();
	for (const command of batches.flatMap(batch => commandsIn(batch))) {
		take(settings, command);
	}

	return new Map(settings.entries().filter(([, values]) => values.length > 0));
};
