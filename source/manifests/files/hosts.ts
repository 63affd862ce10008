import {addressesWithoutPort} from '../../ping/mentions.js';
import {moveInCommand, moveInWords, type PortMove} from '../objects/port-move.js';

/** Which ports move at which host, for the names by which others reach a server. */
export type Hosts = ReadonlyMap<string, PortMove>;

const address = /(?<![\w\-.])(?<host>[A-Za-z][\w\-.]*):(?<port>\d{1,5})(?![\d.])/gv;

/**
Addresses such as `ldaps://pingdirectory:636` or `wait-for pingdirectory:389`, moved where the host is one of the given;
one without a port gets the one its scheme's default became.
*/
const moveAddresses = (text: string, hosts: Hosts): string => {
	const moved = text.replaceAll(address, (found, host: string, port: string) => {
		const next = hosts.get(host)?.get(Number(port));
		return next === undefined ? found : `${host}:${next}`;
	});
	return addressesWithoutPort(moved).reduceRight((result, {host, port, at}) => {
		const next = hosts.get(host)?.get(port);
		return next === undefined ? result : `${result.slice(0, at)}:${next}${result.slice(at)}`;
	}, moved);
};

const hostOf = (text: string, hosts: Hosts): string | undefined =>
	hosts.keys().find(host => text.split(/[^\w\-.]+/v).includes(host));

/**
A command line moved: addresses, and the port option of a command that names one of the hosts or is run by the server
itself.
*/
export const moveCommand = (text: string, hosts: Hosts, own?: PortMove): string => {
	const host = hostOf(text, hosts);
	const options = host === undefined ? own : hosts.get(host);
	const moved = moveAddresses(text, hosts);
	return options ? moveInCommand(moved, options) : moved;
};

/** The same for a command given as a list of words. */
export const moveCommandWords = (words: readonly unknown[], hosts: Hosts, own?: PortMove): readonly unknown[] => {
	const host = hostOf(words.filter(word => typeof word === 'string').join(' '), hosts);
	const options = host === undefined ? own : hosts.get(host);
	const moved = words.map(word => (typeof word === 'string' ? moveAddresses(word, hosts) : word));
	return options ? moveInWords(moved, options) : moved;
};

/**
Variables that carry a peer's port without its host.
@see pingidentity-docker-builds, tag 2103, pingbase/Dockerfile; helm-charts, templates/pinglib/_env-vars.tpl
*/
const ofDirectory = /^PD_ENGINE_PRIVATE_PORT_(?:LDAPS?|HTTPS)$/v;

/**
The value of a variable of some service, moved where it names a host, or a port that is known to be the directory's.
*/
export const moveVariable = (name: string, value: string, hosts: Hosts, directory: PortMove | undefined): string =>
	directory && ofDirectory.test(name) ? String(directory.get(Number(value)) ?? value) : moveAddresses(value, hosts);
