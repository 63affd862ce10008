import {Buffer} from 'node:buffer';
import {oldPorts, portVariables} from '../ping/ports.js';
import type {Ports, PortVariable} from '../ping/workload.js';
import {decoded, type ProfileTree} from './tree.js';

/** A place that would pin the old server and that only an operator can decide. */
export type VariablePlace = {readonly path: string; readonly line: number; readonly what: string};

/** A place in a line. */
export const placeText = ({path, line, what}: VariablePlace): string => `${path}:${line}: ${what}`;

/** A profile whose own ports are variables, and what is left to decide. */
export type FreedProfile = {
	readonly tree: ProfileTree;
	readonly replaced: readonly VariablePlace[];
	readonly toDecide: readonly VariablePlace[];
};

/** What would pin the old server: its ports and the names it is known by. */
export type OldServer = {readonly ports: Ports; readonly hosts: readonly string[]};

/**
A listener's own port becomes its variable. A port of a *peer* (`server-port`) does not: `LDAPS_PORT` is the server's
own listener, and a peer is reached by the port of its Service (pingidentity-server-profiles #73, 83c1dcc).
*/
const freeLine = (line: string, ports: Ports): {readonly line: string; readonly variable?: PortVariable} => {
	for (const variable of portVariables) {
		const pattern = new RegExp(String.raw`(\blisten-port:)${ports[variable]}\b`, 'v');
		if (pattern.test(line)) {
			return {line: line.replace(pattern, (_whole, before: string) => `${before}\${${variable}}`), variable};
		}
	}

	return {line};
};

const pinned = (line: string, {ports, hosts}: OldServer): string | undefined => {
	if (line.trimStart().startsWith('#')) {
		return undefined;
	}

	const numbers = new Set([...Object.values(ports), ...Object.values(oldPorts)]);
	const port = [...numbers].find(number => new RegExp(String.raw`(?:port[:= "]+|:)${number}(?!\d)`, 'iv').test(line));
	const host = hosts.find(name => line.includes(name));
	return host === undefined ? (port === undefined ? undefined : `the port ${port}`) : `the host name ${host}`;
};

/**
Makes the server's own ports variables, and lists the ports and host names that are left.
*/
export const freeProfile = (tree: ProfileTree, old: OldServer): FreedProfile => {
	const replaced: VariablePlace[] = [];
	const toDecide: VariablePlace[] = [];
	const freed = [...tree].map(([path, bytes]): readonly [string, Uint8Array] => {
		const text = /\.(?:ldif|zip|jar)$/v.test(path) ? undefined : decoded(bytes);
		if (text === undefined) {
			return [path, bytes];
		}

		const lines = text.split('\n').map((content, index) => {
			const {line, variable} = freeLine(content, old.ports);
			if (variable) {
				replaced.push({path, line: index + 1, what: `listen-port is now \${${variable}}`});
			}

			const what = pinned(line, old);
			if (what !== undefined) {
				toDecide.push({path, line: index + 1, what});
			}

			return line;
		});
		return [path, Buffer.from(lines.join('\n'), 'utf8')];
	});
	return {tree: new Map(freed), replaced, toDecide};
};
