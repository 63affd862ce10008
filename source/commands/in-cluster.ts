import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {inClusterKubeconfig} from '../cluster/api/in-cluster.js';
import {writeDurably} from '../machine/durable.js';
import type {Surroundings} from './surroundings.js';

const isThere = async (path: string): Promise<boolean> => {
	try {
		await stat(path);
		return true;
	} catch {
		return false;
	}
};

/**
Where no kubeconfig is named and none lies at its usual place, a pod's own ServiceAccount is the way to the cluster: for
the program, and for the kubectl that it calls. `folder` is where the ServiceAccount's files are.
*/
export const withServiceAccount = async (surroundings: Surroundings, folder?: string): Promise<Surroundings> => {
	const {options, environment, home} = surroundings;
	const isNamed = options.values.kubeconfig !== undefined || (environment.KUBECONFIG ?? '') !== '';
	if (isNamed || (await isThere(join(home, '.kube', 'config')))) {
		return surroundings;
	}

	const text = await inClusterKubeconfig(environment, folder);
	if (text === undefined) {
		return surroundings;
	}

	const path = join(surroundings.folder, 'in-cluster.kubeconfig');
	await writeDurably(path, text, 0o600);
	return {...surroundings, environment: {...environment, KUBECONFIG: path}};
};
