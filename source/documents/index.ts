import {Buffer} from 'node:buffer';
import {readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {Failure} from '../failure/failure.js';
import {beginsRun} from '../ping/docker-text.js';
import {manifestFile, profileFile, scriptFile, topologyFile} from './names.js';
import type {PlacedProblem, SourceDocument} from './parse.js';
import {namesPing, unreadFile, whyUnread} from './unread.js';

export type {SourceDocument} from './parse.js';

/** A file of manifests as it was read. */
export type SourceFile = {
	/** As it was named, or found below a folder that was named; `standard input` for `-`. */
	readonly file: string;
	/** The text of the file, without a byte order mark. */
	readonly text: string;
	readonly documents: readonly SourceDocument[];
};

/** A file of a server profile, which is read as text. */
export type SourceText = {readonly file: string; readonly text: string};

/** What was read. */
export type Sources = {
	readonly files: readonly SourceFile[];
	readonly texts: readonly SourceText[];
	/** Keys that stand twice in a map, with one value: nothing for who reads, a trap for who edits. */
	readonly repeats: readonly FileProblem[];
	/** Files that were not looked into, and why. */
	readonly skipped: ReadonlyArray<{readonly file: string; readonly why: string}>;
};

/** A problem and the file it is in. */
export type FileProblem = PlacedProblem & {readonly file: string};

/** Bytes of all files together. */
const mostBytes = 256_000_000;

/**
Bytes whose syntax trees are kept in memory, for the lines of findings; beyond, a document is parsed again for them.
*/
const mostBytesOfTrees = 5_000_000;

const notEntered = new Set(['.git', 'node_modules']);

const inputFailure = (
	code: string,
	seen: string,
	todo: string,
	byHand: string,
	details: readonly string[] = [],
): Failure =>
	new Failure({
		code,
		seen,
		means: 'The input cannot be used. Nothing was looked at, and nothing was done.',
		todo,
		byHand,
		exit: 'usage',
		details,
	});

const todoOf: Readonly<Record<PlacedProblem['code'], string>> = {
	'yaml-invalid': 'Correct the file at that place.',
	'yaml-duplicate-key': 'Keep one of the two: tools differ in which one they take.',
	'yaml-cycle': 'Write the value out instead of naming it within itself.',
	'yaml-alias-bomb': 'Write the values out, or do not inspect this file: it was made to exhaust whoever reads it.',
	'yaml-template':
		'Render it first, and inspect what comes out: helm template RELEASE CHART -f VALUES | unroot inspect -f -',
	'yaml-too-deep': 'Split the value up.',
	'yaml-too-large': 'Give it as JSON, or as several documents divided by «---».',
};

/** Says the first of the problems as a Failure, with the others below it. */
export const throwFirst = (problems: readonly FileProblem[]): void => {
	const [first] = problems;
	if (first) {
		throw inputFailure(
			first.code,
			`${first.file}, line ${first.line}, column ${first.column}: ${first.says}.`,
			todoOf[first.code],
			`sed -n '${first.line}p' ${first.file === standardInput ? 'FILE' : first.file}`,
			problems.slice(1, 11).map(({file, line, column, says}) => `${file}, line ${line}, column ${column}: ${says}`),
		);
	}
};

const standardInput = 'standard input';

const decode = (file: string, bytes: Uint8Array): string => {
	if (bytes.includes(0)) {
		throw inputFailure(
			'input-binary',
			`${file} holds bytes that are no text.`,
			'Give a text file in UTF-8.',
			`file ${file}`,
		);
	}

	return new TextDecoder('utf-8').decode(bytes);
};

const readStandardInput = async (stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> => {
	const parts: Uint8Array[] = [];
	let length = 0;
	for await (const part of stdin) {
		const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
		length += bytes.length;
		checkLength(length);
		parts.push(bytes);
	}

	return Buffer.concat(parts);
};

const checkLength = (length: number): void => {
	if (length > mostBytes) {
		throw inputFailure(
			'input-too-large',
			`The input is larger than ${mostBytes / 1e6} MB.`,
			'Inspect fewer files at a time.',
			'du -sh FILE...',
		);
	}
};

const listFolder = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, {withFileTypes: true});
	const found: string[] = [];
	for (const entry of entries) {
		const below = path.join(folder, entry.name);
		if (entry.isDirectory() && !notEntered.has(entry.name)) {
			found.push(...(await listFolder(below)));
		} else if (
			!entry.isDirectory() &&
			[manifestFile, profileFile, scriptFile, unreadFile].some(pattern => pattern.test(entry.name))
		) {
			found.push(below);
		}
	}

	return found.toSorted();
};

type Found = {readonly file: string; readonly isNamed: boolean};

const findFiles = async (named: readonly string[]): Promise<readonly Found[]> => {
	const found = new Map<string, Found>();
	for (const name of named) {
		const status =
			name === '-'
				? undefined
				: await stat(name).catch((error: unknown) => {
						throw inputFailure(
							'input-missing',
							`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
							'Name a file or a folder that is there.',
							`ls -l ${name}`,
						);
					});
		if (status?.isDirectory()) {
			for (const file of await listFolder(name)) {
				found.set(path.resolve(file), found.get(path.resolve(file)) ?? {file, isNamed: false});
			}
		} else {
			found.set(name === '-' ? '-' : path.resolve(name), {file: name, isNamed: true});
		}
	}

	return found.values().toArray();
};

/** Whether a file is one of a server profile, by its name. */
const isOfProfile = (base: string): boolean =>
	topologyFile.test(base) || (profileFile.test(base) && !manifestFile.test(base));

/** Whether a file is no manifest by its name, and at most told of. */
const isOnlyTold = (name: string): boolean => {
	const base = path.basename(name);
	return unreadFile.test(base) && ![manifestFile, profileFile, scriptFile].some(pattern => pattern.test(base));
};

/** A template says more of a file than what it breaks. */
const rank = ({code}: PlacedProblem): number => (code === 'yaml-template' ? 0 : 1);

/** The bytes of a file, or why a file that was found in a folder cannot be read; one that was named must be. */
const bytesOf = async (name: string, isNamed: boolean): Promise<Uint8Array | string> =>
	readFile(name).catch((error: unknown) => {
		const why = error instanceof Error ? error.message : String(error);
		if (!isNamed) {
			return `it cannot be read: ${why}`;
		}

		throw inputFailure('input-missing', `${name} cannot be read: ${why}.`, 'Check its permissions.', `ls -l ${name}`);
	});

/**
Reads manifests, scripts with `docker run` lines and server profiles from files, from folders with all below them, and
from standard input (`-`). Files keep their text and every document its place in it, so that a finding can name the line
and an edit can leave the rest as it is.

Invalid YAML, duplicate keys, cycles, alias bombs and templates are a Failure with file, line and column (exit status 2)
where the file was named, or where nothing else can be read. A file that was only found in a folder is skipped and told.
*/
export const readSources = async (
	named: readonly string[],
	stdin: AsyncIterable<Uint8Array | string>,
): Promise<Sources> => {
	const {parseText} = await import('./text.js');
	const files: SourceFile[] = [];
	const texts: SourceText[] = [];
	const skipped: Array<Sources['skipped'][number]> = [];
	const repeats: FileProblem[] = [];
	const problems: FileProblem[] = [];
	let length = 0;
	for (const {file: name, isNamed} of await findFiles(named)) {
		if (!isNamed && isOnlyTold(name)) {
			const why = await whyUnread(name);
			skipped.push(...(why === undefined ? [] : [{file: name, why}]));
			continue;
		}

		const bytes = name === '-' ? await readStandardInput(stdin) : await bytesOf(name, isNamed);
		if (typeof bytes === 'string') {
			skipped.push({file: name, why: bytes});
			continue;
		}

		length += bytes.length;
		checkLength(length);
		const file = name === '-' ? standardInput : name;
		if (!isNamed && bytes.includes(0)) {
			skipped.push({file, why: 'it holds bytes that are no text'});
			continue;
		}

		const text = decode(file, bytes);
		if (name !== '-' && isOfProfile(path.basename(name))) {
			texts.push({file, text});
			continue;
		}

		if (scriptFile.test(name) && !isNamed && !beginsRun(text)) {
			skipped.push(
				...(namesPing(text) ? [{file, why: "it names images of Ping's and has no line of docker run"}] : []),
			);
			continue;
		}

		const parsed = parseText(name, text, length <= mostBytesOfTrees);
		const [problem] = parsed.problems.toSorted((one, other) => rank(one) - rank(other));
		problems.push(...parsed.problems.map(placed => ({...placed, file})));
		if (problem && !isNamed) {
			// What was only found in a folder stops nobody: it may have nothing to do with Ping.
			skipped.push({file, why: `line ${problem.line}: ${problem.says}`});
			continue;
		}

		repeats.push(...parsed.repeats.map(repeat => ({...repeat, file})));
		files.push({file, text, documents: parsed.documents});
	}

	const isNoneRead = files.length === 0 && texts.length === 0;
	throwFirst(isNoneRead ? problems : problems.filter(({file}) => files.some(read => read.file === file)));
	const empty = files.filter(({documents}) => documents.length === 0);
	if (texts.length === 0 && skipped.length === 0 && empty.length === files.length) {
		throw inputFailure(
			'input-empty',
			`There is no document in ${named.map(name => (name === '-' ? standardInput : name)).join(', ')}.`,
			'Give files with manifests in them: .yaml, .yml or .json.',
			'ls -l FILE...',
		);
	}

	return {
		files,
		texts,
		repeats,
		skipped: [...skipped, ...empty.map(({file}) => ({file, why: 'there is no document in it'}))],
	};
};
