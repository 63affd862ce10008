import {listenerVariables, productWith} from '../../ping/catalogue/index.js';
import {isPrivileged, portVariables} from '../../ping/ports.js';
import type {Decisions} from '../strategy.js';

/** Whose ports they are, and where else a port is written that would have to follow. */
export type Listener = {
	readonly name: string;
	readonly product: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly decisions: Pick<Decisions, 'strategy' | 'identity' | 'oldPorts'>;
	/** Such as `the targetPort of the Services`. */
	readonly followers: string;
	/** Whether it is Docker that starts it. */
	readonly isDocker?: boolean;
};

const names = (list: ReadonlyArray<string | number>): string => list.join(', ');

/**
What to know of ports below 1024. Listeners whose default never changed are left as they are set, since which port they
shall have is the operator's to say; a server that stays root stays so for its ports.
@see Docker Engine 20.10 release notes (net.ipv4.ip_unprivileged_port_start)
*/
export const lowPortNotes = ({
	name,
	product,
	environment,
	decisions: {strategy, identity, oldPorts},
	followers,
	isDocker = false,
}: Listener): readonly string[] => {
	const row = productWith(product);
	const changed = portVariables.filter(variable => row?.changedPorts.includes(variable) ?? false);
	const steady = (row ? listenerVariables(row) : []).filter(
		variable => changed.every(other => other !== variable) && isPrivileged(Number(environment[variable] ?? 0)),
	);
	if (strategy === 'root') {
		const low = [
			...changed.map(variable => oldPorts[variable]),
			...steady.map(variable => Number(environment[variable])),
		].filter(port => isPrivileged(port));
		return low.length > 0
			? [
					`${name} stays root because only root may bind ${names(low)}; the capability NET_BIND_SERVICE must ` +
						'be left to it.',
				]
			: [];
	}

	return steady.map(
		variable =>
			`${variable}${isDocker ? ` of ${name}` : ''} is ${environment[variable]} and was left so, but uid ` +
			`${identity.uid} cannot bind a port below 1024: set it to a higher one, and ${followers} with ` +
			`it.${isDocker ? ' Docker 20.10 and later may let it all the same; other engines do not.' : ''}`,
	);
};
