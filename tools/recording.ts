/** A stretch of a terminal's row that looks the same all along. */
export type Stretch = {
	readonly text: string;
	/** Number of a colour of the terminal's palette, or none: the terminal's own. */
	readonly colour?: number;
	readonly isBold: boolean;
	readonly isDim: boolean;
	readonly isInverse: boolean;
};

/** What a terminal shows at one moment, row by row. */
export type Picture = ReadonlyArray<readonly Stretch[]>;

const seconds = 5;
const row = 17;
const cell = 8.43;
const margin = 14;
const paper = '#16181d';
const ink = '#d6d9e0';
const palette = [
	'#3b4048',
	'#f0736a',
	'#6cc48a',
	'#e0b95c',
	'#6aa9f0',
	'#c58af0',
	'#56c0cc',
	'#d6d9e0',
	'#8a92a0',
	'#ff8f86',
	'#8be0a8',
	'#f5d27c',
	'#8fc3ff',
	'#dcaaff',
	'#7adbe6',
	'#ffffff',
] as const;

const escaped = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const unescaped = (text: string): string =>
	text.replaceAll('&quot;', '"').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');

const drawnStretch = ({text, colour, isBold, isDim, isInverse}: Stretch): string => {
	const own = palette[colour ?? -1] ?? ink;
	const style = [
		...(isInverse ? [`fill="${paper}"`] : own === ink ? [] : [`fill="${own}"`]),
		...(isBold ? ['font-weight="bold"'] : []),
		...(isDim ? ['opacity="0.65"'] : []),
	].join(' ');
	return `<tspan${style === '' ? '' : ` ${style}`}>${escaped(text)}</tspan>`;
};

const drawnRow = (stretches: readonly Stretch[], index: number): readonly string[] => {
	const text = stretches.map(stretch => stretch.text).join('');
	if (text.trim() === '') {
		return [];
	}

	const y = margin + (index + 1) * row - 4;
	let before = 0;
	const marks = stretches.flatMap(stretch => {
		const x = margin + before * cell;
		before += stretch.text.length;
		return stretch.isInverse
			? [
					`<rect x="${x.toFixed(1)}" y="${y - 13}" width="${(stretch.text.length * cell).toFixed(1)}" ` +
						`height="${row}" fill="${palette[stretch.colour ?? -1] ?? ink}"/>`,
				]
			: [];
	});
	const parts = stretches.map(stretch => drawnStretch(stretch)).join('');
	const length = (text.length * cell).toFixed(1);
	return [...marks, `<text x="${margin}" y="${y}" textLength="${length}">${parts}</text>`];
};

/** An SVG that shows the pictures one after the other, for five seconds each, and begins again. */
export const recordingOf = (title: string, pictures: readonly Picture[]): string => {
	const columns = Math.max(...pictures.flat().map(stretches => stretches.map(({text}) => text).join('').length));
	const width = Math.ceil(columns * cell + 2 * margin);
	const height = Math.max(...pictures.map(({length}) => length)) * row + 2 * margin;
	const whole = pictures.length * seconds;
	const share = 100 / pictures.length;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
		`<title>${escaped(title)}</title>`,
		'<style>',
		'text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }',
		`.picture { visibility: hidden; animation: shown ${whole}s steps(1, end) infinite; }`,
		`@keyframes shown { 0% { visibility: visible; } ${share.toFixed(3)}% { visibility: hidden; } }`,
		...pictures.map((_, index) => `.picture:nth-of-type(${index + 1}) { animation-delay: ${index * seconds}s; }`),
		'</style>',
		`<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
		...pictures.flatMap(picture => [
			`<g class="picture" fill="${ink}">`,
			...picture.flatMap((stretches, index) => drawnRow(stretches, index)),
			'</g>',
		]),
		'</svg>',
		'',
	].join('\n');
};

/** The words of each picture of such an SVG, without the space between them. */
export const wordsOf = (svg: string): readonly string[] =>
	svg
		.split('<g class="picture"')
		.slice(1)
		.map(picture =>
			picture
				.matchAll(/<text[^>]*>(?<parts>.*?)<\/text>/gv)
				.map(({groups}) => unescaped((groups?.parts ?? '').replaceAll(/<[^<>]*>/gv, '')))
				.toArray()
				.join(' ')
				.replaceAll(/\s+/gv, ' ')
				.trim(),
		);
