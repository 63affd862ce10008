import {Failure} from '../failure/failure.js';

type Labels = Readonly<Record<string, string>>;

/** One requirement of a label selector. */
type Requirement = (labels: Labels) => boolean;

const setBased = /^(?<key>\S+)\s+(?<way>in|notin)\s*\((?<values>[^\(\)]*)\)$/v;
const equality = /^(?<key>[^\s!=]+)\s*(?<way>==?|!=)\s*(?<value>[^\s=]*)$/v;
const existence = /^(?<not>!?)\s*(?<key>[\w\-.\/]+)$/v;

const requirementOf = (text: string): Requirement | undefined => {
	const set = setBased.exec(text)?.groups;
	if (set) {
		const values = new Set((set.values ?? '').split(/\s+/v).filter(Boolean));
		const isIn = set.way === 'in';
		return labels => values.has(labels[set.key ?? ''] ?? '\n') === isIn;
	}

	const equal = equality.exec(text)?.groups;
	if (equal) {
		return labels => (labels[equal.key ?? ''] === equal.value) === (equal.way !== '!=');
	}

	const exists = existence.exec(text)?.groups;
	return exists && (labels => Object.hasOwn(labels, exists.key ?? '') === (exists.not === ''));
};

/**
Whether labels fit a selector, as kubectl reads one: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, all of
those that commas join. Throws a Failure of exit status 2 where it is none.
Source: Kubernetes documentation, Labels and Selectors.
*/
export const selectorOf = (text: string): Requirement => {
	const parts = text
		.replaceAll(/\([^\(\)]*\)/gv, values => values.replaceAll(',', ' '))
		.split(',')
		.map(part => part.trim())
		.filter(Boolean);
	const requirements = parts.map(part => {
		const requirement = requirementOf(part);
		if (!requirement) {
			throw new Failure({
				code: 'usage',
				seen: `--selector is «${text}»; «${part}» is no requirement of a label selector.`,
				means: 'The call was not understood. Nothing was done.',
				todo: 'Write it as kubectl takes it, such as role=pingdirectory or app in (a,b).',
				byHand: 'kubectl get statefulset --selector role=pingdirectory',
				exit: 'usage',
			});
		}

		return requirement;
	});
	return labels => requirements.every(requirement => requirement(labels));
};
