/*
A link of a given rate and round trip in front of an API server: a TCP proxy that hands on each chunk when a line of
that rate would have carried it. `node bench/copy-link.ts HOST PORT BITS-PER-SECOND MILLISECONDS` prints its own port,
and ends with its standard input.
*/
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import process from 'node:process';

/** What a link can do, the same in both directions. */
type Link = {readonly bitsPerSecond: number; readonly roundTripMilliseconds: number};

/** How much may wait in front of the line, in milliseconds of its rate. */
const queueMilliseconds = 50;

/** One direction of the line, shared by all connections. */
const makeLine = ({bitsPerSecond, roundTripMilliseconds}: Link) => {
	let freeAt = 0;
	return (from: Socket, to: Socket): void => {
		const waiting: Array<{readonly due: number; readonly act: () => void}> = [];
		const work = (): void => {
			const now = performance.now();
			while (waiting[0] && waiting[0].due <= now) {
				waiting.shift()?.act();
			}

			if (waiting[0]) {
				setTimeout(work, Math.max(1, waiting[0].due - now));
			}
		};

		// What one connection sends arrives in order, its end last.
		const deliver = (act: () => void): void => {
			waiting.push({due: Math.max(freeAt, performance.now()) + roundTripMilliseconds / 2, act});
			if (waiting.length === 1) {
				work();
			}
		};

		from.on('data', (chunk: Uint8Array) => {
			const now = performance.now();
			freeAt = Math.max(now, freeAt) + (chunk.length * 8000) / bitsPerSecond;
			deliver(() => to.write(chunk));
			if (freeAt - now > queueMilliseconds) {
				from.pause();
				setTimeout(
					() => {
						from.resume();
					},
					freeAt - now - queueMilliseconds,
				);
			}
		});
		from.on('end', () => {
			deliver(() => to.end());
		});
		from.on('error', () => {
			deliver(() => to.destroy());
		});
	};
};

const [host = '', port = '', bitsPerSecond = '', roundTripMilliseconds = ''] = process.argv.slice(2);
const link = {bitsPerSecond: Number(bitsPerSecond), roundTripMilliseconds: Number(roundTripMilliseconds)};
const [up, down] = [makeLine(link), makeLine(link)];
const server = createServer({noDelay: true}, client => {
	const upstream = connect({host, port: Number(port), noDelay: true});
	up(client, upstream);
	down(upstream, client);
});
server.listen(0, '127.0.0.1', () => {
	process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().on('end', () => {
	process.exit();
});
