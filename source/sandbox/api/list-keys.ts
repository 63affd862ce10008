import {isObject, type Json, type JsonObject} from '../store/object.js';

/** Lists whose items are merged by a key, by the name of their field. All other lists are replaced whole. */
const keys: Readonly<Record<string, readonly string[]>> = {
	conditions: ['type'],
	containers: ['name'],
	env: ['name'],
	ephemeralContainers: ['name'],
	hostAliases: ['ip'],
	imagePullSecrets: ['name'],
	initContainers: ['name'],
	ownerReferences: ['uid'],
	volumeDevices: ['devicePath'],
	volumeMounts: ['mountPath'],
	volumes: ['name'],
};

/** The fields that tell the items of a list apart, or undefined where the list is one value. */
export const listKeys = (field: string, items: readonly Json[]): readonly string[] | undefined => {
	const objects = items.filter(item => isObject(item));
	if (objects.length < items.length) {
		return undefined;
	}

	// Ports of containers and of Services share a field name.
	const names =
		field === 'ports'
			? [objects.every(item => item.containerPort !== undefined) ? 'containerPort' : 'port', 'protocol']
			: keys[field];
	return names && objects.every(item => names.some(name => item[name] !== undefined)) ? names : undefined;
};

/** What tells one item apart, as server-side apply writes it. A port without a protocol is a TCP port. */
export const itemKey = (item: JsonObject, names: readonly string[]): string =>
	JSON.stringify(Object.fromEntries(names.map(name => [name, item[name] ?? (name === 'protocol' ? 'TCP' : '')])));
