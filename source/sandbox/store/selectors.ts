import type {KubeObject} from './object.js';

type Test = (labels: Readonly<Record<string, string>>) => boolean;

const membership = /^(?<key>[^\s!\(\),=]+)\s+(?<operator>in|notin)\s*\((?<values>[^\)]*)\)$/v;
const equality = /^(?<key>[^\s!\(\),=]+)\s*(?<operator>==?|!=)\s*(?<value>[^\s!\(\),=]*)$/v;

const parseRequirement = (text: string): Test => {
	const set = membership.exec(text)?.groups;
	if (set) {
		const values = new Set(set.values!.split(' ').filter(Boolean));
		return set.operator === 'in'
			? labels => labels[set.key!] !== undefined && values.has(labels[set.key!]!)
			: labels => labels[set.key!] === undefined || !values.has(labels[set.key!]!);
	}

	const found = equality.exec(text)?.groups;
	if (found) {
		return found.operator === '!='
			? labels => labels[found.key!] !== found.value
			: labels => labels[found.key!] === found.value;
	}

	return text.startsWith('!') ? labels => labels[text.slice(1)] === undefined : labels => labels[text] !== undefined;
};

/** A label selector as it stands in a URL: `a=b,c!=d,e in (f,g),h,!i`. */
export const labelSelector = (text: string): Test => {
	// A comma within parentheses does not part requirements.
	const tests = text
		.replaceAll(/\([^\(\)]*\)/gv, found => found.replaceAll(',', ' '))
		.split(',')
		.map(part => part.trim())
		.filter(Boolean)
		.map(part => parseRequirement(part));
	return labels => tests.every(test => test(labels));
};

/** The selector of a workload or a Service: `matchLabels` or the bare map. */
export const matches = (
	labels: Readonly<Record<string, string>> | undefined,
	wanted: Readonly<Record<string, string>>,
): boolean => Object.entries(wanted).every(([key, value]) => labels?.[key] === value);

const fieldOf = (object: KubeObject, path: string): string => {
	let value: unknown = object;
	for (const key of path.split('.')) {
		value = (value as Record<string, unknown> | undefined)?.[key];
	}

	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** A field selector as it stands in a URL. Any field may be named, which real clusters do not allow. */
export const fieldSelector = (text: string): ((object: KubeObject) => boolean) => {
	const tests = text
		.split(',')
		.filter(Boolean)
		.map(part => {
			const {path, operator, value} = /^(?<path>[^!=]+)(?<operator>==?|!=)(?<value>.*)$/v.exec(part)?.groups ?? {};
			return (object: KubeObject) => (fieldOf(object, path ?? part) === (value ?? '')) === (operator !== '!=');
		});
	return object => tests.every(test => test(object));
};
