import {readConnection} from '../cluster/api/kubeconfig.js';
import type {Connection} from '../cluster/connection.js';
import type {Surroundings} from './surroundings.js';

type Place = Omit<Parameters<typeof readConnection>[0], 'environment' | 'home'>;

/** The connection of a command, which says who is waited for. */
export const connect = async ({environment, home, waits}: Surroundings, place: Place): Promise<Connection> => ({
	...(await readConnection({environment, home, ...place})),
	waits,
});
