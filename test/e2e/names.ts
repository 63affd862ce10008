import {Buffer} from 'node:buffer';
import {createSocket} from 'node:dgram';
import {BlockList} from 'node:net';
import {networkInterfaces} from 'node:os';
import {createInterface} from 'node:readline';
import {execa} from 'execa';
import {kubectl, type KubeObject} from './cluster.js';

/*
Replicas find each other by the names of their headless Service. A cluster without DNS gets a name server of the
test's own, on this machine, for one namespace: it answers from the endpoints of the Services, as a cluster's DNS
does. RFC 1035 has the form of its messages.
*/

/** What a pod template needs so that its pods find each other's names; nothing where the cluster has a DNS. */
export type PodNames = {
	readonly template: Readonly<Record<string, unknown>>;
	readonly close: () => Promise<void>;
};

type Endpoints = KubeObject & {
	readonly subsets?: ReadonlyArray<{
		readonly addresses?: ReadonlyArray<{readonly ip: string; readonly hostname?: string}>;
		readonly notReadyAddresses?: ReadonlyArray<{readonly ip: string; readonly hostname?: string}>;
	}>;
};

const seconds = 1;

/** The name that is asked for, in lower case, and where the question ends. */
const questionIn = (message: Buffer): {readonly name: string; readonly type: number; readonly end: number} => {
	const labels: string[] = [];
	let at = 12;
	for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
		labels.push(message.toString('latin1', at + 1, at + 1 + length));
		at += length + 1;
	}

	return {name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5};
};

/**
An answer to a question: the addresses of a name, none where it has none of the type, or that there is no such name.
*/
const answerTo = (message: Buffer, addresses: readonly string[] | undefined): Buffer => {
	const {type, end} = questionIn(message);
	const given = type === 1 ? (addresses ?? []) : [];
	const head = Buffer.from(message.subarray(0, end));
	head.writeUInt16BE(addresses ? 0x84_80 : 0x84_83, 2);
	head.writeUInt16BE(1, 4);
	head.writeUInt16BE(given.length, 6);
	head.writeUInt32BE(0, 8);
	const records = given.map(address =>
		Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, seconds, 0, 4, ...address.split('.').map(Number)]),
	);
	return Buffer.concat([head, ...records]);
};

/** Names and their addresses, by what the Services of a namespace have behind them. */
const namesOf = (all: ReadonlyMap<string, Endpoints>, namespace: string): ReadonlyMap<string, readonly string[]> => {
	const names = new Map<string, string[]>();
	for (const [service, {subsets = []}] of all) {
		const domain = `${service}.${namespace}.svc.cluster.local`;
		for (const {ip, hostname} of subsets.flatMap(({addresses = [], notReadyAddresses = []}) => [
			...addresses,
			...notReadyAddresses,
		])) {
			for (const name of [domain, ...(hostname === undefined ? [] : [`${hostname}.${domain}`])]) {
				names.set(name, [...(names.get(name) ?? []), ip]);
			}
		}
	}

	return names;
};

/** The address of this machine in the network of a pod. */
const addressBeside = (pod: string): string => {
	for (const {address, cidr, family} of Object.values(networkInterfaces()).flatMap(list => list ?? [])) {
		const network = new BlockList();
		if (family === 'IPv4' && cidr !== null) {
			network.addSubnet(address, Number(cidr.split('/', 2)[1]));
		}

		if (network.check(pod)) {
			return address;
		}
	}

	throw new Error(`The cluster has no DNS, and this machine is not in the network of its pods (${pod}).`);
};

/**
Lets the pods of a namespace find each other.

@param pod The address that a pod of the cluster has or had.
*/
export const podNames = async (namespace: string, pod: string): Promise<PodNames> => {
	const dns = await kubectl([
		'get',
		'services',
		'--namespace',
		'kube-system',
		'--selector',
		'k8s-app=kube-dns',
		'-o',
		'name',
	]);
	if (dns.trim() !== '') {
		return {template: {}, close: async () => undefined};
	}

	const address = addressBeside(pod);
	const all = new Map<string, Endpoints>();
	const closed = new AbortController();
	const following = (async () => {
		while (!closed.signal.aborted) {
			const watch = execa(
				'kubectl',
				['--namespace', namespace, 'get', 'endpoints', '--watch', '--output', String.raw`jsonpath={@}{"\n"}`],
				{reject: false, buffer: false, cancelSignal: closed.signal},
			);
			for await (const line of createInterface({input: watch.stdout})) {
				const endpoints = JSON.parse(line) as Endpoints;
				all.set(endpoints.metadata.name, endpoints);
			}

			await watch;
		}
	})();
	const server = createSocket('udp4');
	server.on('message', (message, {address: to, port}) => {
		const {name} = questionIn(message);
		server.send(answerTo(message, namesOf(all, namespace).get(name)), port, to);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.bind(53, address, resolve);
	});
	return {
		template: {
			dnsPolicy: 'None',
			dnsConfig: {
				nameservers: [address],
				searches: [`${namespace}.svc.cluster.local`],
				options: [{name: 'ndots', value: '5'}],
			},
		},
		async close() {
			closed.abort();
			await following;
			await new Promise<void>(resolve => {
				server.close(() => {
					resolve();
				});
			});
		},
	};
};
