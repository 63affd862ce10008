/** The options of a command and what is left. */
export type Options = {
	readonly has: (letter: string) => boolean;
	readonly value: (letter: string) => string | undefined;
	readonly values: (letter: string) => readonly string[];
	readonly rest: readonly string[];
};

/** A call that is not understood. */
export const usageError = (message: string): Error => Object.assign(new Error(message), {isUsageError: true});

export const isUsageError = (error: unknown): error is Error => error instanceof Error && 'isUsageError' in error;

/** Reads the letters of one word; gives how many words after it were used. */
const readLetters = (word: string, next: string | undefined, letters: string, found: Map<string, string[]>): 0 | 1 => {
	for (let position = 1; position < word.length; position++) {
		const letter = word[position]!;
		const at = letters.indexOf(letter);
		if (at === -1 || letter === ':') {
			throw usageError(`unrecognized option: ${letter}`);
		}

		if (letters[at + 1] !== ':') {
			found.set(letter, []);
			continue;
		}

		const isAttached = position + 1 < word.length;
		const value = isAttached ? word.slice(position + 1) : next;
		if (value === undefined) {
			throw usageError(`option requires an argument: ${letter}`);
		}

		found.set(letter, [...(found.get(letter) ?? []), value]);
		return isAttached ? 0 : 1;
	}

	return 0;
};

/** Reads short options as getopt does; a letter with a colon takes a value. */
export const readOptions = (args: readonly string[], letters: string): Options => {
	const found = new Map<string, string[]>();
	const rest: string[] = [];
	let isOver = false;
	for (let index = 0; index < args.length; index++) {
		const arg = args[index]!;
		if (isOver || arg === '-' || !arg.startsWith('-')) {
			rest.push(arg);
			continue;
		}

		if (arg === '--') {
			isOver = true;
			continue;
		}

		index += readLetters(arg, args[index + 1], letters, found);
	}

	return {
		has: letter => found.has(letter),
		value: letter => found.get(letter)?.at(-1),
		values: letter => found.get(letter) ?? [],
		rest,
	};
};

/** A number with a suffix, as `dd` and `head` take it. */
export const readSize = (text: string): number => {
	const {digits, unit = ''} = /^(?<digits>\d+)(?<unit>[GKMk]?)i?B?$/v.exec(text)?.groups ?? {};
	if (digits === undefined) {
		throw usageError(`invalid number '${text}'`);
	}

	return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
};
