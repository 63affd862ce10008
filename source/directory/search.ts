import {Failure} from '../failure/failure.js';
import {readAnswers, type ToolAnswer} from './answer.js';
import {allWords, lastWords, runServerTool, type DirectoryServer} from './server.js';

/** What to look for, and where. */
export type Search = {readonly base: string; readonly scope: 'base' | 'one' | 'sub'; readonly filter: string};

/** The words after `ldapsearch`, without the connection. */
export const searchWords = ({base, scope, filter}: Search): readonly string[] => [
	'--baseDN',
	base,
	'--scope',
	scope,
	filter,
];

/**
The entries that a search finds: all of them or a Failure. An `ldapsearch` that ends with a status of its own (4: a
limit cut its answer short; 32: the base is not there; 91: nobody listens) has not answered, whatever it printed.
*/
export const search = async (server: DirectoryServer, what: Search): Promise<readonly ToolAnswer[]> => {
	const result = await runServerTool(server, 'ldapsearch', searchWords(what));
	if (result.exitCode === 0) {
		return readAnswers(result.stdout);
	}

	throw new Failure(
		{
			code: 'search-failed',
			seen:
				`ldapsearch below ${what.base} in ${server.target.pod} ended with exit status ` +
				`${result.exitCode ?? 'none'}.`,
			means: 'What it printed may be a part of the answer, or none of it, so nothing of it is used.',
			todo: 'Read what ldapsearch says, fix the cause, then try again.',
			byHand: server.pods.byHand(server.target, ['ldapsearch', ...searchWords(what)]),
			retryable: true,
			details: lastWords(result),
		},
		{said: allWords(result)},
	);
};
