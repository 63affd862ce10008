import {createHash} from 'node:crypto';

/*
What a rehearsal found, kept for the real run: on production it is shown first where that differs. It holds versions,
names, counts and answers, and nothing of an entry.
*/

/** What a rehearsal was of. Each field is a difference that can be accepted by its name. */
export type Rehearsed = {
	readonly strategy: string;
	/** The image that was moved to, and the one that was moved from. */
	readonly image: string;
	readonly 'old-image': string;
	readonly kubernetes: string;
	readonly kubectl: string;
	/** What the old server's tools can do; null where it was not asked. */
	readonly tools: Readonly<Record<string, boolean>> | null;
	/** SHA-256 of the names of the old server's object classes; null where it was not asked. */
	readonly schema: string | null;
	readonly replicas: number;
	/** Entries by backend. */
	readonly size: Readonly<Record<string, number>>;
	/** Permissions that were missing, and findings that block or warn, by their codes. */
	readonly rights: readonly string[];
	readonly findings: readonly string[];
};

/** What is said of a rehearsal before it is sealed. */
export type Unsealed = {
	readonly schema: 1;
	readonly program: string;
	readonly run: string;
	/** When it ended, as an ISO time. */
	readonly at: string;
	readonly sandbox: boolean;
	readonly rehearsed: Rehearsed;
	readonly answers: Readonly<Record<string, string>>;
	/** Seconds by step. */
	readonly steps: Readonly<Record<string, number>>;
	/** Seconds in which writes were refused in the last round, and bytes of the copies by backend. */
	readonly figures: {
		readonly refusedSeconds: number | null;
		readonly forecastSeconds: number | null;
		readonly bytes: Readonly<Record<string, number>>;
	};
	/** The planned manifests: their files, and the SHA-256 of the plan. */
	readonly manifests: {readonly files: readonly string[]; readonly sha256: string} | null;
};

/** The certificate of a rehearsal. `sha256` is of all the rest, with its keys in order. */
export type Certificate = Unsealed & {readonly sha256: string};

/** JSON whose keys are in order, so that a file that was laid out anew has the same hash. */
const ordered = (value: unknown): unknown => {
	if (Array.isArray(value)) {
		return value.map(item => ordered(item));
	}

	return typeof value === 'object' && value !== null
		? Object.fromEntries(
				Object.entries(value)
					.toSorted(([one], [other]) => (one < other ? -1 : 1))
					.map(([key, item]) => [key, ordered(item)]),
			)
		: value;
};

/** The seal of what is said. */
export const sealOf = (unsealed: Unsealed): string =>
	createHash('sha256')
		.update(JSON.stringify(ordered(unsealed)))
		.digest('hex');

/** A certificate with its seal. */
export const sealed = (unsealed: Unsealed): Certificate => ({...unsealed, sha256: sealOf(unsealed)});

/** Whether a certificate is as it was sealed. */
export const isWhole = ({sha256, ...unsealed}: Certificate): boolean => sealOf(unsealed) === sha256;
