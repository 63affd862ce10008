import {plainText} from '../../failure/plain.js';
import {partsOf, type Inline, type Line} from '../document.js';

/* The first one is the sign that the others begin with. */
const entities: ReadonlyArray<readonly [string, string]> = [
	['&', '&amp;'],
	['<', '&lt;'],
	['>', '&gt;'],
	['"', '&quot;'],
	["'", '&#39;'],
];

/** A text from anywhere as HTML shows it, in an element or an attribute: no markup, no control characters. */
export const escaped = (text: string): string => {
	let html = plainText(text);
	for (const [character, entity] of entities) {
		html = html.replaceAll(character, () => entity);
	}

	return html;
};

const partHtml = (part: Inline): string => {
	if (typeof part === 'string') {
		return escaped(part);
	}

	return 'code' in part ? `<code>${escaped(part.code)}</code>` : `<strong>${escaped(part.strong)}</strong>`;
};

/** A line as HTML. */
export const lineHtml = (line: Line): string =>
	partsOf(line)
		.map(part => partHtml(part))
		.join('');
