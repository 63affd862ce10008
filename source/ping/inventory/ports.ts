import {fieldOf, integerOf, listOf, textOf} from '../fields.js';
import {mentionsOf, waitsWithoutPort} from '../mentions.js';
import type {Container, PodTemplate} from '../podspec.js';
import {newPorts, oldPorts, portVariables} from '../ports.js';
import type {PodProbe, Ports, PortVariable, Side, Workload} from '../workload.js';

type SomePorts = Readonly<Partial<Ports>>;

const usual: Readonly<Record<PortVariable, readonly string[]>> = {
	LDAP_PORT: ['ldap'],
	LDAPS_PORT: ['ldaps'],
	HTTPS_PORT: ['https'],
	JMX_PORT: ['jmx'],
};

/** The ports a container declares, as far as their names or numbers say which they are. */
const declaredPorts = (container: Container, changed: readonly PortVariable[]): SomePorts =>
	Object.fromEntries(
		listOf(container.spec.ports).flatMap(entry => {
			const port = integerOf(fieldOf(entry, 'containerPort'));
			const name = textOf(fieldOf(entry, 'name'))?.toLowerCase();
			const variable = changed.find(
				candidate =>
					(name !== undefined && usual[candidate].includes(name)) ||
					port === oldPorts[candidate] ||
					port === newPorts[candidate],
			);
			return variable && port !== undefined ? [[variable, port]] : [];
		}),
	);

const environmentPorts = (environment: Readonly<Record<string, string>>, changed: readonly PortVariable[]): SomePorts =>
	Object.fromEntries(
		changed.flatMap(variable => {
			const port = Object.hasOwn(environment, variable) ? integerOf(environment[variable]) : undefined;
			return port === undefined ? [] : [[variable, port]];
		}),
	);

/** What the ports of a workload are read from. */
export type PortSources = {
	readonly container: Container;
	/** The port variables that the product listens on. */
	readonly changed: readonly PortVariable[];
	readonly declared: Readonly<Record<string, string>>;
	readonly probes: readonly PodProbe[];
	readonly side: Side;
};

/**
The ports of a workload, each from the best source that names it: what setup recorded on the volume, the environment,
the manifest, the image's default.
*/
export const portsOf = ({
	container,
	changed,
	declared,
	probes,
	side,
}: PortSources): Pick<Workload, 'ports' | 'portsFrom'> => {
	const only = (ports: SomePorts): SomePorts =>
		Object.fromEntries(
			portVariables
				.filter(variable => changed.includes(variable) && ports[variable] !== undefined)
				.map(variable => [variable, ports[variable]]),
		);
	const [probe] = probes;
	const sources: ReadonlyArray<{readonly from: Workload['portsFrom']; readonly ports: SomePorts}> = [
		{from: 'setup', ports: only(probe?.setupPorts ?? {})},
		{
			from: 'environment',
			ports: {...environmentPorts(declared, changed), ...environmentPorts(probe?.environment ?? {}, changed)},
		},
		{from: 'manifest', ports: declaredPorts(container, changed)},
		{from: 'image', ports: side === 'unknown' ? {} : only(side === 'old' ? oldPorts : newPorts)},
	];
	return {
		ports: only(Object.assign({}, ...sources.map(({ports}) => ports).toReversed()) as SomePorts),
		portsFrom: sources.find(({ports}) => Object.keys(ports).length > 0)?.from ?? 'unknown',
	};
};

/** The words a probe, a hook or a command runs. */
export const commandOf = (action: unknown): string =>
	[...listOf(fieldOf(action, 'command')), ...listOf(fieldOf(action, 'args'))].map(word => textOf(word) ?? '').join(' ');

/** The probes and hooks of a container, by field. */
export const actionsOf = (container: Container): ReadonlyArray<{readonly field: string; readonly action: unknown}> =>
	[
		...['livenessProbe', 'readinessProbe', 'startupProbe'].map(name => ({
			field: `${container.path}.${name}`,
			action: container.spec[name],
		})),
		...['preStop', 'postStart'].map(name => ({
			field: `${container.path}.lifecycle.${name}`,
			action: fieldOf(container.spec, 'lifecycle', name),
		})),
	].filter(({action}) => action !== undefined);

/**
Places in the pod's own containers, probes, hooks and init containers that name an old port, each as `field: what stands
there`.
*/
export const oldPortPlaces = (
	pod: PodTemplate,
	main: Container,
	changed: readonly PortVariable[],
): readonly string[] => {
	const isOld = (port: number | undefined): boolean =>
		port !== undefined && changed.some(variable => oldPorts[variable] === port);
	const places: string[] = [];
	for (const [index, entry] of listOf(main.spec.ports).entries()) {
		const port = integerOf(fieldOf(entry, 'containerPort'));
		if (isOld(port)) {
			places.push(`${main.path}.ports[${index}].containerPort: ${port}`);
		}
	}

	for (const {field, action} of actionsOf(main)) {
		for (const kind of ['tcpSocket', 'httpGet']) {
			const port = integerOf(fieldOf(action, kind, 'port'));
			if (isOld(port)) {
				places.push(`${field}.${kind}.port: ${port}`);
			}
		}

		const words = commandOf(fieldOf(action, 'exec'));
		places.push(...mentionsOf(words).map(mention => `${field}.exec.command: ${mention.words}`));
	}

	for (const container of pod.containers) {
		const words = commandOf(container.spec);
		const host = waitsWithoutPort(words);
		places.push(
			...mentionsOf(words).map(mention => `${container.path}: ${mention.words}`),
			...(host === undefined ? [] : [`${container.path}: wait-for ${host} (no port: its default changed)`]),
		);
	}

	return places;
};
