import {integerOf, listOf, mapOf, textOf, textsOf} from '../../ping/fields.js';
import {portVariables} from '../../ping/ports.js';
import type {Manifest, Ports} from '../../ping/workload.js';
import type {Switch} from '../strategy.js';
import {declaredPorts, resolvePort} from './container-edits.js';
import {applyEdits, set, settle, type Edit} from './edit.js';
import type {PortMove} from './port-move.js';
import {isSelectedBy, type Relabelling} from './selector.js';
import {withoutServerFields} from './server-fields.js';
import {at} from './value.js';

const podName = 'statefulset.kubernetes.io/pod-name';

/** Whether the cluster answers with the pods' own addresses, so that no port can be mapped. */
export const isHeadless = (service: Manifest): boolean => at(service, ['spec', 'clusterIP']) === 'None';

/** The Services that select the pods of a workload; those of a single pod of it too. */
export const servicesOf = (
	workload: Manifest,
	labels: Readonly<Record<string, string>>,
	services: readonly Manifest[],
): readonly Manifest[] =>
	services.filter(service => {
		const selector = textsOf(at(service, ['spec', 'selector']));
		const ordinal = ordinalOf(workload, selector[podName]);
		return isSelectedBy(selector, ordinal === undefined ? labels : {...labels, [podName]: selector[podName]!});
	});

const ordinalOf = ({metadata: {name}}: Manifest, pod: string | undefined): number | undefined =>
	pod?.startsWith(`${name}-`) ? integerOf(pod.slice(name.length + 1)) : undefined;

const selectorEditsOf = (workload: Manifest, service: Manifest, {keys, old, name}: Relabelling): readonly Edit[] =>
	Object.entries(textsOf(at(service, ['spec', 'selector']))).flatMap(([key, value]) => {
		const ordinal = key === podName ? ordinalOf(workload, value) : undefined;
		if (ordinal !== undefined) {
			return [set(['spec', 'selector', key], `${name}-${ordinal}`)];
		}

		return keys.has(key) && old[key] === value ? [set(['spec', 'selector', key], name)] : [];
	});

/**
The edits of a Service that move its clients to the new pods: the selector, and targets that are numbers. `port` stays.
*/
export const switchEdits = (
	workload: Manifest,
	service: Manifest,
	relabelling: Relabelling,
	move: PortMove,
): readonly Edit[] =>
	settle(service, [
		...selectorEditsOf(workload, service, relabelling),
		...listOf(at(service, ['spec', 'ports'])).flatMap((port, index) => {
			const target = mapOf(port).targetPort ?? mapOf(port).port;
			const moved = move.get(integerOf(target) ?? -1);
			return moved === undefined ? [] : [set(['spec', 'ports', index, 'targetPort'], moved)];
		}),
	]);

const portsOf = (service: Manifest): readonly unknown[] =>
	listOf(at(service, ['spec', 'ports'])).map(port => ({protocol: 'TCP', ...mapOf(port)}));

/** A Service's change at cut-over and the way back, as JSON merge patches: a list is replaced as a whole. */
export const switchOf = (service: Manifest, edits: readonly Edit[]): Switch => {
	const after = applyEdits(service, edits);
	const patchTo = (target: Manifest): Readonly<Record<string, unknown>> => ({
		spec: {selector: mapOf(at(target, ['spec', 'selector'])), ports: portsOf(target)},
	});
	return {
		kind: 'Service',
		name: service.metadata.name,
		before: withoutServerFields(service),
		after: withoutServerFields(after),
		patch: patchTo(after),
		back: patchTo(service),
	};
};

/** Numbers among a Service's targets that no port of the new container answers to. */
export const unansweredTargets = (service: Manifest, container: unknown): readonly string[] => {
	const numbers = new Set(declaredPorts(container).map(({port}) => port));
	return listOf(at(service, ['spec', 'ports'])).flatMap(port => {
		const target = mapOf(port).targetPort ?? mapOf(port).port;
		const resolved = resolvePort(container, target);
		return resolved !== undefined && (numbers.size === 0 || numbers.has(resolved)) ? [] : [textOf(target) ?? '?'];
	});
};

const portNames: Readonly<Record<keyof Ports, string>> = {
	LDAP_PORT: 'ldap',
	LDAPS_PORT: 'ldaps',
	HTTPS_PORT: 'https',
	JMX_PORT: 'jmx',
};

const nameOf = (port: number, name: string | undefined, newPorts: Ports): string => {
	const variable = portVariables.find(variable => newPorts[variable] === port);
	return name ?? (variable ? portNames[variable] : `port-${port}`);
};

/** The ports of a new headless Service: those of the new container, each with a name. */
export const headlessPorts = (
	container: unknown,
	newPorts: Ports,
): ReadonlyArray<Readonly<Record<string, unknown>>> => {
	const declared = declaredPorts(container);
	const ports =
		declared.length > 0
			? declared
			: [
					...portVariables.map(variable => ({port: newPorts[variable], name: undefined})),
					{port: 8989, name: 'replication'},
				];
	const seen = new Set<number>();
	return ports.flatMap(({port, name}) => {
		if (seen.has(port)) {
			return [];
		}

		seen.add(port);
		return [{name: nameOf(port, name, newPorts), port, protocol: 'TCP'}];
	});
};
