/**
Exit statuses of the program, the same for every command.
*/
export const exitStatus = {
	done: 0,
	failed: 1,
	usage: 2,
	blocked: 3,
	unanswered: 4,
	interrupted: 130,
} as const;

/** The name of an exit status. */
export type ExitName = keyof typeof exitStatus;

/**
The four parts of every error an operator meets, plus what a program needs to know of it.
*/
export type FailureParts = {
	/** A stable name for tests and for `--output json`, such as `context-unknown`. */
	readonly code: string;
	/** What was seen: an observation, never a guess. */
	readonly seen: string;
	/** What it means for the migration. */
	readonly means: string;
	/** What to do about it. */
	readonly todo: string;
	/** The command that does it, or looks closer, by hand. Never holds a secret. */
	readonly byHand: string;
	/** Which exit status the program ends with. Default `failed`. */
	readonly exit?: ExitName;
	/** Whether trying the same again can help. Default `false`. */
	readonly retryable?: boolean;
	/** Lines that support `seen`: output of a tool, events, log lines. */
	readonly details?: readonly string[];
};

/**
The only error that is shown to an operator. Anything else that is thrown is a defect of the program and is shown as
one.
*/
export class Failure extends Error {
	override readonly name = 'Failure';
	readonly parts: FailureParts;
	/**
	What a tool said, line by line. It may hold user data: it goes into a file of the run that only its operator reads,
	and nowhere else.
	*/
	readonly said: readonly string[];

	constructor(parts: FailureParts, options: ErrorOptions & {readonly said?: readonly string[]} = {}) {
		super(parts.seen, options);
		this.parts = parts;
		this.said = options.said ?? [];
	}
}

/**
Turns whatever was thrown into the four parts, so that no front end needs a special case for a defect.
*/
export const partsOf = (error: unknown): FailureParts => {
	if (error instanceof Failure) {
		return error.parts;
	}

	// What a parser says quotes what it read.
	const message =
		error instanceof SyntaxError ? 'A text could not be read.' : error instanceof Error ? error.message : String(error);
	return {
		code: 'defect',
		seen: message,
		means: 'The program did not expect this: it is a defect of unroot, not of your cluster. Nothing was undone.',
		todo: 'Keep the run folder, resume the run, and report the defect if it comes again.',
		byHand: 'unroot resume',
		retryable: true,
		...(error instanceof Error && error.stack
			? {
					details: error.stack
						.split('\n')
						.slice(1, 6)
						.map(line => line.trim()),
				}
			: {}),
	};
};
