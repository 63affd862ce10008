import type {Preview} from '../../migration/step.js';
import {blank, row, wrapped, type Line} from '../lines.js';
import type {Theme, Tone} from '../theme.js';
import {heading} from './head.js';

const diffTones: ReadonlyArray<readonly [string, Tone]> = [
	['+++', 'dim'],
	['---', 'dim'],
	['@@', 'dim'],
	['+', 'good'],
	['-', 'bad'],
];

/** A diff; what is added and taken away keeps its sign, so that colour says nothing new. */
const diffLines = (text: string, width: number): readonly Line[] =>
	text
		.trimEnd()
		.split('\n')
		.flatMap(line => {
			const tone = diffTones.find(([start]) => line.startsWith(start))?.[1];
			return wrapped(line.slice(1), {
				width,
				lead: [{text: line.slice(0, 1) || ' ', ...(tone && {tone})}],
				...(tone && {tone}),
			});
		});

/** What the step is about to do. The way back stands before the commands: it is to be read before they are run. */
export const previewLines = (
	{summary, commands, diffs = [], files = [], wayBack}: Preview,
	width: number,
	{symbols}: Theme,
): readonly Line[] => [
	heading('What it will do'),
	...summary.flatMap(text => wrapped(text, {width, lead: [{text: `${symbols.bullet} `, tone: 'dim'}]})),
	...wrapped(wayBack, {width, lead: [{text: 'Way back  ', tone: 'strong'}]}),
	...(commands.length > 0 ? [blank, heading('Commands')] : []),
	...commands.flatMap(command => wrapped(command, {width, lead: [{text: '$ ', tone: 'dim'}]})),
	...(files.length > 0 ? [blank, heading('Files it writes')] : []),
	...files.flatMap(file => wrapped(file, {width, lead: [{text: '  '}]})),
	...diffs.flatMap(({title, text}) => [blank, row({text: title, tone: 'strong'}), ...diffLines(text, width)]),
];
