import {beginsRun} from '../ping/docker-text.js';
import {manifestFile, scriptFile} from './names.js';
import {parseFile, type ParsedFile} from './parse.js';

/** Lines a script may begin with where its name does not tell that it is one. */
const scriptBegin = /^(?:#!|(?:\s*#[^\n]*\n)*\s*(?:(?:sudo\s+)?(?:docker|podman)|set|export|cd)\s)/v;

/**
Whether a text is a script with `docker run` lines. A manifest may have such a line in a value of its own, so its name
goes before what it holds.
*/
const isScript = (file: string, text: string): boolean =>
	!manifestFile.test(file) && beginsRun(text) && (scriptFile.test(file) || scriptBegin.test(text));

/** Takes a file apart into its documents; a script with `docker run` lines is one document, whose value is its text. */
export const parseText = (file: string, text: string, keepsTrees = false): ParsedFile =>
	isScript(file, text)
		? {
				documents: [
					{
						number: 1,
						start: 0,
						end: text.length,
						line: 1,
						value: text,
						lineOf: () => 1,
					},
				],
				problems: [],
				repeats: [],
			}
		: parseFile(text, keepsTrees);
