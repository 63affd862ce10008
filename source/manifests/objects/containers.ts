import {listOf, mapOf, textOf} from '../../ping/fields.js';
import {parseImage} from '../../ping/image.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import {templatePathOf} from './selector.js';
import {at, type Path} from './value.js';

/** A container of a pod template and where it stands. */
export type ContainerPlace = {
	readonly path: Path;
	readonly container: unknown;
	readonly name: string;
	/** The server itself; a sidecar of the same image is a companion; anything else is foreign. */
	readonly role: 'server' | 'companion' | 'foreign';
	readonly isInit: boolean;
};

/** The containers of a workload's pods, init containers first. */
export const containersOf = (
	object: Manifest,
	workload: Pick<Workload, 'container' | 'image'>,
): readonly ContainerPlace[] => {
	const spec = [...(templatePathOf(object.kind) ?? []), 'spec'];
	const product = parseImage(workload.image).name;
	const inServerSpec = listOf(at(object, [...spec, 'containers']));
	const serverIndex = Math.max(
		0,
		inServerSpec.findIndex(container => textOf(mapOf(container).name) === workload.container),
	);
	return ['initContainers', 'containers'].flatMap(field =>
		listOf(at(object, [...spec, field])).map((container, index): ContainerPlace => {
			const image = textOf(mapOf(container).image) ?? '';
			const isServer = field === 'containers' && index === serverIndex;
			const isCompanion = image === workload.image || (product !== '' && parseImage(image).name === product);
			return {
				path: [...spec, field, index],
				container,
				name: textOf(mapOf(container).name) ?? '',
				role: isServer ? 'server' : isCompanion ? 'companion' : 'foreign',
				isInit: field === 'initContainers',
			};
		}),
	);
};

/** Where the pod spec of a kind lies. */
export const podSpecPathOf = (kind: string): Path => [...(templatePathOf(kind) ?? []), 'spec'];
