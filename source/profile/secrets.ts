import {findUserData} from '../ldif/user-data.js';
import {isSecretName} from '../ping/secret-names.js';
import {neverCommit} from './clean.js';
import {fileKindOf} from './gate/files.js';
import type {Found} from './gate/judge.js';
import {decoded, type ProfileTree} from './tree.js';

/** Something that is held back from a commit, and where it stands. The value itself is never part of it. */
export type Leak = {
	readonly path: string;
	readonly line: number;
	readonly what: string;
	/** What it is let in by: its path, or its path and the name of its field. */
	readonly name: string;
	/** Whether it is the file as a whole, which the profile may be committed without. */
	readonly isWhole: boolean;
};

/** A leak in a line. */
export const leakText = ({path, line, what}: Leak): string => `${path}:${line}: ${what}`;

/** Letters without a form that a text may have all the same: ends of lines and pages, tabs, the mark at its begin. */
const usual = new Set(['\t', '\r', '\f', '\u{FEFF}']);

/** Whether a line has letters that turn it around or hide in it: a reader sees something else than git. */
const isHidden = (line: string): boolean =>
	[...line].some(letter => /[\p{Control}\p{Format}]/v.test(letter) && !usual.has(letter));

const wholeFile = (path: string, what: string): Leak => ({path, line: 1, what, name: path, isWhole: true});

const inFile = (path: string, {line, field, what}: Found): Leak => ({
	path,
	line,
	what,
	name: field === undefined ? `${path}:${line}` : `${path}#${field}`,
	isWhole: false,
});

/** What is held back in a text: the first thing of each line that was not let in. */
const inText = (
	path: string,
	text: string,
	read: (text: string) => readonly Found[],
	letIn: ReadonlySet<string>,
): readonly Leak[] => {
	const userData = findUserData(text);
	const odd = text.split('\n').findIndex(line => isHidden(line));
	const found = [
		...(userData ? [userData] : []),
		...(odd === -1 ? [] : [{line: odd + 1, what: 'a letter that cannot be seen'}]),
		...read(text),
	];
	const lines = new Map<number, Found>();
	// What was let in hides nothing that stands beside it.
	for (const one of found) {
		if (!letIn.has(inFile(path, one).name) && !lines.has(one.line)) {
			lines.set(one.line, one);
		}
	}

	return lines
		.values()
		.map(one => inFile(path, one))
		.toArray()
		.toSorted((one, other) => one.line - other.line);
};

/** Whether a file is called what secrets are called: `root-user-password.txt`. */
const isNamedSecret = (path: string): boolean =>
	isSecretName((path.split('/').at(-1) ?? '').replaceAll(/\.(?:subst|default|txt)(?=\.|$)/gv, ''));

const inPath = (path: string, bytes: Uint8Array, letIn: ReadonlySet<string>): readonly Leak[] => {
	const byName = neverCommit.find(({pattern}) => pattern.test(path));
	if (byName) {
		return [wholeFile(path, byName.why)];
	}

	const kind = fileKindOf(path);
	if (kind?.kind === 'text' && isNamedSecret(path)) {
		return [wholeFile(path, 'a file that is named like a secret')];
	}

	if (!kind) {
		return [wholeFile(path, 'a file of a kind that is not known as part of a profile')];
	}

	if ('readBytes' in kind) {
		return kind
			.readBytes(path.replace(/(?:\.subst)?(?:\.default)?$/v, ''), bytes)
			.slice(0, 1)
			.map(({what}) => wholeFile(path, what));
	}

	const text = decoded(bytes);
	return text === undefined ? [wholeFile(path, 'no text in UTF-8')] : inText(path, text, kind.read, letIn);
};

/**
Finds what is held back from a commit. A file goes in because it is known: by its path, as text in UTF-8, and each
property, variable and field of it by its name and the kind of its value, or because the value is a variable. What the
operator let in by name is not found.
*/
export const findLeaks = (tree: ProfileTree, letIn: ReadonlySet<string> = new Set()): readonly Leak[] =>
	[...tree]
		.flatMap(([path, bytes]) => (letIn.has(path) ? [] : inPath(path, bytes, letIn)))
		.filter(({name}) => !letIn.has(name));
