import {hasBits, permissionsOf} from './mode.js';
import type {Node} from './node.js';

/** The capabilities of Linux that matter here. */
export type Capability = 'CHOWN' | 'DAC_OVERRIDE' | 'FOWNER' | 'NET_BIND_SERVICE';

/** Who a process is. Capabilities are only root's: added ones are not effective for others. */
export type Credentials = {
	readonly uid: number;
	readonly gid: number;
	readonly groups: ReadonlySet<number>;
	readonly capabilities: ReadonlySet<Capability>;
};

/** Whether a file may be used: 4 to read, 2 to write, 1 to execute or to enter, added up. */
export const may = (node: Node, {uid, gid, groups, capabilities}: Credentials, wanted: number): boolean => {
	if (capabilities.has('DAC_OVERRIDE')) {
		return true;
	}

	const isInGroup = node.gid === gid || groups.has(node.gid);
	return hasBits(permissionsOf(node.mode, node.uid === uid ? 'user' : isInGroup ? 'group' : 'other'), wanted);
};

/** Whether what only the owner may do, such as chmod, is allowed. */
export const owns = (node: Node, {uid, capabilities}: Credentials): boolean =>
	node.uid === uid || capabilities.has('FOWNER');
