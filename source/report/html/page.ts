import {createHash} from 'node:crypto';
import {partsOf, type Block, type Document, type Line} from '../document.js';
import {chronicleHtml} from './chronicle.js';
import {escaped, lineHtml} from './escape.js';
import {comparisonsHtml, sidesHtml} from './figures.js';
import {style} from './style.js';

const cellHtml = (line: Line, label: string): string => {
	const isBad = partsOf(line).some(part => typeof part === 'object' && 'strong' in part);
	return `<td data-label="${escaped(label)}"${isBad ? ' class="fails"' : ''}>${lineHtml(line)}</td>`;
};

const tableHtml = (head: readonly string[], rows: ReadonlyArray<readonly Line[]>): string =>
	[
		`<table><thead><tr>${head.map(label => `<th scope="col">${escaped(label)}</th>`).join('')}</tr></thead><tbody>`,
		...rows.map(cells => `<tr>${cells.map((cell, index) => cellHtml(cell, head[index] ?? '')).join('')}</tr>`),
		'</tbody></table>',
	].join('\n');

const blockHtml = (block: Block): string => {
	switch (block.kind) {
		case 'heading': {
			return `<h${block.level}>${escaped(block.text)}</h${block.level}>`;
		}

		case 'text': {
			return `<p>${lineHtml(block.line)}</p>`;
		}

		case 'list': {
			return `<ul>${block.lines.map(line => `<li>${lineHtml(line)}</li>`).join('\n')}</ul>`;
		}

		case 'table': {
			return tableHtml(block.head, block.rows);
		}

		case 'values': {
			const rows = block.rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${lineHtml(value)}</dd>`);
			return `<dl class="values">${rows.join('\n')}</dl>`;
		}

		case 'code': {
			return `<pre>${escaped(block.text)}</pre>`;
		}

		case 'alarm': {
			return (
				`<div class="alarm" role="alert"><p><strong>${escaped(block.text)}</strong></p>` +
				`<pre>${escaped(block.commands)}</pre></div>`
			);
		}

		case 'chronicle': {
			return chronicleHtml(block.chronicle);
		}

		case 'comparisons': {
			return comparisonsHtml(block.comparisons);
		}

		case 'sides': {
			return sidesHtml(block.sides);
		}
	}
};

/* Nothing is loaded and nothing runs: the one style is named by its hash. */
const policy = [
	"default-src 'none'",
	`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
	"base-uri 'none'",
	"form-action 'none'",
].join('; ');

/** A report as one page of HTML that needs nothing from outside. `hash` is that of the Markdown it goes with. */
export const pageOf = ({title, mood, blocks}: Document, hash: string): string =>
	[
		'<!doctype html>',
		'<html lang="en"><head><meta charset="utf-8">',
		`<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
		'<meta name="viewport" content="width=device-width, initial-scale=1">',
		'<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">',
		`<title>${escaped(title)}</title>`,
		`<style>${style}</style></head>`,
		`<body><header class="${mood}"><h1>${escaped(title)}</h1></header><main>`,
		...blocks.map(block => blockHtml(block)),
		'</main>',
		`<footer>The same facts are in report.md. SHA-256 of all its lines but the last: <code>${hash}</code></footer>`,
		'</body></html>',
		'',
	].join('\n');
