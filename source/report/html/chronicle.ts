import type {Chronicle, Moment, Span} from '../facts/chronicle.js';
import {dayTimeText} from '../facts/times.js';
import {momentText} from '../words.js';
import {escaped} from './escape.js';
import {drawingWidth, scaleOf} from './scale.js';

type Bar = {readonly from: number; readonly to: number; readonly title: string};

/* Thinner than this, a bar is not seen on a narrow screen. */
const thinnest = 8;

const barHtml = ({from, to, title}: Bar): string => {
	const width = Math.max(thinnest, to - from);
	const left = Math.max(0, Math.min(from, drawingWidth - width));
	return (
		`<rect x="${left.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10">` +
		`<title>${escaped(title)}</title></rect>`
	);
};

const laneHtml = (name: string, kind: string, bars: readonly Bar[]): string =>
	bars.length === 0
		? ''
		: `<div class="lane ${kind}"><span>${name}</span>` +
			`<svg viewBox="0 0 ${drawingWidth} 10" preserveAspectRatio="none" role="img" aria-label="${name}">` +
			`${bars.map(bar => barHtml(bar)).join('')}</svg></div>`;

const momentHtml = (moment: Moment, freezes: readonly Span[]): string => {
	const isFrozen = freezes.some(({from, to}) => from <= moment.at && moment.at <= to);
	return (
		`<li class="${moment.kind}${isFrozen ? ' frozen' : ''}"><time datetime="${escaped(moment.at)}">` +
		`${escaped(dayTimeText(moment.at))}</time> <span>${escaped(momentText(moment))}</span></li>`
	);
};

/** A run in time: a drawing with a lane for work, freezes, people and stops, and the same in words. */
export const chronicleHtml = (chronicle: Chronicle): string => {
	const {work, freezes, moments, from, to} = chronicle;
	const {place, isShortened} = scaleOf(chronicle);
	const barOf = ({from: begin, to: end, title}: Span): Bar => ({from: place(begin), to: place(end), title});
	const marksOf = (kind: Moment['kind']): readonly Bar[] =>
		moments
			.filter(moment => moment.kind === kind)
			.map(moment => ({
				from: place(moment.at),
				to: place(moment.at),
				title: `${dayTimeText(moment.at)}: ${momentText(moment)}`,
			}));
	return [
		'<figure class="timeline">',
		laneHtml('Work', 'work', work.map(barOf)),
		laneHtml('Writes refused', 'freeze', freezes.map(barOf)),
		laneHtml('People', 'person', marksOf('person')),
		laneHtml('Stops', 'stop', marksOf('stop')),
		`<figcaption><span>${escaped(dayTimeText(from))}</span><span>${escaped(dayTimeText(to))}</span></figcaption>`,
		...(isShortened ? ['<p class="note">Waiting times are drawn shorter than they were.</p>'] : []),
		'</figure>',
		`<ol class="moments">${moments.map(moment => momentHtml(moment, freezes)).join('\n')}</ol>`,
	].join('\n');
};
