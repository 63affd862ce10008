import {
	envFilesOf,
	resolveCompose,
	variablesOfEnvFiles,
	type ComposeSurroundings,
} from '../../../ping/compose-environment.js';
import {listOf, mapOf, textOf} from '../../../ping/fields.js';
import {readServiceFacts, type ServiceFacts} from '../../../ping/service.js';
import {set, settle, type Edit} from '../../objects/edit.js';
import type {Wish} from '../../objects/environment.js';
import {lowPortNotes} from '../../objects/low-ports.js';
import {portMove, type PortMove} from '../../objects/port-move.js';
import {missingOf} from '../../objects/security.js';
import type {Path} from '../../objects/value.js';
import type {Decisions} from '../../strategy.js';
import {freshWishes, rootWishes} from '../../wishes.js';
import type {Hosts} from '../hosts.js';
import {imageFor, newSideNote, notRootNote, portsFor, refuseDowngrade, sideNote, type Target} from '../target.js';
import {portEdits} from './ports.js';
import {clientEdits, hostNamesOf, labelEdits, variablesOf, wishEdits} from './service.js';
import {declarationEdits, freshMounts} from './volumes.js';

/** A Ping service of a Compose file with what is planned for it. */
export type PlannedService = {
	readonly name: string;
	readonly product: string;
	readonly image: string;
	readonly service: unknown;
	readonly decisions: Decisions;
	readonly move: PortMove;
	readonly fromFiles: Readonly<Record<string, string>>;
	readonly unreadFiles: readonly string[];
	/** Whether it goes on in place as the user it has, which is not root. */
	readonly isLeftUnprivileged: boolean;
};

/** A Ping service as it was found. */
export type FoundService = {
	readonly name: string;
	readonly product: string;
	readonly image: string;
	readonly service: unknown;
	readonly facts: ServiceFacts;
	/** The variables of its env files, and those files that were not read. */
	readonly fromFiles: Readonly<Record<string, string>>;
	readonly unreadFiles: readonly string[];
};

/** A service is known by what Compose makes of it, and changed where it is written. */
const pingServicesIn = (compose: unknown, surroundings: ComposeSurroundings | undefined): readonly FoundService[] => {
	const resolved = mapOf(mapOf(resolveCompose(compose, surroundings)).services);
	return Object.entries(mapOf(mapOf(compose).services)).flatMap(([name, service]) => {
		const facts = readServiceFacts(name, resolved[name]);
		const image = textOf(mapOf(resolved[name]).image) ?? '';
		return facts.product
			? [
					{
						name,
						product: facts.product.id,
						image,
						service,
						facts,
						fromFiles: surroundings ? variablesOfEnvFiles(service, surroundings) : {},
						unreadFiles: envFilesOf(service).filter(file => surroundings?.envFiles[file] === undefined),
					},
				]
			: [];
	});
};

/** The Ping services of a Compose file that are not on the new side already. */
export const servicesIn = (compose: unknown, surroundings?: ComposeSurroundings): readonly FoundService[] =>
	pingServicesIn(compose, surroundings).filter(({facts}) => facts.side !== 'new');

const planService = (found: FoundService, target: Target): PlannedService => {
	const {name, product, image, service, facts, fromFiles, unreadFiles} = found;
	refuseDowngrade(name, product, facts.image.productVersion, target);
	const ports = portsFor(product, facts.ports, target.strategy);
	const isRoot = target.strategy === 'root';
	return {
		name,
		product,
		image,
		service,
		fromFiles,
		unreadFiles,
		isLeftUnprivileged: isRoot && facts.isUnprivileged,
		decisions: {
			strategy: target.strategy,
			image: imageFor(image, product, target),
			identity: isRoot ? {uid: 0, gid: 0} : target.identity,
			fsGroup: undefined,
			newName: name,
			...ports,
		},
		move: portMove(ports.oldPorts, ports.newPorts),
	};
};

/** The edits of a Compose file, the services that were planned, and what to know. */
export type ComposePlan = {
	readonly planned: readonly PlannedService[];
	readonly edits: readonly Edit[];
	readonly notes: readonly string[];
};

/** What root needs of the capabilities that a service drops. */
const capabilityEdits = (path: Path, service: unknown): readonly Edit[] => {
	const {cap_drop: dropped, cap_add: added} = mapOf(service);
	const missing = missingOf(dropped, added);
	return missing.length > 0 ? [set([...path, 'cap_add'], [...listOf(added), ...missing])] : [];
};

/** What an env file sets is set anew in the service itself, which wins over it. */
const overFiles = (wishes: readonly Wish[], fromFiles: Readonly<Record<string, string>>): readonly Wish[] =>
	wishes.map(wish =>
		fromFiles[wish.name] === undefined || fromFiles[wish.name] === wish.value ? wish : {...wish, when: 'always'},
	);

const ownEdits = ({
	product,
	service,
	decisions,
	name,
	isLeftUnprivileged,
	fromFiles,
}: PlannedService): readonly Edit[] => {
	const path = ['services', name];
	const wishes =
		decisions.strategy === 'root' ? rootWishes(decisions, product) : freshWishes(decisions, product, undefined);
	return [
		set([...path, 'image'], decisions.image),
		...(isLeftUnprivileged ? [] : [set([...path, 'user'], `${decisions.identity.uid}:${decisions.identity.gid}`)]),
		...wishEdits(path, service, overFiles(wishes, fromFiles)),
		...(decisions.strategy === 'root' && !isLeftUnprivileged ? capabilityEdits(path, service) : []),
	];
};

const portNotesOf = ({name, product, service, decisions}: PlannedService): readonly string[] =>
	lowPortNotes({
		name,
		product,
		environment: Object.fromEntries(variablesOf([], service).map(variable => [variable.name, variable.value])),
		decisions,
		followers: 'the container side of its ports',
		isDocker: true,
	});

/** What of a service was not looked into, whichever the strategy. */
const unseenNotes = ({name, unreadFiles, decisions}: PlannedService): readonly string[] =>
	unreadFiles.length === 0
		? []
		: [
				`${name} reads an env_file, which was not looked into: ${unreadFiles.join(', ')}. A port variable in it must ` +
					`say ${decisions.strategy === 'root' ? 'the port it has now' : 'the new port'}.`,
			];

const freshNotesOf = ({name, service}: PlannedService): readonly string[] => [
	...(mapOf(service).network_mode === 'host'
		? [`${name} is on the host's network: clients must use its new ports.`]
		: []),
];

/**
Plans a Compose file. Peers reach a service at the container's own port, so what names an old port of one is changed
too.
*/
export const planCompose = (compose: unknown, target: Target, surroundings?: ComposeSurroundings): ComposePlan => {
	const planned = servicesIn(compose, surroundings).map(found => planService(found, target));
	const found = pingServicesIn(compose, surroundings);
	const sides = [
		...found.filter(({facts}) => facts.side === 'unknown').map(({image, name}) => sideNote(image, name)),
		...found
			.filter(({facts}) => facts.side === 'new')
			.map(({image, name, facts}) => newSideNote(name, image, facts.signs)),
		...planned.filter(plan => plan.isLeftUnprivileged).map(({name}) => notRootNote(name, undefined)),
		...planned.flatMap(plan => unseenNotes(plan)),
	];
	if (target.strategy === 'root') {
		return {
			planned,
			edits: settle(
				compose as object,
				planned.flatMap(plan => ownEdits(plan)),
			),
			notes: [
				...sides,
				...planned
					.filter(({service}) => listOf(mapOf(service).volumes).length > 0)
					.map(
						({name}) =>
							`${name} starts the new image on its old volume as root: export first, since the old image may ` +
							'not start on it again.',
					),
				...planned.filter(plan => !plan.isLeftUnprivileged).flatMap(plan => portNotesOf(plan)),
			],
		};
	}

	const suffix = target.sprint.replace('.', '-');
	const hosts: Hosts = new Map(
		planned
			.filter(({move}) => move.size > 0)
			.flatMap(({name, service, move}) => hostNamesOf(name, service).map(host => [host, move] as const)),
	);
	const directory = planned.find(({product}) => product === 'pingdirectory')?.move;
	const ports = planned.map(plan => ({
		name: plan.name,
		...portEdits(['services', plan.name], plan.service, plan.move),
	}));
	const mounts = planned.map(({name, service}) => freshMounts(name, ['services', name], service, suffix));
	const own = planned.flatMap(({name, service, move}) =>
		clientEdits(['services', name], service, {hosts: new Map([...hosts, ['localhost', move]]), directory, own: move}),
	);
	const others = Object.entries(mapOf(mapOf(compose).services))
		.filter(([name]) => planned.every(plan => plan.name !== name))
		.flatMap(([name, service]) => clientEdits(['services', name], service, {hosts, directory}));
	return {
		planned,
		edits: settle(compose as object, [
			...planned.flatMap(plan => ownEdits(plan)),
			...planned.flatMap(({name, service, move}) => labelEdits(['services', name], service, move)),
			...ports.flatMap(({edits}) => edits),
			...mounts.flatMap(({edits}) => edits),
			...declarationEdits(
				compose,
				mounts.flatMap(({renamed}) => renamed),
				suffix,
			),
			...own,
			...others,
		]),
		notes: [
			...sides,
			...(planned.length > 0
				? [
						'Compose replaces the old containers by the new ones: export the data first. The old volumes stay ' +
							'declared and are not removed, unless with docker compose down --volumes.',
					]
				: []),
			...ports.flatMap(({name, ranges}) =>
				ranges.map(range => `${name} maps the range ${range}, in which a port moves; write it out by hand.`),
			),
			...mounts.flatMap(({notes}) => notes),
			...planned.flatMap(plan => [...freshNotesOf(plan), ...portNotesOf(plan)]),
		],
	};
};
