import {listOf, mapOf, textOf, textsOf} from '../../ping/fields.js';
import {takeInventory} from '../../ping/inventory/index.js';
import type {Manifest} from '../../ping/workload.js';
import {containersOf, podSpecPathOf} from './containers.js';
import {missingCapabilities} from './security.js';
import {at} from './value.js';

/** What an object is to have, and what it has. */
export type ShapeDifference = {readonly what: string; readonly wanted: string; readonly is: string};

type Traits = Readonly<Record<string, string>>;

const selectorText = (selector: unknown): string =>
	Object.entries(textsOf(selector))
		.map(pair => pair.join('='))
		.toSorted((one, other) => one.localeCompare(other))
		.join(', ');

/** Where the ports of a Service lead. */
export const servicePortsText = (service: {readonly spec?: unknown; readonly [field: string]: unknown}): string =>
	listOf(mapOf(service.spec).ports)
		.map(entry => {
			const {port, targetPort} = mapOf(entry);
			return `${textOf(port) ?? '?'} → ${textOf(targetPort) ?? textOf(port) ?? '?'}`;
		})
		.join(', ');

const serviceTraits = (service: Manifest): Traits => ({
	selector: selectorText(at(service, ['spec', 'selector'])),
	ports: servicePortsText(service),
});

/**
What decides how a server starts, whichever way its owner sets it: the environment of a ConfigMap counts as much as the
container's own.
*/
const workloadTraits = (object: Manifest, objects: readonly Manifest[]): Traits => {
	const [workload] = takeInventory([object, ...objects.filter(({kind}) => kind === 'ConfigMap')]).workloads;
	const replicas = textOf(at(object, ['spec', 'replicas'])) ?? '1';
	if (!workload) {
		return {image: "none of Ping's", replicas};
	}

	const {image, identity, ports} = workload;
	const server = containersOf(object, workload).find(({role}) => role === 'server')?.container;
	const refusesRoot =
		[server, at(object, podSpecPathOf(object.kind))]
			.map(place => at(place, ['securityContext', 'runAsNonRoot']))
			.find(value => value !== undefined && value !== null) === true;
	const lacking = missingCapabilities(server);
	return {
		image,
		user: identity ? `${identity.uid}:${identity.gid}` : 'unknown',
		...(identity?.uid === 0 && {
			root: refusesRoot ? 'refused by runAsNonRoot' : 'allowed',
			capabilities: lacking.length > 0 ? `without ${lacking.join(', ')}` : 'all that root needs',
		}),
		ports: Object.entries(ports)
			.map(([name, port]) => `${name} ${port}`)
			.join(', '),
		replicas,
	};
};

/** What decides how a server of a workload starts. */
export const startTraits: readonly string[] = ['image', 'user', 'root', 'capabilities', 'ports'];

const traitsOf = (object: Manifest, objects: readonly Manifest[]): Traits =>
	object.kind === 'Service' ? serviceTraits(object) : workloadTraits(object, objects);

/**
In what an object differs from the one that is wanted, as far as the migration cares: a workload's image, user,
capabilities, ports and replicas, a Service's selector and targets. How its owner brings that about is the owner's
affair.
*/
export const differencesOf = (
	wanted: Manifest,
	objects: readonly Manifest[],
	only?: readonly string[],
): readonly ShapeDifference[] => {
	const {
		kind,
		metadata: {name},
	} = wanted;
	const now = objects.find(object => object.kind === kind && object.metadata.name === name);
	if (!now) {
		return [{what: 'object', wanted: 'is there', is: 'is not there'}];
	}

	const traits = traitsOf(now, objects);
	return Object.entries(traitsOf(wanted, objects))
		.filter(([what, value]) => traits[what] !== value && (only?.includes(what) ?? true))
		.map(([what, value]) => ({what, wanted: value, is: traits[what] ?? 'unknown'}));
};
