import type {World} from './world.js';

/** The label by which the clients' Service finds its pods: the name of the workload they are led to. */
export const selectorOf = async (world: World): Promise<string> =>
	world.kubectl('get', 'service', 'pingdirectory', '--output', 'jsonpath={.spec.selector.role}');

/** The first pod of the StatefulSet that the program made. */
export const newPodOf = async (world: World): Promise<string> => {
	const name = await world.kubectl(
		'get',
		'statefulset',
		'--selector',
		'app.kubernetes.io/managed-by=unroot',
		'--output',
		'jsonpath={.items[0].metadata.name}',
	);
	return `${name}-0`;
};
