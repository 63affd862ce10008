/*
One copy in a process of its own: `node bench/copy-one.ts KUBECONFIG CONTEXT NAMESPACE POD out|in REMOTE LOCAL STREAMS
[SHA256 BYTES]`. Prints a line of JSON whenever something is verified, and one at the end.
*/
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {runSources} from '../tools/run-sources.ts';

runSources();
const {createTransfer} = await import('../source/cluster/transfer/transfer.js');
const [
	kubeconfig = '',
	context = '',
	namespace = '',
	pod = '',
	direction = '',
	remotePath = '',
	localPath = '',
	streams = '1',
	sha256,
	bytes,
] = process.argv.slice(2);
const transfer = createTransfer({
	kubeconfig,
	context,
	namespace,
	cacheFolder: await mkdtemp(join(tmpdir(), 'copy-bench-cache-')),
});
const say = (value: object): void => {
	process.stdout.write(`${JSON.stringify(value)}\n`);
};

const options = {
	target: {pod, container: 'main'},
	remotePath,
	localPath,
	streams: Number(streams),
	onProgress(progress: {readonly bytes: number}) {
		say({verified: progress.bytes});
	},
};
const receipt =
	direction === 'in'
		? await transfer.copyIn(options)
		: await transfer.copyOut({...options, ...(sha256 ? {expected: {sha256, bytes: Number(bytes)}} : {})});
say({receipt, maxRssKiB: process.resourceUsage().maxRSS});
