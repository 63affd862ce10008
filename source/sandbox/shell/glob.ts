import type {View} from '../files/view.js';

/** A piece of a pattern; quoted text stands for itself. */
export type PatternPiece = {readonly text: string; readonly isQuoted: boolean};

const escape = (text: string): string => text.replaceAll(/[$\(\)*+\-.\/?\[\\\]^\{\|\}]/gv, String.raw`\$&`);

/**
The characters of a bracket expression. Those that mean something in a class of the `v` flag are escaped, a range is
kept.
*/
const bracket = (set: string): string => {
	const isNegated = set.startsWith('!') || set.startsWith('^');
	const characters = (isNegated ? set.slice(1) : set).replaceAll(/[&\(\)\/\[\\\]^\{\|\}]/gv, String.raw`\$&`);
	return `[${isNegated ? '^' : ''}${characters}]`;
};

const sourceOf = (text: string): string =>
	text.replaceAll(/\[(?<set>[^\[\]]+)\]|[*?\[]|[^*?\[]+/gv, (found, set: string | undefined) => {
		if (found === '*') {
			return String.raw`[\s\S]*`;
		}

		if (found === '?') {
			return String.raw`[\s\S]`;
		}

		return set === undefined ? escape(found) : bracket(set);
	});

/** The source of a regular expression for a shell pattern. */
export const patternSource = (pieces: readonly PatternPiece[]): string =>
	pieces.map(({text, isQuoted}) => (isQuoted ? escape(text) : sourceOf(text))).join('');

/** Whether the whole text matches a shell pattern. */
export const matchesPattern = (text: string, pattern: string): boolean =>
	new RegExp(`^(?:${sourceOf(pattern)})$`, 'v').test(text);

const hasMagic = ({text, isQuoted}: PatternPiece): boolean => !isQuoted && /[*?\[]/v.test(text);

/** Paths that match, sorted; undefined where the pieces are no pattern or nothing matches. */
export const glob = (pieces: readonly PatternPiece[], view: View): string[] | undefined => {
	if (pieces.every(piece => !hasMagic(piece))) {
		return undefined;
	}

	// Quoted characters are marked, so that the pattern can be cut at slashes.
	const marked = pieces.map(({text, isQuoted}) => (isQuoted ? text.replaceAll(/[*?\[]/gv, '[$&]') : text)).join('');
	const parts = marked.split('/').filter(Boolean);
	let found = [marked.startsWith('/') ? '/' : ''];
	for (const part of parts) {
		const isPattern = /[*?\[]/v.test(part);
		found = found.flatMap(folder => {
			if (!isPattern) {
				return view.exists(`${folder}${part}`) ? [`${folder}${part}/`] : [];
			}

			try {
				return view
					.list(folder === '' ? '.' : folder)
					.filter(name => matchesPattern(name, part) && (part.startsWith('.') || !name.startsWith('.')))
					.map(name => `${folder}${name}/`);
			} catch {
				return [];
			}
		});
	}

	const paths = found.map(path => path.replace(/\/$/v, ''));
	return paths.length > 0 ? paths : undefined;
};
