import type {Fault} from '../faults.js';
import type {DirectoryServer} from './server.js';
import {memberOf} from './topology.js';

/** The registry of a topology gets a member that is no pod. */
const addStranger = (server: DirectoryServer, hostname: string): void => {
	const stranger = {...memberOf(server), instanceName: hostname, hostname};
	for (const peer of server.peers()) {
		const members = peer.replication.members();
		if (members.some(({instanceName}) => instanceName === server.instanceName)) {
			peer.replication.setMembers([...members, stranger]);
		}
	}
};

/** The first entry that matches is lost, or gets a second one of its name. */
const diverge = (server: DirectoryServer, pattern: RegExp, isConflict: boolean): void => {
	for (const backend of server.backends) {
		const entry = backend.entries.values().find(({dn}) => pattern.test(dn));
		if (entry && isConflict) {
			const uuid = entry.attributes.find(([name]) => name === 'entryUUID')?.[1];
			const dn = `entryuuid=${typeof uuid === 'string' ? uuid : 'unknown'}+${entry.dn}`;
			backend.replay(dn, {...entry, dn});
		} else if (entry) {
			backend.replay(entry.dn, undefined);
		}
	}
};

/** Does to a running server what its replication does not know of; other faults wait for their time. */
export const misbehave = (server: DirectoryServer, fault: Fault): void => {
	if (fault.kind === 'stranger') {
		addStranger(server, fault.hostname);
	} else if (fault.kind === 'diverge') {
		diverge(server, new RegExp(fault.dn, 'iv'), fault.by === 'conflict');
	}
};
