import type {Connection} from '../cluster/connection.js';
import {namespaceUnknown} from '../cluster/failures/api-failure.js';
import {partsOf} from '../failure/failure.js';
import type {World} from '../migration/world.js';
import {lookAround, type ServerLook} from '../steps/servers/look.js';

/** An empty list for a namespace that is not there would read as «nothing will break». Rejects with a Failure. */
export const refuseUnknownNamespace = async (
	{cluster}: Pick<World, 'cluster'>,
	connection: Connection,
): Promise<void> => {
	const isThere = async (): Promise<boolean> => {
		try {
			return (await cluster.get('Namespace', connection.namespace)) !== undefined;
		} catch (error) {
			if (partsOf(error).code === 'forbidden') {
				return true;
			}

			throw error;
		}
	};

	if (!(await isThere())) {
		throw namespaceUnknown(connection);
	}
};

/** Reads a namespace and looks into its Ping pods, as the wizard's inventory does. */
export const lookAtNamespace = async (
	world: World,
	{context, namespace, cacheFolder}: Pick<Connection, 'context' | 'namespace' | 'cacheFolder'>,
): Promise<ServerLook> =>
	lookAround({
		world,
		run: {id: 'inspect', folder: cacheFolder, mode: 'migrate', context, namespace, sandbox: false},
		answers: {},
		attempts: 0,
		secrets: new Map(),
		outcomes: {},
		notes: [],
		freezes: [],
		listed: [],
		signal: new AbortController().signal,
	});
