import type {Fact} from '../../migration/step.js';
import {findProblems, sortDocuments, type Finding} from '../../ping/findings/index.js';
import {countText} from '../run/words.js';
import type {ServerLook} from '../servers/look.js';

/** What must be seen, the worst first; what is only good to know is left to unroot inspect. */
const marks = {blocks: 'bad', warns: 'warning'} as const;

const factOf = (findings: readonly Finding[], mark: NonNullable<Fact['mark']>): readonly Fact[] => {
	const [first] = findings;
	if (!first) {
		return [];
	}

	const more = findings.length > 1 ? ` (and ${countText(findings.length - 1, 'more place')})` : '';
	return [{label: first.code, value: `${first.seen}${more}. ${first.means}`, mark}];
};

const kindsOf = (groups: ReadonlyArray<readonly Finding[]>, severity: Finding['severity']): number =>
	groups.filter(([first]) => first?.severity === severity).length;

const findingsIn = ({objects, inventory}: Pick<ServerLook, 'objects' | 'inventory'>): readonly Finding[] =>
	findProblems({documents: sortDocuments(objects.map(value => ({value}))), texts: [], inventory});

/** The codes of what blocks or warns, each once, in order. */
export const findingCodes = (look: Pick<ServerLook, 'objects' | 'inventory'>): readonly string[] => {
	const codes = findingsIn(look)
		.filter(({severity}) => severity !== 'informs')
		.map(({code}) => code);
	return [...new Set(codes)].toSorted((one, other) => one.localeCompare(other));
};

/**
What `unroot inspect` would say of the namespace, as facts: what blocks first, then what warns, each kind once. It is
what a new image meets as things stand; a fresh deployment answers most of it.
*/
export const findingFacts = ({objects, inventory}: Pick<ServerLook, 'objects' | 'inventory'>): readonly Fact[] => {
	const findings = findingsIn({objects, inventory});
	const groups = Map.groupBy(findings, ({code, severity, means}) => JSON.stringify([severity, code, means]))
		.values()
		.toArray();
	const [blocks, warns] = [kindsOf(groups, 'blocks'), kindsOf(groups, 'warns')];
	return blocks + warns === 0
		? []
		: [
				{
					label: 'findings',
					value:
						`With the new image as things stand, ${countText(blocks, 'kind')} of finding would block and ` +
						`${warns} would warn. A fresh deployment settles most of them; unroot inspect says what to do about ` +
						'each.',
				},
				...(['blocks', 'warns'] as const).flatMap(severity =>
					groups.filter(([first]) => first?.severity === severity).flatMap(group => factOf(group, marks[severity])),
				),
			];
};
