/*
What a tool, a server or a container says may name entries and hold values: passwords, names, addresses, in every form
and language. It is never looked for what is to be taken out; what is known to say nothing of an entry is let through,
and nothing else of the line.
*/

/** Kinds of messages that hold no user data. Only what matches is told. */
const known: readonly RegExp[] = [
	// Closing lines and progress of OpenDS's tools, which PingDirectory's descend from.
	/\b(?:exported|processed) [\d,.]+ (?:entries|records)(?:,? (?:and )?(?:imported|skipped|rejected|migrated) [\d,.]*\d)*/iv,
	/\b(?:export|import) task \d+ scheduled to start\b/iv,
	/\bresult code:? {1,2}\d{1,5}\b/iv,
	/\bseverity="?(?:(?:fatal|mild|severe)_)?(?:debug|error|information|notice|warning)"? (?:msgcount|msgid)="?-?\d{1,12}"?/iv,
	// Programs and the system.
	/\bcurl: \(\d{1,3}\)/v,
	/\bexit (?:code|status) \d{1,3}\b/iv,
	/\b(?:no space left on device|disk quota exceeded|read-only file system|permission denied|operation not permitted)\b/iv,
	/\b(?:no such file or directory|nonexistent directory|is a directory|not a directory|file exists|input\/output error)\b/iv,
	/\b(?:command not found|not found|connection refused|connection reset|timed out|cannot allocate memory|killed)\b/iv,
	/\bjava\.(?:net\.\w*Connect|io\.IO|io\.FileNotFound|io\.EOF|lang\.NullPointer)Exception\b/v,
	/\bjava\.lang\.(?:OutOfMemory|StackOverflow)Error\b/v,
	/\bUnknown stream id \d{1,3}, discarding message\b/v,
	/\bunexpected EOF\b/v,
	// What the start of Ping's images says of itself.
	/\bRUN_PLAN ?: (?:RESTART|START)\b/v,
	/\bCONTAINER FAILURE\b/v,
];

/** Kinds that are told of one tool at most. */
const most = 12;

/** What may be told of lines that a tool said: the kinds of its messages, and how many lines there are beside them. */
export const tellable = (lines: readonly string[]): readonly string[] => {
	const told = lines.map(line =>
		known
			.map(pattern => pattern.exec(line)?.[0])
			.filter(match => match !== undefined)
			.join('; '),
	);
	return [...new Set(told.filter(Boolean))].slice(-most);
};

/** The same for a Failure's details, with a word on what is not told. */
export const tellableDetails = (lines: readonly string[]): readonly string[] => {
	const said = lines.filter(line => line.trim() !== '');
	const told = tellable(said);
	return said.length > told.length
		? [
				...told,
				`${said.length} ${said.length === 1 ? 'line was' : 'lines were'} said; what may name entries is not ` +
					'repeated here.',
			]
		: told;
};
