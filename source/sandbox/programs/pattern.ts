/** A POSIX extended regular expression as one of JavaScript. */
export const extendedToRegExp = (pattern: string): string =>
	pattern.replaceAll(/\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|[^\[\]])*\]/gv, found =>
		found.startsWith('[') ? bracket(found) : found,
	);

const classes: Readonly<Record<string, string>> = {
	alnum: '0-9A-Za-z',
	alpha: 'A-Za-z',
	blank: String.raw` \t`,
	digit: '0-9',
	lower: 'a-z',
	print: ' -~',
	space: String.raw`\s`,
	upper: 'A-Z',
	xdigit: '0-9A-Fa-f',
};

const bracket = (set: string): string => {
	const isNegated = set.startsWith('[^');
	const inner = set.slice(isNegated ? 2 : 1, -1);
	const escaped = inner.replaceAll(
		/\[:(?<name>\w+):\]|(?<special>[\[\\\]^])/gv,
		(_, name: string | undefined, special: string | undefined) =>
			name === undefined ? `\\${special!}` : (classes[name] ?? ''),
	);
	return `[${isNegated ? '^' : ''}${escaped}]`;
};

/**
A POSIX basic regular expression as one of JavaScript: `\(`, `\{`, `\+`, `\?` and `\|` have the meaning that the bare
ones lack.
*/
export const basicToRegExp = (pattern: string): string =>
	pattern
		.replaceAll(
			/\\(?<escaped>[\s\S])|(?<set>\[\^?\]?(?:\[:\w+:\]|[^\[\]])*\])|(?<bare>[\(\)+?\{\|\}])/gv,
			(found, escaped: string | undefined, set: string | undefined, bare: string | undefined) => {
				if (set !== undefined) {
					return bracket(set);
				}

				if (bare !== undefined) {
					return `\\${bare}`;
				}

				return '(){}+?|'.includes(escaped!) ? escaped! : found;
			},
		)
		.replace(/^(?<caret>\^?)\*/v, String.raw`$<caret>\*`);
