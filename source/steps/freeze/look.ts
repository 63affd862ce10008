import {modeOf, openBackends, readWriteState, type WriteState} from '../../directory/writability.js';
import {partsOf} from '../../failure/failure.js';
import type {Frozen, FrozenServer} from '../../migration/freeze.js';
import type {Evidence, StepContext} from '../../migration/step.js';
import {serverOf} from './servers.js';

/** What a server says of the writes of clients, in a few words. */
export const writeStateText = (state: WriteState): string => {
	const open = openBackends(state);
	const modes = [
		...(state.global === null ? [] : [`server ${state.global}`]),
		...state.backends.map(({id, mode}) => `${id} ${mode}`),
	].join(', ');
	return open.length === 0 ? `refused (${modes})` : `taken by ${open.join(', ')} (${modes})`;
};

const lookAt = async (context: StepContext<'pods'>, server: FrozenServer): Promise<WriteState | string> => {
	try {
		return await readWriteState(serverOf(context, server));
	} catch (error) {
		context.signal.throwIfAborted();
		return partsOf(error).seen;
	}
};

/**
Asks each server of a freeze, now, whether it refuses writes. One that cannot be asked does not hold, and a freeze of no
server holds nothing.
*/
export const frozenEvidence = async (
	context: StepContext<'pods'>,
	{servers, workload}: Pick<Frozen, 'servers' | 'workload'>,
): Promise<readonly Evidence[]> => {
	if (servers.length === 0) {
		return [{label: `writes on ${workload.name}`, value: 'unknown: none of its servers was frozen', holds: false}];
	}

	return Promise.all(
		servers.map(async server => {
			const state = await lookAt(context, server);
			return {
				label: `writes on ${server.pod}`,
				value: typeof state === 'string' ? `unknown: ${state}` : writeStateText(state),
				holds: typeof state !== 'string' && openBackends(state).length === 0,
			};
		}),
	);
};

/** Whether a server is as it was before the freeze: its own mode, and that of each backend. */
const isAsBefore = ({global, backends}: FrozenServer, state: WriteState): boolean =>
	(global === null || state.global === global) &&
	backends.every(({id, was}) => state.backends.find(backend => backend.id === id)?.mode === was);

/**
Asks each server of a freeze, now, whether it is as it was before: one that refused writes already goes on refusing
them.
*/
export const thawedEvidence = async (context: StepContext<'pods'>, {servers}: Frozen): Promise<readonly Evidence[]> =>
	Promise.all(
		servers.map(async server => {
			const state = await lookAt(context, server);
			return {
				label: `writes on ${server.pod}`,
				value:
					typeof state === 'string'
						? `unknown: ${state}`
						: modeOf(state) === 'enabled'
							? `taken again (${writeStateText(state)})`
							: writeStateText(state),
				holds: typeof state !== 'string' && isAsBefore(server, state),
			};
		}),
	);
