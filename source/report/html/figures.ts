import type {Comparison, Holding} from '../facts/comparisons.js';
import type {Side, Sides} from '../facts/topology.js';
import {holdingText, sideRows, verdictText} from '../words.js';
import {escaped, lineHtml} from './escape.js';

const sideHtml = (name: string, side: Side): string =>
	`<section class="card side"><h3>${name}${side.hasClients ? ' <span class="here">clients are here</span>' : ''}</h3>` +
	`<dl>${sideRows(side, undefined)
		.filter(([label]) => label !== 'Clients' && label !== 'Servers')
		.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${lineHtml(value ?? '')}</dd>`)
		.join('')}</dl>` +
	`<ul class="servers">${side.servers
		.map(
			({pod, role, backend, entries}) =>
				`<li><code>${escaped(pod)}</code>` +
				`${role === '' ? '' : `<span>${escaped(`${role}, ${entries} entries of ${backend}`)}</span>`}</li>`,
		)
		.join('')}</ul></section>`;

/** The topology before and after the move, side by side. */
export const sidesHtml = ({services, before, after}: Sides): string =>
	(services.length === 0
		? ''
		: `<p>${services.length === 1 ? 'Service' : 'Services'}: ${services
				.map(service => `<code>${escaped(service)}</code>`)
				.join(', ')}</p>\n`) +
	`<div class="cards">${sideHtml('Before', before)}${after ? sideHtml('After', after) : ''}</div>`;

const holdingHtml = (holding: Holding): string => {
	const {entries, digest} = holdingText(holding);
	return (
		`<section class="card holding"><h4>${holding.place}</h4>` +
		`<p class="count">${escaped(entries)}${holding.entries === undefined ? '' : ' <span>entries</span>'}</p>` +
		`<p class="digest">${lineHtml(digest)}</p></section>`
	);
};

/** What old server, copy and new server held, with count and digest each. */
export const comparisonsHtml = (comparisons: readonly Comparison[]): string =>
	comparisons
		.map(comparison => {
			const {backend, when, holdings, isEqual} = comparison;
			return (
				`<h3><code>${escaped(backend)}</code> ${escaped(when)} ` +
				`<span class="verdict ${isEqual === false ? 'bad' : isEqual ? 'good' : 'open'}">` +
				`${verdictText(comparison)}</span></h3>\n` +
				`<div class="cards">${holdings.map(holding => holdingHtml(holding)).join('')}</div>`
			);
		})
		.join('\n');
