import type {Evidence, Fact} from '../../migration/step.js';
import {cellsOf, fitted} from '../cells.js';
import {wrapped, type Line, type Span} from '../lines.js';
import type {Theme, Tone} from '../theme.js';

type Row = {readonly sign: Span; readonly spokenSign: string; readonly label: string; readonly value: string};

/** Labels stand in a column of their own where that leaves the values most of the width. */
const table = (rows: readonly Row[], width: number): readonly Line[] => {
	const longest = Math.max(0, ...rows.map(({label}) => cellsOf(label)));
	const column = Math.min(longest, Math.max(12, Math.floor(width / 3)));
	return rows.flatMap(({sign, spokenSign, label, value}) => {
		const spoken = `${spokenSign}${label}: ${value}`;
		const lines =
			cellsOf(label) > column
				? [
						...wrapped(`${label}:`, {width, lead: [sign], tone: 'dim'}),
						...wrapped(value, {width, lead: [{text: ' '.repeat(cellsOf(sign.text))}]}),
					]
				: wrapped(value, {width, lead: [sign, {text: `${fitted(label, column)}  `, tone: 'dim'}]});
		return lines.map((line, index) => ({...line, spoken: index === 0 ? spoken : ''}));
	});
};

const signOf = (mark: Fact['mark'], {symbols}: Theme): Pick<Row, 'sign' | 'spokenSign'> => {
	const signs: Readonly<Record<NonNullable<Fact['mark']> | 'none', readonly [string, Tone, string]>> = {
		good: [symbols.yes, 'good', 'Good: '],
		warning: [symbols.warning, 'warning', 'Warning: '],
		bad: [symbols.no, 'bad', 'Bad: '],
		none: [symbols.bullet, 'dim', ''],
	};
	const [text, tone, spokenSign] = signs[mark ?? 'none'];
	return {sign: {text: `${text.padEnd(symbols.yes.length)} `, tone}, spokenSign};
};

/** What was seen. */
export const factLines = (facts: readonly Fact[], width: number, theme: Theme): readonly Line[] =>
	table(
		facts.map(fact => ({...signOf(fact.mark, theme), label: fact.label, value: fact.value})),
		width,
	);

/** What was checked, and whether it holds. */
export const evidenceLines = (evidence: readonly Evidence[], width: number, {symbols}: Theme): readonly Line[] =>
	table(
		evidence.map(({label, value, holds}) => ({
			sign: {text: `${holds ? symbols.yes : symbols.no} `, tone: holds ? 'good' : 'bad'},
			spokenSign: holds ? 'Holds: ' : 'Does not hold: ',
			label,
			value,
		})),
		width,
	);
