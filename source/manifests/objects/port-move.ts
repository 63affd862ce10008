import {portVariables} from '../../ping/ports.js';
import type {Ports} from '../../ping/workload.js';

/** Where a server's ports go, by number; only those that change. */
export type PortMove = ReadonlyMap<number, number>;

/** The ports that change between an old and a new server. */
export const portMove = (oldPorts: Ports, newPorts: Ports): PortMove =>
	new Map(
		portVariables
			.filter(variable => oldPorts[variable] !== newPorts[variable])
			.map(variable => [oldPorts[variable], newPorts[variable]]),
	);

const onThisHost = /(?<=(?:localhost|127\.0\.0\.1|\[::1\]):)\d{1,5}(?!\d)/gv;
const portOption = /(?<=(?:^|\s)(?:-p|--port|--ldapPort|--ldapsPort|--httpsPort)[ =])\d{1,5}(?!\d)/gv;

/** A command line with the ports of the server itself moved: `localhost:636` and `--port 636`, no other number. */
export const moveInCommand = (text: string, move: PortMove): string => {
	const moved = (port: string): string => String(move.get(Number(port)) ?? port);
	return text.replaceAll(onThisHost, port => moved(port)).replaceAll(portOption, port => moved(port));
};

/** The same for a command given as a list of words, where `-p` and `636` stand apart. */
export const moveInWords = (words: readonly unknown[], move: PortMove): readonly unknown[] =>
	words.map((word, index) => {
		if (typeof word !== 'string') {
			return word;
		}

		const before = words[index - 1];
		const isValue =
			typeof before === 'string' &&
			/^(?:-p|--port|--ldapPort|--ldapsPort|--httpsPort)$/v.test(before) &&
			/^\d{1,5}$/v.test(word);
		return isValue ? String(move.get(Number(word)) ?? word) : moveInCommand(word, move);
	});
