import {createReader} from '../cluster/api/reader.js';
import type {Connection} from '../cluster/connection.js';
import {createHelm} from '../cluster/kubectl/helm.js';
import {createKubectl} from '../cluster/kubectl/kubectl.js';
import {createPodShell} from '../cluster/kubectl/pod-shell.js';
import {createTransfer} from '../cluster/transfer/transfer.js';
import {createClock} from '../machine/clock.js';
import {createFiles} from '../machine/files.js';
import {createGit} from '../machine/git.js';
import type {Hold, World} from '../migration/world.js';

/** The hold of a command that only looks: it has none to keep. */
export const noHold: Hold = {
	async keep() {
		throw new Error('A command that only looks keeps no hold.');
	},
};

/** The real world: this machine, and the cluster of the connection. */
export const createWorld = (connection: Connection, home: string, hold: Hold): World => {
	const clock = createClock();
	const pods = createPodShell(connection);
	return {
		clock,
		cluster: createReader(connection, clock),
		kubectl: createKubectl(connection),
		helm: createHelm(connection),
		pods,
		transfer: createTransfer(connection, {shell: pods}),
		git: createGit(),
		files: createFiles({home}),
		hold,
	};
};
