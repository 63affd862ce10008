import {productOf} from '../../../ping/catalogue/index.js';
import {longName, quote, runsIn, unquote, type Flag, type RunLine} from '../../../ping/docker-text.js';
import {readImage, sprintNumber} from '../../../ping/image.js';
import {portVariables} from '../../../ping/ports.js';
import type {Ports} from '../../../ping/workload.js';
import {lowPortNotes} from '../../objects/low-ports.js';
import {portMove, type PortMove} from '../../objects/port-move.js';
import {missingOf} from '../../objects/security.js';
import type {Decisions} from '../../strategy.js';
import {freshWishes, rootWishes} from '../../wishes.js';
import {moveMapping} from '../compose/ports.js';
import {imageFor, portsFor, sideNote, type Target} from '../target.js';
import {peersOf, toPeers, wordsToPeers, type Peers} from './peers.js';

type Change = {readonly start: number; readonly end: number; readonly text: string};

/** A text of `docker run` lines after the change. */
export type DockerPlan = {
	readonly text: string;
	readonly planned: readonly string[];
	readonly notes: readonly string[];
};

const dataVolume = /^(?<source>[^:]+):(?<target>\/opt(?:\/out(?:\/[^:]*)?)?)(?<mode>:.*)?$/v;

const mountChange = (flag: Flag, suffix: string): {readonly value?: string; readonly note?: string} => {
	const {source = '', target = '', mode = ''} = dataVolume.exec(flag.value)?.groups ?? {};
	if (source === '') {
		return flag.value.includes(':/root/.ssh') ? {value: flag.value.replace(':/root/.ssh', ':/home/ping/.ssh')} : {};
	}

	return /^[$.\/~]/v.test(source)
		? {
				note:
					`The folder ${source} of the host holds the old data, and the new user cannot write it: name an empty ` +
					'folder that belongs to that user.',
			}
		: {value: `${source}-${suffix}:${target}${mode}`};
};

const variableOf = (flag: Flag): readonly [string, string | undefined] => {
	const cut = flag.value.indexOf('=');
	return cut === -1 ? [flag.value, undefined] : [flag.value.slice(0, cut), flag.value.slice(cut + 1)];
};

const decide = (line: RunLine, image: string, product: string, target: Target): Decisions => {
	const known = Object.fromEntries(
		line.flags
			.filter(flag => longName(flag) === '--env')
			.map(flag => variableOf(flag))
			.filter(([name, value]) => (portVariables as readonly string[]).includes(name) && /^\d{1,5}$/v.test(value ?? ''))
			.map(([name, value]) => [name, Number(value)]),
	) as Partial<Ports>;
	return {
		strategy: target.strategy,
		image: imageFor(image, product, target),
		identity: target.strategy === 'root' ? {uid: 0, gid: 0} : target.identity,
		fsGroup: undefined,
		newName: '',
		...portsFor(product, known, target.strategy),
	};
};

const flagChange = (
	flag: Flag,
	decisions: Decisions,
	move: PortMove,
	suffix: string,
	peers: Peers,
): {readonly value?: string; readonly note?: string; readonly isDropped?: boolean} => {
	const isFresh = decisions.strategy === 'fresh';
	switch (longName(flag)) {
		case '--user': {
			return {value: `${decisions.identity.uid}:${decisions.identity.gid}`};
		}

		case '--publish':
		case '--expose': {
			const moved = moveMapping(flag.value, move);
			return moved === undefined ? {} : {value: moved};
		}

		case '--volume': {
			return isFresh ? mountChange(flag, suffix) : {};
		}

		case '--name': {
			return isFresh ? {value: `${flag.value}-${suffix}`} : {};
		}

		case '--mount': {
			return isFresh && /(?:target|dst|destination)=\/opt\/out\b/v.test(flag.value)
				? {value: flag.value.replace(/(?<=(?:source|src)=)[^$,.\/~][^,]*/v, source => `${source}-${suffix}`)}
				: {};
		}

		case '--env': {
			return flag.value.startsWith('PING_CONTAINER_') ? {isDropped: true} : {value: toPeers(flag.value, peers)};
		}

		case '--link': {
			const [host = '', ...alias] = flag.value.split(':');
			const peer = peers.get(host);
			return peer ? {value: [peer.newName, ...(alias.length > 0 ? alias : [host])].join(':')} : {};
		}

		default: {
			return {};
		}
	}
};

/** The name that a line gives its container. */
const nameOf = ({flags}: RunLine): string | undefined => flags.find(flag => longName(flag) === '--name')?.value;

const changesOf = (
	text: string,
	line: RunLine,
	decisions: Decisions,
	product: string,
	suffix: string,
	peers: Peers,
): {readonly changes: readonly Change[]; readonly notes: readonly string[]} => {
	const move = portMove(decisions.oldPorts, decisions.newPorts);
	const wishes =
		decisions.strategy === 'root' ? rootWishes(decisions, product) : freshWishes(decisions, product, undefined);
	const set = new Map(line.flags.filter(flag => longName(flag) === '--env').map(flag => [variableOf(flag)[0], flag]));
	const results = line.flags.map(flag => ({flag, ...flagChange(flag, decisions, move, suffix, peers)}));
	const gap = text.slice(line.before.end, line.place.start);
	const capabilities = (name: string): readonly string[] =>
		line.flags.filter(flag => longName(flag) === name).map(({value}) => value);
	const added = [
		...(line.flags.some(flag => longName(flag) === '--user')
			? []
			: [`-u ${decisions.identity.uid}:${decisions.identity.gid}`]),
		...(decisions.strategy === 'root'
			? missingOf(capabilities('--cap-drop'), capabilities('--cap-add')).map(name => `--cap-add ${name}`)
			: []),
		...wishes
			.filter(({name, when}) => when === 'always' && !set.has(name))
			.map(({name, value}) => `-e ${name}=${value}`),
	];
	return {
		changes: [
			...results.flatMap(({flag, value, isDropped}): readonly Change[] => {
				if (isDropped) {
					const next = /^(?:[\t ]|\\\r?\n)*/v.exec(text.slice(flag.end))?.[0].length ?? 0;
					return [{start: flag.first.start, end: flag.end + next, text: ''}];
				}

				return value === undefined || value === flag.value
					? []
					: [{start: flag.valueStart, end: flag.end, text: quote(value)}];
			}),
			...wishes.flatMap(({name, value}): readonly Change[] => {
				const flag = set.get(name);
				return flag && variableOf(flag)[1] !== value
					? [{start: flag.valueStart, end: flag.end, text: `${name}=${value}`}]
					: [];
			}),
			...(added.length > 0
				? [{start: line.place.start, end: line.place.start, text: added.map(flag => flag + gap).join('')}]
				: []),
			{start: line.image.start, end: line.image.end, text: quote(decisions.image)},
			...wordsToPeers(
				line.command.map(({text: word}) => word),
				peers,
				move,
			).map((word, index) => ({...line.command[index]!, text: word})),
		],
		notes: [
			...results.flatMap(({note}) => (note === undefined ? [] : [note])),
			...line.flags
				.filter(flag => longName(flag) === '--env-file')
				.map(
					({value}) =>
						`${nameOf(line) ?? product} reads --env-file ${value}, which was not looked into: a port variable in it ` +
						`must say ${decisions.strategy === 'root' ? 'the port it has now' : 'the new port'}.`,
				),
			...lowPortNotes({
				name: nameOf(line) ?? product,
				product,
				environment: Object.fromEntries(set.values().map(flag => variableOf(flag))),
				decisions,
				followers: 'the container side of -p',
				isDocker: true,
			}),
		],
	};
};

const namesProduct = (text: string): boolean => /ping/iv.test(text);

/** Plans the `docker run` lines of a text; everything else in it stays as it is. */
export const planDocker = (text: string, target: Target): DockerPlan => {
	const suffix = target.sprint.replace('.', '-');
	const changes: Change[] = [];
	const notes: string[] = [];
	const planned: string[] = [];
	const lines = runsIn(text).flatMap(line => {
		const image = unquote(line.image.text);
		const product = productOf(image)?.id;
		const {sprint} = readImage(image);
		return product === undefined || (sprint !== undefined && sprintNumber(sprint) >= 2103)
			? []
			: [{line, product, decisions: decide(line, image, product, target)}];
	});
	const peers: Peers = new Map(
		target.strategy === 'root'
			? []
			: lines.flatMap(({line, decisions}) => peersOf(line, portMove(decisions.oldPorts, decisions.newPorts), suffix)),
	);
	for (const {isImageUnknown, place} of namesProduct(text) ? runsIn(text) : []) {
		notes.push(
			...(isImageUnknown
				? [
						`docker run … ${place.text}: the image is a variable that the text does not set; the line was left ` +
							'as it is.',
					]
				: []),
		);
	}

	for (const {line, product, decisions} of lines) {
		const found = changesOf(text, line, decisions, product, suffix, peers);
		changes.push(...found.changes);
		const image = unquote(line.image.text);
		notes.push(...(readImage(image).sprint === undefined ? [sideNote(image, product)] : []), ...found.notes);
		planned.push(product);
	}

	let result = text;
	// Lines that share a variable for their image change it once.
	const single = new Map(changes.map(change => [JSON.stringify(change), change])).values().toArray();
	for (const {start, end, text: insert} of single.toSorted(
		(one, other) => other.start - one.start || other.end - one.end,
	)) {
		result = result.slice(0, start) + insert + result.slice(end);
	}

	return {
		text: result,
		planned,
		notes: [
			...new Set(notes),
			...(planned.length > 0
				? [
						target.strategy === 'fresh'
							? 'A host port can be bound once: stop the old container, once its data is exported, before the ' +
								'new one starts.'
							: 'Stop and rename the old container before the new one starts under its name; export first.',
					]
				: []),
		],
	};
};
