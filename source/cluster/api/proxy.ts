import {BlockList, isIP} from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** An IPv6 address without its brackets. */
const bare = (host: string): string => (host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host);

const ofEither = (environment: Environment, name: string): string =>
	environment[name] ?? environment[name.toLowerCase()] ?? '';

const isInside = (host: string, range: string): boolean => {
	const [network = '', bits = ''] = range.split('/', 2);
	const family = isIP(network);
	if (family === 0 || isIP(host) !== family) {
		return false;
	}

	const kind = family === 4 ? 'ipv4' : 'ipv6';
	const list = new BlockList();
	list.addSubnet(network, Number(bits), kind);
	return list.check(host, kind);
};

/**
Whether an entry of NO_PROXY names the host: a name or a domain, an address, a range of addresses, each perhaps with a
port.
*/
const isNamed = (entry: string, host: string, port: string): boolean => {
	if (entry === '*') {
		return true;
	}

	if (entry.includes('/')) {
		return isInside(host, entry);
	}

	const withPort = isIP(entry) === 6 ? undefined : /:(?<port>\d+)$/v.exec(entry)?.groups?.port;
	if (withPort !== undefined && withPort !== port) {
		return false;
	}

	const name = bare(withPort === undefined ? entry : entry.slice(0, -withPort.length - 1)).replace(/^\*/v, '');
	return (
		host === name || (name.startsWith('.') ? host.endsWith(name) || host === name.slice(1) : host.endsWith(`.${name}`))
	);
};

/**
The proxy that kubectl would use for an address, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY; empty where there is none.
This machine itself is never reached through one.
Source: pkg.go.dev, golang.org/x/net/http/httpproxy.
*/
export const proxyFor = (server: string, environment: Environment): string => {
	if (!URL.canParse(server)) {
		return '';
	}

	const {protocol, hostname, port} = new URL(server);
	const host = bare(hostname).toLowerCase();
	const proxy = ofEither(environment, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
	if (proxy === '' || host === 'localhost' || host === '::1' || host.startsWith('127.')) {
		return '';
	}

	const exceptions = ofEither(environment, 'NO_PROXY')
		.toLowerCase()
		.split(',')
		.map(entry => entry.trim())
		.filter(Boolean);
	const isExcepted = exceptions.some(entry => isNamed(entry, host, port || (protocol === 'https:' ? '443' : '80')));
	return isExcepted ? '' : proxy.includes('://') ? proxy : `http://${proxy}`;
};
