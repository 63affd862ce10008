/** The rooms whose faults could cost somebody data. */
export const rooms = ['steps', 'migration', 'directory', 'profile', 'cluster/transfer', 'ldif', 'machine'] as const;

/** One of the rooms. */
export type Room = (typeof rooms)[number];

/** A small fault that is put into the code on purpose. */
export type Mutation = {
	/** What would go wrong, in the words of the one who would meet it; of a generated one, what was changed. */
	readonly harm: string;
	/** A file of `source`, from the top of the project. */
	readonly file: string;
	/** What is replaced, by its place in the file. */
	readonly from: number;
	readonly to: number;
	readonly by: string;
};

/** A fault that was thought of, and the test that must notice it. */
export type Named = {
	readonly harm: string;
	readonly file: string;
	/** Text that stands there exactly once. */
	readonly from: string;
	readonly by: string;
	/** The test files of which one must fail. */
	readonly tests: readonly string[];
};
