import {Failure} from '../../failure/failure.js';
import type {Finding, Severity} from '../../ping/findings/index.js';
import {findingsOfWorkload} from '../../ping/findings/of-workload.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import {selectorOf} from '../selector.js';

/** What the operator wants to see of all that was found. */
export type Narrowing = {
	/** That severity and worse. */
	readonly severity?: Severity;
	/** A name, or a kind and a name such as `statefulset/pingdirectory`. */
	readonly workload?: string;
	/** A label selector, as kubectl takes it. */
	readonly selector?: string;
};

const ranks: Readonly<Record<Severity, number>> = {blocks: 0, warns: 1, informs: 2};

const unknown = (wanted: string, workloads: readonly Workload[]): Failure => {
	const names = workloads.map(({kind, name}) => `${kind.toLowerCase()}/${name}`);
	return new Failure({
		code: 'workload-unknown',
		seen: `No Ping workload is called ${wanted}.`,
		means: 'Nothing was inspected.',
		todo: names.length === 0 ? 'Name another namespace.' : `Name one of these: ${names.join(', ')}.`,
		byHand: 'unroot workloads',
		exit: 'usage',
	});
};

const isCalled = ({kind, name}: Workload, wanted: string): boolean =>
	wanted === name || wanted.toLowerCase() === `${kind.toLowerCase()}/${name}`.toLowerCase();

const labelsOf = (objects: readonly Manifest[], {kind, name}: Workload): Readonly<Record<string, string>> =>
	objects.find(object => object.kind === kind && object.metadata.name === name)?.metadata.labels ?? {};

/** The workloads that are meant. Throws a Failure where one is named that is not there. */
export const meantWorkloads = (
	all: readonly Workload[],
	objects: readonly Manifest[],
	{workload, selector}: Narrowing,
): readonly Workload[] => {
	const fits = selector === undefined ? undefined : selectorOf(selector);
	const named = workload === undefined ? all : all.filter(one => isCalled(one, workload));
	if (workload !== undefined && named.length === 0) {
		throw unknown(workload, all);
	}

	return fits ? named.filter(one => fits(labelsOf(objects, one))) : named;
};

/** The findings that are meant: of these workloads, and no milder than was said. */
export const meantFindings = (
	findings: readonly Finding[],
	workloads: readonly Workload[],
	{severity, workload, selector}: Narrowing,
): readonly Finding[] => {
	const own =
		workload === undefined && selector === undefined
			? findings
			: findings.filter(finding => workloads.some(one => findingsOfWorkload(one, [finding]).length > 0));
	return severity === undefined ? own : own.filter(one => ranks[one.severity] <= ranks[severity]);
};

const sides: Readonly<Record<Workload['side'], string>> = {
	old: 'before 2103',
	new: '2103 or later',
	unknown: 'side of 2103 not settled',
};

/** A line for each workload: what it is, and how many findings stand in its own objects. */
export const workloadLines = (workloads: readonly Workload[], findings: readonly Finding[]): readonly string[] =>
	workloads.map(workload => {
		const own = findingsOfWorkload(workload, findings);
		const count = (severity: Severity): number => own.filter(one => one.severity === severity).length;
		const {kind, name, product, productVersion = '', side, replicas, identity} = workload;
		const counts = (['blocks', 'warns', 'informs'] as const)
			.filter(severity => count(severity) > 0)
			.map(severity => `${severity} ${count(severity)}`);
		const what = [
			`${kind.toLowerCase()}/${name}: ${`${product} ${productVersion}`.trim()}, ${sides[side]}`,
			`${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
			...(identity ? [`runs as ${identity.uid}:${identity.gid}`] : []),
		].join(', ');
		return `${what}; ${counts.join(', ') || 'nothing found'}`;
	});
