import {integerOf, listOf, mapOf, textOf} from '../../ping/fields.js';
import type {ContainerPlace} from './containers.js';
import {set, type Edit} from './edit.js';
import {moveInWords, type PortMove} from './port-move.js';
import {at, isSame, type Path} from './value.js';

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const handlers: readonly Path[] = [
	...probes.map(probe => [probe]),
	['lifecycle', 'postStart'],
	['lifecycle', 'preStop'],
];
const portFields = ['httpGet', 'tcpSocket', 'grpc'];

const wordEdits = (path: Path, words: unknown, move: PortMove): readonly Edit[] => {
	const before = listOf(words);
	return moveInWords(before, move).flatMap((word, index) =>
		word === before[index] ? [] : [set([...path, index], word)],
	);
};

/**
Edits that move the ports a server itself has: its container ports, its probes, and commands that call it on its own
host.
*/
export const ownPortEdits = ({path, container}: ContainerPlace, move: PortMove): readonly Edit[] => [
	...listOf(mapOf(container).ports).flatMap((port, index) => {
		const moved = move.get(integerOf(mapOf(port).containerPort) ?? -1);
		return moved === undefined ? [] : [set([...path, 'ports', index, 'containerPort'], moved)];
	}),
	...handlers.flatMap(handler =>
		portFields.flatMap(field => {
			const place = [...handler, field, 'port'];
			const moved = move.get(integerOf(at(container, place)) ?? -1);
			return moved === undefined ? [] : [set([...path, ...place], moved)];
		}),
	),
	...ownCommandEdits({path, container}, move),
];

/** Edits of commands of any container of the pod that call the server on its own host. */
export const ownCommandEdits = (
	{path, container}: Pick<ContainerPlace, 'path' | 'container'>,
	move: PortMove,
): readonly Edit[] =>
	[...handlers.map(handler => [...handler, 'exec', 'command']), ['command'], ['args']].flatMap(place =>
		wordEdits([...path, ...place], at(container, place), move),
	);

/** The protocol of ports is part of their key in a server-side apply; old clusters do not fill it in. */
export const protocolEdits = ({path, container}: ContainerPlace): readonly Edit[] =>
	listOf(mapOf(container).ports).flatMap((port, index) =>
		mapOf(port).protocol === undefined ? [set([...path, 'ports', index, 'protocol'], 'TCP')] : [],
	);

/**
Edits that move `/root/.ssh` to the home of the user the new image runs as.
@see pingidentity-devops-getting-started, tag 2506, docs/how-to/privateRepos.md
*/
export const homeEdits = ({path, container}: ContainerPlace): readonly Edit[] =>
	listOf(mapOf(container).volumeMounts).flatMap((mount, index) => {
		const mountPath = textOf(mapOf(mount).mountPath) ?? '';
		return /^\/root\/\.ssh(?:\/|$)/v.test(mountPath)
			? [set([...path, 'volumeMounts', index, 'mountPath'], mountPath.replace('/root/', '/home/ping/'))]
			: [];
	});

/** Whether a container's list of ports has one at all. */
export const declaredPorts = (container: unknown): ReadonlyArray<{readonly name?: string; readonly port: number}> =>
	listOf(mapOf(container).ports).flatMap(entry => {
		const port = integerOf(mapOf(entry).containerPort);
		const name = textOf(mapOf(entry).name);
		return port === undefined ? [] : [{port, ...(name !== undefined && {name})}];
	});

/** The number a Service's targetPort means in a container; undefined where the container has no port of that name. */
export const resolvePort = (container: unknown, target: unknown): number | undefined =>
	integerOf(target) ?? declaredPorts(container).find(({name}) => name !== undefined && isSame(name, target))?.port;
