/*
The list of every file that a run makes, here and in pods. A file is written to the journal before it is made, so that
whatever ends the program, what it left is known; and the list is settled line by line.
*/

/** Where a file lies: in the run's folder, or in a container. */
export type FilePlace =
	| {readonly kind: 'here'}
	| {readonly kind: 'pod'; readonly pod: string; readonly container: string};

/**
What became of a file: removed and looked for again, kept on purpose, or still there, with the command that removes it.
*/
export type FileEnd =
	| {readonly kind: 'removed'}
	| {readonly kind: 'kept'; readonly why: string}
	| {readonly kind: 'left'; readonly why: string; readonly byHand: string};

/** A file that the run makes or made. */
export type ListedFile = {
	readonly place: FilePlace;
	/** In a pod the absolute path; here the path in the run's folder, so that a run that was moved finds it. */
	readonly path: string;
	/** Undefined as long as nothing was settled. */
	readonly end?: FileEnd;
};

const keyOf = ({place, path}: Pick<ListedFile, 'place' | 'path'>): string =>
	place.kind === 'here' ? `here ${path}` : `${place.pod}/${place.container} ${path}`;

/** Whether two are one file. */
export const isSameFile = (
	one: Pick<ListedFile, 'place' | 'path'>,
	other: Pick<ListedFile, 'place' | 'path'>,
): boolean => keyOf(one) === keyOf(other);

/** Whether it is to be settled yet. One that is left may be gone by the next look. */
export const isOpen = ({end}: ListedFile): boolean => end === undefined || end.kind === 'left';

/** The list with one file as it is now. */
export const withFile = (files: readonly ListedFile[], file: ListedFile): readonly ListedFile[] =>
	files.some(one => isSameFile(one, file)) ? files.map(one => (isSameFile(one, file) ? file : one)) : [...files, file];

/** What a copy that was stopped, or a status that was being written, leaves beside a file. */
export const remainsOf = (path: string): readonly string[] => [`${path}.part`, `${path}.part.ranges`];
