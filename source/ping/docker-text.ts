import {quoted} from '../failure/quoted.js';

/** A word of a command line with its place in the text. */
export type CommandWord = {readonly text: string; readonly start: number; readonly end: number};

/** A flag with its value, and the words it takes. */
export type Flag = {
	readonly name: string;
	readonly value: string;
	readonly first: CommandWord;
	readonly valueStart: number;
	readonly end: number;
};

/** A `docker run` line taken apart. */
export type RunLine = {
	readonly flags: readonly Flag[];
	/** The image as it stands there; where that is a variable that the text sets, the value it sets. */
	readonly image: CommandWord;
	/** Whether the image is a variable that the text does not set. */
	readonly isImageUnknown: boolean;
	/** Where the image stands in the line itself. */
	readonly place: CommandWord;
	readonly command: readonly CommandWord[];
	readonly before: CommandWord;
	readonly end: number;
};

/** Flags of docker run, and of podman run, that take no value: the references of their command lines. */
const switches = new Set([
	'--detach',
	'--disable-content-trust',
	'--help',
	'--init',
	'--interactive',
	'--no-healthcheck',
	'--oom-kill-disable',
	'--privileged',
	'--publish-all',
	'--quiet',
	'--env-host',
	'--http-proxy',
	'--no-hostname',
	'--no-hosts',
	'--passwd',
	'--read-only',
	'--replace',
	'--rm',
	'--rmi',
	'--sig-proxy',
	'--tty',
	'--use-api-socket',
]);
const shortSwitches = /^-[Pdiqt]+$/v;

/** The words of a shell command from a place on, up to the end of the command. */
const wordsFrom = (text: string, from: number): readonly CommandWord[] => {
	const words: CommandWord[] = [];
	let index = from;
	while (index < text.length) {
		const gap = /^(?:[\t ]|\\\r?\n)+/v.exec(text.slice(index, index + 2000))?.[0].length ?? 0;
		index += gap;
		const word = /^(?:[^\s"\u{23}\u{26}';\\\|]|\\[^\n\r]|"(?:[^"\\]|\\[\s\S])*"|'[^']*'|(?<=\S)\u{23})+/v.exec(
			text.slice(index, index + 20_000),
		)?.[0];
		if (word === undefined) {
			break;
		}

		words.push({text: word, start: index, end: index + word.length});
		index += word.length;
	}

	return words;
};

/** What a word means to the shell: without quotes and backslashes. Variables stay as they are. */
export const unquote = (word: string): string =>
	word.replaceAll(
		/"(?<double>(?:[^"\\]|\\[\s\S])*)"|'(?<single>[^']*)'|\\(?<escaped>.)/gv,
		(_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
			double?.replaceAll(/\\(?<kept>["$\\`])/gv, '$<kept>') ?? single ?? escaped ?? '',
	);

/** A word for a shell; variables in it still stand for their values. */
export const quote = (value: string): string =>
	value.includes('$') ? `"${value.replaceAll(/["\\`]/gv, String.raw`\$&`)}"` : quoted(value);

const flagAt = (words: readonly CommandWord[], index: number): {readonly flag: Flag; readonly taken: number} => {
	const word = words[index]!;
	const equals = word.text.startsWith('--') ? word.text.indexOf('=') : -1;
	if (equals !== -1) {
		return {
			taken: 1,
			flag: {
				name: word.text.slice(0, equals),
				value: unquote(word.text.slice(equals + 1)),
				first: word,
				valueStart: word.start + equals + 1,
				end: word.end,
			},
		};
	}

	if (switches.has(word.text) || shortSwitches.test(word.text)) {
		return {
			taken: 1,
			flag: {
				name: word.text,
				value: '',
				first: word,
				valueStart: word.end,
				end: word.end,
			},
		};
	}

	if (!word.text.startsWith('--') && word.text.length > 2) {
		const at = word.text[2] === '=' ? 3 : 2;
		return {
			taken: 1,
			flag: {
				name: word.text.slice(0, 2),
				value: unquote(word.text.slice(at)),
				first: word,
				valueStart: word.start + at,
				end: word.end,
			},
		};
	}

	const next = words[index + 1];
	return {
		taken: 2,
		flag: {
			name: word.text,
			value: unquote(next?.text ?? ''),
			first: word,
			valueStart: next?.start ?? word.end,
			end: next?.end ?? word.end,
		},
	};
};

const variable = /^"?\$(?:\{(?<braced>\w+)\}|(?<bare>\w+))"?$/v;

/** The value that a text gives a variable by itself, as the word it is written as; the last one before a place. */
const assignedTo = (word: string, text: string, before: number): CommandWord | undefined => {
	const {braced, bare} = variable.exec(word)?.groups ?? {};
	const name = braced ?? bare;
	const assignment = new RegExp(String.raw`^[\t ]*(?:export[\t ]+|readonly[\t ]+|local[\t ]+)?${name ?? ''}=`, 'gmv');
	const found = name === undefined ? undefined : text.slice(0, before).matchAll(assignment).toArray().at(-1);
	return found && wordsFrom(text, found.index + found[0].length)[0];
};

/** A word with each variable that the text sets by itself in its place, such as `$IMAGE:$TAG`. */
const withAssigned = (word: CommandWord, text: string): CommandWord => {
	const whole = unquote(word.text).replaceAll(/\$(?:\{\w+\}|\w+)/gv, name => {
		const value = assignedTo(name, text, word.start);
		return value === undefined ? name : unquote(value.text);
	});
	return whole === unquote(word.text) ? word : {...word, text: quote(whole)};
};

/** Whether the name of an image, apart from its tag, is a variable still. */
const isUnknown = (image: string): boolean =>
	unquote(image)
		.replace(/:[^\/:]*$/v, '')
		.includes('$');

/** Whether a word is a variable that stands for options: it is set to some, or options follow it. */
const standsForOptions = (words: readonly CommandWord[], index: number, text: string): boolean => {
	const word = words[index];
	if (!word || !variable.test(word.text)) {
		return false;
	}

	const value = assignedTo(word.text, text, word.start);
	return value === undefined
		? words[index + 1]?.text.startsWith('-') === true
		: unquote(value.text).trimStart().startsWith('-') || unquote(value.text) === '';
};

/** Takes the command line apart that begins behind `docker run`; undefined where it names no image. */
const readRun = (text: string, from: number): RunLine | undefined => {
	const words = wordsFrom(text, from);
	const flags: Flag[] = [];
	let index = 0;
	for (;;) {
		if (words[index]?.text.startsWith('-') === true) {
			const {flag, taken} = flagAt(words, index);
			flags.push(flag);
			index += taken;
		} else if (standsForOptions(words, index, text)) {
			index += 1;
		} else {
			break;
		}
	}

	const written = words[index];
	const image = written && (assignedTo(written.text, text, written.start) ?? withAssigned(written, text));
	const before = words[index - 1] ?? {text: '', start: from, end: from};
	return (
		image && {
			flags,
			image,
			place: written,
			isImageUnknown: isUnknown(image.text),
			before,
			command: words.slice(index + 1),
			end: words.at(-1)!.end,
		}
	);
};

/**
A `docker run` line in a text; those of podman and nerdctl are the same, and `docker service create` is like it.
*/
const dockerRun = /\b(?:docker|podman|nerdctl)(?: +(?:container|service))? +(?:run|create)\b/v;

const lineWith = /^[\t ]*(?:sudo[\t ]+)?(?:docker|podman|nerdctl)(?: +(?:container|service))? +(?:run|create)\b/mv;

/** Whether a text names `docker run` anywhere. */
export const namesRun = (text: string): boolean => dockerRun.test(text);

/** Whether a line of a text begins with `docker run`, as in a script. */
export const beginsRun = (text: string): boolean => lineWith.test(text);

/**
The `docker run` lines of a text that name an image, in their order, each with the place of its `docker`. A comment runs
nothing.
*/
export const runsIn = (text: string): ReadonlyArray<RunLine & {readonly start: number}> =>
	text
		.matchAll(new RegExp(dockerRun, 'gv'))
		.flatMap(({index, 0: {length}}) => {
			const before = text.slice(text.lastIndexOf('\n', index) + 1, index);
			const line = /^\s*#/v.test(before) ? undefined : readRun(text, index + length);
			return line ? [{...line, start: index}] : [];
		})
		.toArray();

const long: Readonly<Record<string, string>> = {
	'-e': '--env',
	'-h': '--hostname',
	'-p': '--publish',
	'-u': '--user',
	'-v': '--volume',
};

/** The long name of a flag, such as `--env` for `-e`. */
export const longName = ({name}: Flag): string => long[name] ?? name;
