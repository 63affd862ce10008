import {Failure} from '../failure/failure.js';
import {readAnswers} from './answer.js';
import {lastWords, runServerTool, type DirectoryServer} from './server.js';

/** The names in a definition of the schema: `NAME 'one'` or `NAME ( 'one' 'other' )` (RFC 4512, 4.1). */
const namesIn = (definition: string): readonly string[] => {
	const {one, all = ''} = /\bNAME\s+(?:'(?<one>[^']+)'|\((?<all>[^\)]+)\))/v.exec(definition)?.groups ?? {};
	return one === undefined
		? all
				.split("'")
				.map(name => name.trim())
				.filter(Boolean)
		: [one];
};

/** The object classes that a server knows, by their names and identifiers in lower case. */
export const readClasses = async (server: DirectoryServer): Promise<ReadonlySet<string>> => {
	const words = ['--baseDN', 'cn=schema', '--scope', 'base', '(objectClass=*)', 'objectClasses'];
	const result = await runServerTool(server, 'ldapsearch', words);
	const [answer] = readAnswers(result.stdout);
	const definitions = answer?.values('objectClasses') ?? [];
	if (result.exitCode !== 0 || definitions.length === 0) {
		throw new Failure({
			code: 'no-schema',
			seen:
				`ldapsearch in ${server.target.pod} shows no object classes below cn=schema (exit status ` +
				`${result.exitCode ?? 'none'}).`,
			means: 'Whether the server knows the schema of the entries cannot be said, so nothing is imported.',
			todo: 'Read what ldapsearch says, fix the cause, then try again.',
			byHand: server.pods.byHand(server.target, ['ldapsearch', ...words]),
			retryable: true,
			details: lastWords(result),
		});
	}

	const identifiers = definitions.map(definition => /^\(\s*(?<id>[^\s\)]+)/v.exec(definition)?.groups?.id ?? '');
	return new Set(
		[...definitions.flatMap(definition => namesIn(definition)), ...identifiers].map(name => name.toLowerCase()),
	);
};
