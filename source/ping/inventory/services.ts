import {fieldOf, integerOf, listOf, textOf} from '../fields.js';
import {nameOf, neighboursOf, selects, type PodTemplate} from '../podspec.js';
import {oldPorts} from '../ports.js';
import type {Manifest, PortVariable, ServiceUse} from '../workload.js';

/**
The Services that select a workload's pods. A port counts as old where the traffic ends on an old number: 636 with
target port 1636 is right and is not counted.
*/
export const servicesOf = (
	owner: Manifest,
	pod: PodTemplate,
	changed: readonly PortVariable[],
	objects: readonly Manifest[],
): readonly ServiceUse[] =>
	neighboursOf(objects, 'Service', owner)
		.filter(object => selects(fieldOf(object, 'spec', 'selector'), pod.labels))
		.map(service => {
			const isHeadless = fieldOf(service, 'spec', 'clusterIP') === 'None';
			const ports = listOf(fieldOf(service, 'spec', 'ports')).flatMap((entry): ServiceUse['ports'] => {
				const port = integerOf(fieldOf(entry, 'port'));
				const name = textOf(fieldOf(entry, 'name'));
				const target = fieldOf(entry, 'targetPort');
				return port === undefined
					? []
					: [{...(name !== undefined && {name}), port, targetPort: integerOf(target) ?? textOf(target) ?? port}];
			});
			const old = new Set<number | string>(changed.map(variable => oldPorts[variable]));
			return {
				name: nameOf(service),
				isHeadless,
				ports,
				// A headless Service maps no ports: clients go to the pod on the number itself.
				oldPorts: ports.filter(({port, targetPort}) => old.has(isHeadless ? port : targetPort)).map(({port}) => port),
			};
		});
