import type {Live} from '../../migration/state.js';
import {amountText, elapsedText, percentOf, rateText} from '../../migration/words/figures.js';
import {plainRow, row, wrapped, type Line} from '../lines.js';
import type {Theme} from '../theme.js';

type Shown = NonNullable<Live['progress']>;

const barLine = (percent: number, isStalled: boolean, width: number, {symbols}: Theme): Line => {
	const room = Math.max(4, Math.min(40, width - 6));
	const full = Math.floor((room * percent) / 100);
	return row(
		{text: (isStalled ? symbols.halted : symbols.full).repeat(full), tone: isStalled ? 'warning' : 'accent'},
		{text: symbols.empty.repeat(room - full), tone: 'dim'},
		{text: `${percent} %`.padStart(6)},
	);
};

const moving = ({unit, rate, secondsLeft}: Shown): readonly string[] => [
	...(rate === undefined ? [] : [rateText(rate, unit)]),
	...(secondsLeft === undefined || secondsLeft < 1 ? [] : [`about ${elapsedText(secondsLeft)} left`]),
];

const figures = (progress: Shown, dot: string): string =>
	[amountText(progress), ...(progress.stalledSeconds === undefined ? moving(progress) : [])].join(dot);

/** What somebody else is waited for. */
export const awaitedLines = ({awaits = []}: Shown, width: number, {symbols}: Theme): readonly Line[] =>
	awaits.flatMap(text => wrapped(text, {width, lead: [{text: `${symbols.dot.trim()} `, tone: 'dim'}]}));

/** How far a step is: a bar where the total is known, the figures, and a word of its own where nothing moves. */
export const progressLines = (progress: Shown, width: number, theme: Theme): readonly Line[] => {
	const percent = percentOf(progress);
	const {stalledSeconds} = progress;
	const said = figures(progress, ', ');
	return [
		{...plainRow(progress.what), spoken: ''},
		...(percent === undefined
			? []
			: [
					{
						...barLine(percent, stalledSeconds !== undefined, width, theme),
						spoken: `${progress.what}: ${percent} percent, ${said}`,
						role: 'progressbar' as const,
					},
				]),
		...wrapped(figures(progress, theme.symbols.dot), {width, tone: 'dim'}).map(line => ({
			...line,
			spoken: percent === undefined ? `${progress.what}: ${said}` : '',
		})),
		...(stalledSeconds === undefined
			? []
			: wrapped(`Stalled: nothing has moved for ${elapsedText(stalledSeconds)}.`, {
					width,
					lead: [{text: `${theme.symbols.warning} `, tone: 'warning'}],
					tone: 'warning',
				})),
		...awaitedLines(progress, width, theme),
	];
};
