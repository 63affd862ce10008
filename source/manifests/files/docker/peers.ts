import {longName, type Flag, type RunLine} from '../../../ping/docker-text.js';
import {moveInWords, type PortMove} from '../../objects/port-move.js';

/** How a container is reached once it is deployed beside the old one: its new name, and which of its ports move. */
export type Peer = {readonly newName: string; readonly move: PortMove};

/** Containers by the names others reach them by. */
export type Peers = ReadonlyMap<string, Peer>;

const address = /(?<![\w\-.])(?<host>[A-Za-z][\w\-.]*):(?<port>\d{1,5})(?![\d.])/gv;

/** Addresses such as `ldaps://pd:636`, led to the new container. */
export const toPeers = (text: string, peers: Peers): string =>
	text.replaceAll(address, (found, host: string, port: string) => {
		const peer = peers.get(host);
		return peer ? `${peer.newName}:${peer.move.get(Number(port)) ?? port}` : found;
	});

/**
The words of a command, led to the new containers: addresses, and host and port that stand apart. Where no other
container is named, ports are the server's own.
*/
export const wordsToPeers = (words: readonly string[], peers: Peers, own: PortMove): readonly string[] => {
	const named = words.flatMap(word => peers.get(word) ?? []).at(0);
	return moveInWords(words, named?.move ?? own).map(word =>
		toPeers(peers.get(String(word))?.newName ?? String(word), peers),
	);
};

/**
The names one container is reached by: its own, which gets the suffix, and its aliases, which stay. A name that is a
variable is not known.
*/
export const peersOf = ({flags}: RunLine, move: PortMove, suffix: string): ReadonlyArray<readonly [string, Peer]> =>
	flags.flatMap((flag: Flag): ReadonlyArray<readonly [string, Peer]> => {
		const {value} = flag;
		if (value.includes('$')) {
			return [];
		}

		switch (longName(flag)) {
			case '--name': {
				return [[value, {newName: `${value}-${suffix}`, move}]];
			}

			case '--network-alias':
			case '--hostname': {
				return [[value, {newName: value, move}]];
			}

			default: {
				return [];
			}
		}
	});
