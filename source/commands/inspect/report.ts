import {plainLine} from '../../failure/plain.js';
import type {Finding, Severity} from '../../ping/findings/index.js';

/** What was looked at, in numbers. */
export type Scope = {
	/** A line for each workload. */
	readonly lines: readonly string[];
	/** Such as `3 files` or `namespace identity of context staging`. */
	readonly what: string;
	readonly objects: number;
	readonly workloads: number;
	/** Documents of other kinds, such as `1 Compose file`. */
	readonly others: readonly string[];
	/** Documents that are neither objects, values, Compose files nor Kustomizations. */
	readonly unrecognised: readonly string[];
	readonly skipped: ReadonlyArray<{readonly file: string; readonly why: string}>;
	/** Words on single files that are no findings. */
	readonly notes: readonly string[];
};

const titles: Readonly<Record<Severity, string>> = {
	blocks: 'BLOCKS: it will not work',
	warns: 'WARNS: it may not work',
	informs: 'INFORMS: good to know',
};
const colours: Readonly<Record<Severity, string>> = {blocks: '31', warns: '33', informs: '36'};
const severities = Object.keys(titles) as readonly Severity[];

/** Breaks a text at spaces so that no line is longer than `width`; a longer word keeps its line. */
const wrap = (text: string, width: number): readonly string[] => {
	const lines: string[] = [];
	for (const word of text.split(' ')) {
		const last = lines.at(-1);
		if (last === undefined || last.length + word.length + 1 > width) {
			lines.push(word);
		} else {
			lines[lines.length - 1] = `${last} ${word}`;
		}
	}

	return lines;
};

const labelled = (label: string, text: string, width: number): readonly string[] =>
	wrap(plainLine(text), width - 8).map((line, index) => `  ${(index === 0 ? label : '').padEnd(6)}${line}`);

const placeOf = ({file, line, object, field}: Finding['where']): string =>
	[
		file === undefined ? undefined : `${file}${line === undefined ? '' : `:${line}`}`,
		[object, field].filter(part => part !== '').join(' '),
	]
		.filter(part => part !== undefined)
		.join(', ');

/** Findings of one code are told once, with all their places. */
const groupsOf = (findings: readonly Finding[]): ReadonlyArray<readonly Finding[]> =>
	Map.groupBy(findings, ({code, means, todo}) => JSON.stringify([code, means, todo]))
		.values()
		.toArray();

const mostPlaces = 20;

const group = (findings: readonly Finding[], width: number): readonly string[] => {
	const [first] = findings;
	if (!first) {
		return [];
	}

	return [
		first.code,
		...findings
			.slice(0, mostPlaces)
			.flatMap(({seen, where}) => [...labelled('seen', seen, width), ...labelled('at', placeOf(where), width)]),
		...(findings.length > mostPlaces
			? [`        and ${findings.length - mostPlaces} more places; --output json has them all`]
			: []),
		...labelled('means', first.means, width),
		...labelled('do', first.todo, width),
		...labelled('from', first.source, width),
		'',
	];
};

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The last lines: what was looked at and what follows from it. */
const summary = (findings: readonly Finding[], scope: Scope): readonly string[] => {
	const numbers = severities.map(
		severity => `${severity} ${findings.filter(finding => finding.severity === severity).length}`,
	);
	const isWhole = scope.skipped.length === 0 && scope.unrecognised.length === 0;
	const found =
		scope.workloads === 0 && scope.others.length === 0
			? 'No Ping workload was found in it'
			: 'Nothing was found that would break';
	const nothing = `${found}.${isWhole ? '' : ' Not all of it was read.'}`;
	return [
		`Looked at ${scope.what}: ` +
			`${[counted(scope.objects, 'object'), counted(scope.workloads, 'Ping workload'), ...scope.others].join(', ')}.`,
		...scope.notes.map(note => `Note: ${note}.`),
		...scope.skipped.slice(0, mostPlaces).map(({file, why}) => `Not looked into: ${file} (${why}).`),
		...(scope.skipped.length > mostPlaces
			? [`Not looked into: ${scope.skipped.length - mostPlaces} more files; --output json has them all.`]
			: []),
		...(scope.unrecognised.length > 0
			? [
					`Not recognised: ${scope.unrecognised.slice(0, 5).join(', ')}` +
						(scope.unrecognised.length > 5 ? ` and ${scope.unrecognised.length - 5} more.` : '.'),
				]
			: []),
		findings.length === 0 ? nothing : `${counted(findings.length, 'finding')}: ${numbers.join(', ')}.`,
	];
};

/**
The findings as people read them: grouped by severity, the same finding told once with all its places, lines of at most
`width` characters where words allow.
*/
export const textReport = (
	findings: readonly Finding[],
	scope: Scope,
	{width, hasColour}: {readonly width: number; readonly hasColour: boolean},
): string => {
	const paint = (text: string, colour: string): string => (hasColour ? `\u{1B}[1;${colour}m${text}\u{1B}[0m` : text);
	const sections = severities.flatMap(severity => {
		const groups = groupsOf(findings.filter(finding => finding.severity === severity));
		return groups.length === 0
			? []
			: [
					paint(titles[severity], colours[severity]),
					'',
					...groups.flatMap(([...entries]) => {
						const [code = '', ...lines] = group(entries, width);
						return [paint(code, colours[severity]), ...lines];
					}),
				];
	});
	const first = scope.lines.flatMap(line =>
		wrap(plainLine(line), width - 2).map((text, index) => (index === 0 ? text : `  ${text}`)),
	);
	return [
		...first,
		...(first.length > 0 ? [''] : []),
		...sections,
		...summary(findings, scope).flatMap(line => wrap(plainLine(line), width)),
		'',
	].join('\n');
};
