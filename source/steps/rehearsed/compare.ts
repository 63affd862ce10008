import type {Certificate, Rehearsed} from '../../migration/certificate.js';
import type {StepContext} from '../../migration/step.js';
import {outcomeIfAny, outcomeOf, type Outcomes} from '../outcomes.js';
import {countText} from '../run/words.js';

/** A difference between what was rehearsed and what is found, by the name under which it is accepted. */
export type Difference = {readonly name: keyof Rehearsed; readonly was: string; readonly is: string};

/** Releases of Kubernetes and kubectl behave alike within a minor version. */
const minorOf = (version: string): string => /^v?\d+\.\d+/v.exec(version)?.[0] ?? version;

/** What a run is of, by what its first steps have found and what was decided. */
export const rehearsedFrom = (
	context: Pick<StepContext, 'outcomes'>,
	decided: Pick<Outcomes['strategy'], 'strategy' | 'image'>,
): Rehearsed => {
	const {workload, backends, tools = null, schema = null, findings = []} = outcomeOf(context, 'inventory');
	const connect = outcomeIfAny(context, 'connect');
	return {
		strategy: decided.strategy,
		image: decided.image,
		'old-image': workload.image,
		kubernetes: minorOf(connect?.cluster.version ?? ''),
		kubectl: minorOf(connect?.kubectl ?? ''),
		tools,
		schema,
		replicas: workload.replicas,
		size: Object.fromEntries(backends.map(({id, entries}) => [id, entries])),
		rights: connect?.missing ?? [],
		findings,
	};
};

const totalOf = (size: Rehearsed['size']): number => Object.values(size).reduce((sum, entries) => sum + entries, 0);

/** Sizes within a quarter of each other take about as long, and are the same to a rehearsal. */
const isSameSize = (was: Rehearsed['size'], is: Rehearsed['size']): boolean => {
	const ratio = totalOf(is) / Math.max(1, totalOf(was));
	const names = (size: Rehearsed['size']): string => Object.keys(size).toSorted().join(' ');
	return names(was) === names(is) && ((ratio >= 0.75 && ratio <= 1.25) || totalOf(was) === totalOf(is));
};

const sizeText = (size: Rehearsed['size']): string =>
	Object.entries(size)
		.map(([backend, entries]) => `${backend} ${countText(entries, 'entry', 'entries')}`)
		.join(', ') || 'no entries';

const toolsText = (tools: Rehearsed['tools']): string =>
	tools === null
		? 'not asked'
		: Object.entries(tools)
				.map(([name, can]) => `${name} ${can ? 'yes' : 'no'}`)
				.join(', ');

const listText = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));

/** What is there now and was not in the rehearsal: what is gone makes nothing harder. */
const added = (was: readonly string[], is: readonly string[]): readonly string[] =>
	is.filter(item => !was.includes(item));

/** Where a run differs from its rehearsal, in the order in which it matters. */
export const differencesOf = ({rehearsed: was}: Certificate, is: Rehearsed): readonly Difference[] => {
	const plain = (['image', 'old-image', 'strategy', 'kubernetes', 'kubectl'] as const)
		.filter(name => was[name] !== is[name])
		.map((name): Difference => ({name, was: was[name], is: is[name]}));
	const rows: ReadonlyArray<Difference & {readonly isSame: boolean}> = [
		{
			name: 'tools',
			was: toolsText(was.tools),
			is: toolsText(is.tools),
			isSame: toolsText(was.tools) === toolsText(is.tools),
		},
		{
			name: 'schema',
			was: was.schema?.slice(0, 12) ?? 'not asked',
			is: is.schema?.slice(0, 12) ?? 'not asked',
			isSame: was.schema === is.schema,
		},
		{name: 'replicas', was: `${was.replicas}`, is: `${is.replicas}`, isSame: was.replicas === is.replicas},
		{name: 'size', was: sizeText(was.size), is: sizeText(is.size), isSame: isSameSize(was.size, is.size)},
		...(['rights', 'findings'] as const).map(name => ({
			name,
			was: listText(was[name]),
			is: `${listText(added(was[name], is[name]))} besides`,
			isSame: added(was[name], is[name]).length === 0,
		})),
	];
	return [...plain, ...rows.filter(({isSame}) => !isSame).map(({isSame: _, ...difference}) => difference)];
};

/** What freezing, switching and reading back take whatever the size, in seconds. */
const fixedSeconds = 10;

/**
How long writes will be refused by the rehearsal's figures, scaled to the size found; undefined where none is known.
*/
export const scaledFreeze = ({figures, rehearsed}: Certificate, size: Rehearsed['size']): number | undefined => {
	const seconds = figures.refusedSeconds ?? figures.forecastSeconds;
	if (seconds === null) {
		return undefined;
	}

	const fixed = Math.min(seconds, fixedSeconds);
	return fixed + ((seconds - fixed) * totalOf(size)) / Math.max(1, totalOf(rehearsed.size));
};
