import type {DigestResult} from './digest.js';
import type {Side} from './passes.js';

/** One difference. It names DNs and attributes, never values. */
export type Difference =
	/** In the first file only. */
	| {readonly kind: 'missing'; readonly dn: string}
	/** In the second file only. */
	| {readonly kind: 'extra'; readonly dn: string}
	/** In both, with different values of these attributes. */
	| {readonly kind: 'differs'; readonly dn: string; readonly attributes: readonly string[]}
	/** More than once in one file. */
	| {readonly kind: 'duplicate'; readonly dn: string; readonly file: Side};

/** What a comparison found. */
export type DiffResult = {
	/** Whether the digests are the same. */
	readonly same: boolean;
	readonly a: DigestResult;
	readonly b: DigestResult;
	readonly missing: number;
	readonly extra: number;
	readonly differing: number;
	readonly duplicates: number;
};

/** Options of a comparison. */
export type DiffOptions = {
	/** Sees each difference, as soon as it is known. */
	readonly onDifference?: (difference: Difference) => void;
	/**
	Takes the repair LDIF piece by piece: change records that make the second directory like the first. Deletions come
	first, the deepest entries before those above them; then additions, parents first; then modifications. The text holds
	user data: it belongs into a file of mode 0600 and nowhere else. Reading waits for it.
	*/
	readonly onRepair?: (text: string) => void | Promise<void>;
	/**
	Memory for remembering entries, in MiB. Default 96. Less memory means more passes over the files, not another result.
	*/
	readonly memoryMebibytes?: number;
	/** What the files are called in a Failure. Default «first file» and «second file». */
	readonly names?: Readonly<Record<Side, string>>;
};
