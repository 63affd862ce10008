import {listOf, mapOf, textOf} from '../../../ping/fields.js';
import {hostPairs} from '../../../ping/mentions.js';
import {portVariables} from '../../../ping/ports.js';
import {remove, set, type Edit} from '../../objects/edit.js';
import type {Wish} from '../../objects/environment.js';
import type {PortMove} from '../../objects/port-move.js';
import {at, type Path} from '../../objects/value.js';
import {moveCommand, moveCommandWords, moveVariable, type Hosts} from '../hosts.js';

/** One variable of a service, however it is written. */
export type Variable = {
	readonly name: string;
	readonly value: string | undefined;
	readonly path: Path;
	readonly isLine: boolean;
};

/** The environment of a Compose service: a map, or a list of `NAME=value`. */
export const variablesOf = (path: Path, service: unknown): readonly Variable[] => {
	const {environment} = mapOf(service);
	if (Array.isArray(environment)) {
		return environment.flatMap((entry, index) => {
			const line = textOf(entry);
			const cut = line?.indexOf('=') ?? -1;
			return line === undefined
				? []
				: [
						{
							name: cut === -1 ? line : line.slice(0, cut),
							value: cut === -1 ? undefined : line.slice(cut + 1),
							path: [...path, 'environment', index],
							isLine: true,
						},
					];
		});
	}

	return Object.entries(mapOf(environment)).map(([name, value]) => ({
		name,
		value: textOf(value),
		path: [...path, 'environment', name],
		isLine: false,
	}));
};

const setVariable = ({path, name, isLine}: Variable, value: string): Edit =>
	set(path, isLine ? `${name}=${value}` : value);

/** Edits after which a service's environment is as it must be. */
export const wishEdits = (path: Path, service: unknown, wishes: readonly Wish[]): readonly Edit[] => {
	const variables = variablesOf(path, service);
	const isList = Array.isArray(mapOf(service).environment);
	let next = listOf(mapOf(service).environment).length;
	return [
		...wishes.flatMap((wish): readonly Edit[] => {
			const there = variables.filter(({name}) => name === wish.name);
			if (there.length > 0) {
				return there.map(variable => setVariable(variable, wish.value));
			}

			return wish.when === 'always'
				? [
						isList
							? set([...path, 'environment', next++], `${wish.name}=${wish.value}`)
							: set([...path, 'environment', wish.name], wish.value),
					]
				: [];
		}),
		...variables.filter(({name}) => name.startsWith('PING_CONTAINER_')).map(({path: place}) => remove(place)),
	];
};

const commandFields: readonly Path[] = [['command'], ['entrypoint'], ['healthcheck', 'test']];

const commandEdits = (path: Path, command: unknown, hosts: Hosts, own: PortMove | undefined): readonly Edit[] => {
	if (typeof command === 'string') {
		const moved = moveCommand(command, hosts, own);
		return moved === command ? [] : [set(path, moved)];
	}

	const words = listOf(command);
	return moveCommandWords(words, hosts, own).flatMap((word, index) =>
		word === words[index] ? [] : [set([...path, index], word)],
	);
};

/** What a service may reach: servers by their names, the directory by its variables, and itself. */
export type Reach = {readonly hosts: Hosts; readonly directory: PortMove | undefined; readonly own?: PortMove};

/** Ports that stand beside their host, each in a variable of its own. */
const pairEdits = (path: Path, service: unknown, hosts: Hosts, own: PortMove | undefined): readonly Edit[] => {
	const variables = variablesOf(path, service);
	const values = Object.fromEntries(
		variables.flatMap(({name, value}) => (value === undefined ? [] : [[name, value] as const])),
	);
	return hostPairs(values).flatMap(({name, port, host}) => {
		const moved = own && ownPortVariables.has(name) ? undefined : hosts.get(host)?.get(port);
		const variable = variables.find(found => found.name === name);
		return moved === undefined || !variable ? [] : [setVariable(variable, String(moved))];
	});
};

const ownPortVariables = new Set<string>(portVariables);

/**
Edits of any service that reaches one of the servers: commands and variables. A server's own port variables are wishes,
not addresses.
*/
export const clientEdits = (path: Path, service: unknown, {hosts, directory, own}: Reach): readonly Edit[] => [
	...commandFields.flatMap(field => commandEdits([...path, ...field], at(service, field), hosts, own)),
	...pairEdits(path, service, hosts, own),
	...variablesOf(path, service).flatMap(variable => {
		const moved =
			variable.value === undefined || (own && ownPortVariables.has(variable.name))
				? variable.value
				: moveVariable(variable.name, variable.value, hosts, directory);
		return moved === undefined || moved === variable.value ? [] : [setVariable(variable, moved)];
	}),
];

/** Edits of the labels by which a proxy is told a service's port: the last word of their name is «port». */
export const labelEdits = (path: Path, service: unknown, move: PortMove): readonly Edit[] =>
	[['labels'], ['deploy', 'labels']].flatMap(place => {
		const labels = at(service, place);
		const moved = (name: string, value: string | undefined): number | undefined =>
			/port$/iv.test(name) && /^\d{1,5}$/v.test(value ?? '') ? move.get(Number(value)) : undefined;
		return [
			...listOf(labels).flatMap((entry, index) => {
				const [name = '', value] = (textOf(entry) ?? '').split('=', 2);
				const port = moved(name, value);
				return port === undefined ? [] : [set([...path, ...place, index], `${name}=${port}`)];
			}),
			...Object.entries(mapOf(labels)).flatMap(([name, value]) => {
				const port = moved(name, textOf(value));
				return port === undefined ? [] : [set([...path, ...place, name], String(port))];
			}),
		];
	});

/** The names by which other services reach one. */
export const hostNamesOf = (name: string, service: unknown): readonly string[] => {
	const {container_name: container, hostname, networks} = mapOf(service);
	return [
		name,
		textOf(container),
		textOf(hostname),
		...Object.values(mapOf(networks))
			.flatMap(network => listOf(mapOf(network).aliases))
			.map(alias => textOf(alias)),
	].filter(host => host !== undefined);
};
