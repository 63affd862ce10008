import {fieldOf, joinField, listOf, mapOf, textOf} from '../ping/fields.js';
import {parseFile} from './parse.js';

/** A document inside another one, such as the values in a HelmRelease, with the lines of the file it stands in. */
export type Inner = {readonly value: unknown; readonly lineOf: (field: string) => number | undefined};

/** What a document holds for another tool to take out: documents to be read, and what is not in it. */
export type Wrapped = {readonly inner: readonly Inner[]; readonly unread: readonly string[]};

type Outer = {readonly value: unknown; readonly lineOf: (field: string) => number | undefined};

/** Charts of Ping's: helm.pingidentity.com. */
const isPingChart = (chart: unknown): boolean => /(?:^|\/)ping-devops$/v.test(textOf(chart) ?? '');

const below = (outer: Outer, field: string, value: unknown): Inner => ({
	value,
	lineOf: inner => outer.lineOf(inner === '' ? field : `${field}${inner.startsWith('[') ? '' : '.'}${inner}`),
});

/** Values that stand in a document as text: their lines are those of the text, behind the line it begins on. */
const inText = (outer: Outer, field: string, text: string): readonly Inner[] => {
	const {documents} = parseFile(text);
	const first = outer.lineOf(field);
	return documents.map(({value, lineOf}) => ({
		value,
		lineOf: inner => (first === undefined ? undefined : first + (lineOf(inner) ?? 0)),
	}));
};

/** Values by any of the names a tool gives them: a map, or text. */
const valuesAt = (outer: Outer, path: ReadonlyArray<string | number>): readonly Inner[] => {
	const value = fieldOf(outer.value, ...path);
	const field = joinField('', ...path);
	return typeof value === 'string'
		? inText(outer, field, value)
		: Object.keys(mapOf(value)).length > 0
			? [below(outer, field, value)]
			: [];
};

const elsewhere = (found: readonly Inner[], isPing: boolean, why: string): Wrapped => ({
	inner: found,
	unread: isPing && found.length === 0 ? [why] : [],
});

const helmRelease = (outer: Outer): Wrapped => {
	const spec = fieldOf(outer.value, 'spec');
	const isPing = isPingChart(fieldOf(spec, 'chart', 'spec', 'chart')) || isPingChart(fieldOf(spec, 'chart', 'name'));
	const found = valuesAt(outer, ['spec', 'values']);
	const isPartly = listOf(fieldOf(spec, 'valuesFrom')).length > 0;
	return {
		inner: found,
		unread:
			isPing && (isPartly || found.length === 0)
				? ['it takes values of the ping-devops chart from elsewhere (valuesFrom, or the defaults of the chart)']
				: [],
	};
};

const application = (outer: Outer, path: readonly string[]): Wrapped => {
	const spec = fieldOf(outer.value, ...path);
	const sources: ReadonlyArray<readonly [unknown, ReadonlyArray<string | number>]> = [
		[fieldOf(spec, 'source'), [...path, 'source']],
		...listOf(fieldOf(spec, 'sources')).map((source, index) => [source, [...path, 'sources', index]] as const),
	];
	const read = sources.map(([source, place]) => {
		const found = ['values', 'valuesObject'].flatMap(name => valuesAt(outer, [...place, 'helm', name]));
		const chart = textOf(fieldOf(source, 'chart'));
		const way = textOf(fieldOf(source, 'path'));
		const where = [way, 'of', textOf(fieldOf(source, 'repoURL'))].filter(part => part !== undefined).join(' ');
		const isOfPing = chart === undefined ? /ping/iv.test(where) : isPingChart(chart);
		return elsewhere(
			found,
			isOfPing && (way !== undefined || chart !== undefined),
			way === undefined ? 'it takes its values from elsewhere' : `what it deploys lies in ${where}`,
		);
	});
	return {inner: read.flatMap(({inner}) => inner), unread: read.flatMap(({unread}) => unread)};
};

/** The parameters of a Template put in their places. */
const withParameters = (value: unknown, parameters: ReadonlyMap<string, string>): unknown => {
	if (typeof value === 'string') {
		return value.replaceAll(/\$\{{1,2}(?<name>\w+)\}{1,2}/gv, (found, name: string) => parameters.get(name) ?? found);
	}

	if (Array.isArray(value)) {
		return value.map(item => withParameters(item, parameters));
	}

	return typeof value === 'object' && value !== null
		? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withParameters(part, parameters)]))
		: value;
};

/** OpenShift's own kind of Deployment, read as one. */
const asDeployment = (value: unknown): unknown =>
	fieldOf(value, 'kind') === 'DeploymentConfig' ? {...mapOf(value), kind: 'Deployment'} : value;

const template = (outer: Outer): Wrapped => {
	const parameters = new Map(
		listOf(fieldOf(outer.value, 'parameters')).flatMap(parameter => {
			const [name, value] = [textOf(fieldOf(parameter, 'name')), textOf(fieldOf(parameter, 'value'))];
			return name === undefined || value === undefined ? [] : [[name, value] as const];
		}),
	);
	return {
		inner: listOf(fieldOf(outer.value, 'objects')).map((object, index) =>
			below(outer, `objects[${index}]`, asDeployment(withParameters(object, parameters))),
		),
		unread: [],
	};
};

const releases = (outer: Outer): Wrapped => {
	const read = listOf(fieldOf(outer.value, 'releases')).map((release, index) => {
		const found = listOf(fieldOf(release, 'values')).flatMap((_, place) =>
			typeof fieldOf(release, 'values', place) === 'string'
				? []
				: valuesAt(outer, ['releases', index, 'values', place]),
		);
		const name = textOf(fieldOf(release, 'name')) ?? String(index + 1);
		return elsewhere(
			found,
			isPingChart(fieldOf(release, 'chart')),
			`its release ${name} takes the values of the ping-devops chart from elsewhere`,
		);
	});
	return {inner: read.flatMap(({inner}) => inner), unread: read.flatMap(({unread}) => unread)};
};

/**
What another tool takes out of a document: Flux of a HelmRelease, Argo CD of an Application, OpenShift of a Template,
helmfile of its releases. Undefined for a document that stands for itself.
*/
export const wrappedIn = (outer: Outer): Wrapped | undefined => {
	const {value} = outer;
	const [kind, apiVersion = ''] = [textOf(fieldOf(value, 'kind')), textOf(fieldOf(value, 'apiVersion'))];
	if (kind === undefined) {
		return Array.isArray(fieldOf(value, 'releases')) ? releases(outer) : undefined;
	}

	switch (kind) {
		case 'HelmRelease': {
			return helmRelease(outer);
		}

		case 'HelmChart': {
			return apiVersion.startsWith('helm.cattle.io/')
				? elsewhere(
						valuesAt(outer, ['spec', 'valuesContent']),
						isPingChart(fieldOf(value, 'spec', 'chart')),
						'it takes its values from elsewhere',
					)
				: undefined;
		}

		case 'Application':
		case 'ApplicationSet': {
			return apiVersion.startsWith('argoproj.io/')
				? application(outer, kind === 'Application' ? ['spec'] : ['spec', 'template', 'spec'])
				: undefined;
		}

		case 'Kustomization': {
			const where = textOf(fieldOf(value, 'spec', 'path')) ?? '';
			return apiVersion.startsWith('kustomize.toolkit.fluxcd.io/')
				? elsewhere([], /ping/iv.test(where), `what it deploys lies in ${where} of its source`)
				: undefined;
		}

		case 'Template': {
			return template(outer);
		}

		case 'DeploymentConfig': {
			return {inner: [below(outer, '', asDeployment(value))], unread: []};
		}

		default: {
			return undefined;
		}
	}
};
