import {readConnection} from '../cluster/api/kubeconfig.js';
import type {Connection} from '../cluster/connection.js';
import type {Surroundings} from './surroundings.js';

type Place = Omit<Parameters<typeof readConnection>[0], 'environment' | 'home'>;

/** The connection of a command, which says who is waited for. */
export const connectionFor = async (surroundings: Surroundings, place: Place): Promise<Connection> => {
	const {
		environment,
		home,
		waits,
		options: {values, asGroups, requestSeconds},
	} = surroundings;
	return {
		...(await readConnection({environment, home, ...place})),
		...(values.as !== undefined && {actsAs: {user: values.as, groups: asGroups}}),
		...(requestSeconds !== undefined && {requestSeconds}),
		waits,
	};
};
