import {parseText} from '../../source/documents/text.js';
import {planFiles, type FilesPlan} from '../../source/manifests/files/plan-files.js';
import type {SourceFile} from '../../source/manifests/files/source.js';

/** A file as the program reads it. */
export const reading = (file: string, text: string): SourceFile => {
	const {documents, problems} = parseText(file, text);
	if (problems.length > 0) {
		throw new Error(problems.map(({says}) => says).join('; '));
	}

	return {file, text, documents};
};

/** A plan from texts, by file name. */
export const planned = (
	strategy: 'fresh' | 'root',
	files: Readonly<Record<string, string>>,
	tag = '2109-8.3.0.0',
): FilesPlan =>
	planFiles({
		files: Object.entries(files).map(([file, text]) => reading(file, text)),
		strategy,
		tag,
		wayTo: (overlay, file) => `way/from/${overlay}/to/${file}`,
	});

/** The text of a planned file. */
export const textOf = ({files}: FilesPlan, name: string): string => {
	const found = files.find(file => file.name === name);
	if (!found) {
		throw new Error(`there is no ${name} among ${files.map(file => file.name).join(', ')}`);
	}

	return found.text;
};

/** Lines that only the one or only the other text has. */
export const changedLines = (
	before: string,
	after: string,
): {readonly gone: readonly string[]; readonly come: readonly string[]} => {
	const [old, next] = [before.split('\n'), after.split('\n')];
	return {gone: old.filter(line => !next.includes(line)), come: next.filter(line => !old.includes(line))};
};
