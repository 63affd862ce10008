import type {World} from '../migration/world.js';
import type {Connection} from '../cluster/connection.js';
import {createHelm} from '../cluster/helm.js';
import {createKubectl} from '../cluster/kubectl.js';
import {createPodShell} from '../cluster/pod-shell.js';
import {createReader} from '../cluster/reader.js';
import {createTransfer} from '../cluster/transfer/transfer.js';
import {createClock} from '../machine/clock.js';
import {createFiles} from '../machine/files.js';
import {createGit} from '../machine/git.js';

/** The real world: this machine, and the cluster of the connection. */
export const createWorld = (connection: Connection, home: string): World => {
	const clock = createClock();
	return {
		clock,
		cluster: createReader(connection, clock),
		kubectl: createKubectl(connection),
		helm: createHelm(connection),
		pods: createPodShell(connection),
		transfer: createTransfer(connection),
		git: createGit(),
		files: createFiles({home}),
	};
};
