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

		for (let position = 1; position < arg.length; position++) {
			const letter = arg[position]!;
			const at = letters.indexOf(letter);
			if (at === -1 || letter === ':') {
				throw usageError(`unrecognized option: ${letter}`);
			}

			if (letters[at + 1] !== ':') {
				found.set(letter, []);
				continue;
			}

			const value = position + 1 < arg.length ? arg.slice(position + 1) : args[++index];
			if (value === undefined) {
				throw usageError(`option requires an argument: ${letter}`);
			}

			found.set(letter, [...found.get(letter) ?? [], value]);
			break;
		}
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

	return Number(digits) * (1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase()));
};
