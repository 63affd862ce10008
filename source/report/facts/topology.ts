import type {Json} from '../../migration/json.js';
import type {RunState} from '../../migration/state.js';
import {at, isDone, listAt, numberAt, outcomeOf, textAt} from './known.js';

/** A server of a side, as it was last read. */
export type Server = {
	readonly pod: string;
	readonly role: string;
	readonly backend: string;
	readonly entries: string;
};

/** One side of the move. */
export type Side = {
	readonly name: string;
	readonly image: string;
	/** `9031:9999`, or empty where it is not known. */
	readonly user: string;
	/** `389, 636, …`. */
	readonly ports: string;
	readonly servers: readonly Server[];
	/** Whether clients are led to it now. */
	readonly hasClients: boolean;
};

/** The topology before the move and after it; without `after` where the run has not begun to make it. */
export type Sides = {readonly services: readonly string[]; readonly before: Side; readonly after?: Side};

const userOf = (identity: Json | undefined): string => {
	const [uid, gid] = [numberAt(identity, 'uid'), numberAt(identity, 'gid')];
	return uid === undefined || gid === undefined ? '' : `${uid}:${gid}`;
};

const portsOf = (ports: Json | undefined): string =>
	['LDAP_PORT', 'LDAPS_PORT', 'HTTPS_PORT', 'JMX_PORT']
		.map(name => numberAt(ports, name))
		.filter(port => port !== undefined)
		.join(', ');

const serversOf = (rows: readonly Json[], pods: readonly string[]): readonly Server[] =>
	rows.length > 0
		? rows.map(row => ({
				pod: textAt(row, 'pod') ?? '',
				role: textAt(row, 'role') ?? '',
				backend: textAt(row, 'backend') ?? '',
				entries: textAt(row, 'entries') ?? '',
			}))
		: pods.map(pod => ({pod, role: '', backend: '', entries: ''}));

const texts = (values: readonly Json[]): readonly string[] => values.filter(value => typeof value === 'string');

const newServers = (state: RunState, started: Json | undefined): readonly Server[] => {
	const proved = listAt(outcomeOf(state, 'replicas'), 'proved').flatMap(one => textAt(one, 'pod') ?? []);
	const pod = textAt(started, 'pod');
	return serversOf(listAt(outcomeOf(state, 'replicas'), 'topology'), [
		...new Set([...(pod === undefined ? [] : [pod]), ...proved]),
	]);
};

/** Both sides, as far as the journal has them; undefined before the inventory. */
export const sidesOf = (state: RunState): Sides | undefined => {
	const workload = at(outcomeOf(state, 'inventory'), 'workload');
	if (workload === undefined) {
		return undefined;
	}

	const strategy = outcomeOf(state, 'strategy');
	const isFresh = textAt(strategy, 'strategy') === 'fresh';
	const started = outcomeOf(state, isFresh ? 'apply' : 'restart');
	const isMoved = isDone(state, isFresh ? 'cut-over' : 'restart');
	const named = (name: string | undefined): string => `${textAt(workload, 'kind') ?? ''} ${name ?? ''}`.trim();
	const pods = texts(listAt(workload, 'pods'));
	return {
		services: listAt(workload, 'services').flatMap(service => textAt(service, 'name') ?? []),
		before: {
			name: named(textAt(workload, 'name')),
			image: textAt(workload, 'image') ?? '',
			user: userOf(at(workload, 'identity')),
			ports: portsOf(at(workload, 'ports')),
			servers: serversOf(listAt(outcomeOf(state, 'inventory'), 'topology'), pods),
			hasClients: !isMoved,
		},
		...(started !== undefined && {
			after: {
				name: named(textAt(started, 'workload')),
				image: textAt(strategy, 'image') ?? '',
				user: userOf(at(strategy, 'identity')),
				ports: portsOf(at(strategy, 'newPorts')),
				servers: isFresh ? newServers(state, started) : serversOf([], pods),
				hasClients: isMoved,
			},
		}),
	};
};
