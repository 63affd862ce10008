import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {ContainerPlace} from './containers.js';
import {at} from './value.js';

/** What only root can do, as it stands in a command. */
const needs: ReadonlyArray<{readonly pattern: RegExp; readonly why: string}> = [
	{pattern: /\b(?:chown|chgrp|setfacl)\b/v, why: 'it changes owners'},
	{pattern: /\bsysctl\b/v, why: 'it sets the kernel'},
	{pattern: /\b(?:apk +add|apt(?:-get)? +install|(?:micro)?dnf +install|yum +install)\b/v, why: 'it installs packages'},
	{pattern: /\b(?:mount|ip +link|iptables)\b/v, why: 'it changes the network or mounts'},
];

const commandOf = (container: unknown): string =>
	['command', 'args'].flatMap(field => listOf(mapOf(container)[field]).map(word => textOf(word) ?? '')).join(' ');

/** Init containers that need root, name no user of their own, and so would lose it to the pod's. */
export const rootInits = (places: readonly ContainerPlace[]): ReadonlyArray<ContainerPlace & {readonly why: string}> =>
	places.flatMap(place => {
		const found = needs.find(({pattern}) => pattern.test(commandOf(place.container)));
		return place.isInit && found && at(place.container, ['securityContext', 'runAsUser']) === undefined
			? [{...place, why: found.why}]
			: [];
	});
