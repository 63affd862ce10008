import {countText} from '../migration/words/figures.js';
import {code, type Line} from './document.js';
import type {Moment} from './facts/chronicle.js';
import type {Comparison, Holding} from './facts/comparisons.js';
import type {Side} from './facts/topology.js';

/* What both prints of a report say alike. */

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Something that happened, as a sentence. */
export const momentText = ({who, what}: Moment): string => (who === '' ? capital(what) : `${who} ${what}`);

/** What a place held, as words. */
export const holdingText = ({entries, digest}: Holding): {readonly entries: string; readonly digest: Line} => ({
	entries: entries === undefined ? 'not counted' : countText(entries),
	digest: digest === undefined ? 'none: encrypted' : code(digest),
});

/** Whether a comparison holds, as words. */
export const verdictText = ({isEqual}: Comparison): string =>
	isEqual === undefined ? 'No digest to compare' : isEqual ? 'Equal' : 'Different';

/** What is known of the sides, row by row. */
export const sideRows = (before: Side, after: Side | undefined): ReadonlyArray<readonly [string, ...Line[]]> => {
	const row = (label: string, value: (side: Side) => Line): readonly [string, ...Line[]] => [
		label,
		value(before),
		...(after ? [value(after)] : []),
	];
	return [
		row('Workload', ({name}) => code(name)),
		row('Image', ({image}) => code(image)),
		row('User and group', ({user}) => (user === '' ? 'not known' : user)),
		row('Ports', ({ports}) => (ports === '' ? 'not known' : ports)),
		row('Servers', ({servers}) =>
			servers
				.map(({pod, role, backend, entries}) =>
					[pod, ...(role === '' ? [] : [`${role}, ${entries} entries of ${backend}`])].join(': '),
				)
				.join('; '),
		),
		row('Clients', ({hasClients}) => (hasClients ? 'are here' : 'are not here')),
	];
};
