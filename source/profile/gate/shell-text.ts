import {withoutVariables} from '../../ping/secret-values.js';

/**
A part of a variable (`${NAME:8}`, `${NAME#*:}`), its length, or its letters made small or big. What replaces a part
stays.
*/
const partOfVariable = /\$\{(?:#\w+|\w+(?::\s*-?\d+(?::\s*-?\d+)?|[#%][^\}]*|[,^]{1,2}))\}/gv;

/** Options of a shell that may stand where a name would: `$1`, `$?`. */
const special = /\$(?:\w+|[!#$*\-?@])/gv;

/** A text without what a shell computes or puts in: what stands in it is judged where it is set. */
export const withoutShell = (text: string): string =>
	withoutVariables(text.replaceAll(partOfVariable, ''))
		.replaceAll(/\$\([^\(\)]*\)|`[^`]*`/gv, '')
		.replaceAll(special, '');

const variable = String.raw`\$(?:\{\w+\}|\w+)`;

/** A place below one that a variable names: `${BACKUP_URL}/${folder}/pf.jwk`. */
const below = String.raw`${variable}(?:\/(?:${variable}|[\w\-]+))*\/[\w\-]+\.[a-z]{2,5}`;

const whole = new RegExp(`^${below}$`, 'v');

/** The same in a line, as the value of an assignment. */
const inLine = new RegExp(String.raw`(?<==)(?<quote>["']?)${below}\k<quote>(?=[\s;]|$)`, 'gv');

/** A line of a script without the values that name a file by variables. */
export const withoutPlaces = (text: string): string => text.replaceAll(inLine, '');

/** Whether a value of a script names a file by variables, which is where a secret lies, and no secret. */
export const isPlace = (value: string): boolean => whole.test(value);
