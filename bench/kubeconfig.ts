/*
What `KubeConfig` of @kubernetes/client-node would add to each start, were it the only reader of kubeconfigs: processor
milliseconds of a Node that loads it from one bundled file and reads a kubeconfig, above those of a Node that does
nothing. Once whole, and once without the library's generated classes. Run `node bench/kubeconfig.ts`.

UNROOT_BENCH_ROUNDS (15).
*/
import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {build, type Plugin} from 'rolldown';

const run = promisify(execFile);
const rounds = Number(process.env['UNROOT_BENCH_ROUNDS'] ?? '15');
const config = fileURLToPath(new URL('config.js', import.meta.resolve('@kubernetes/client-node')));
const ended = "process.on('exit', () => console.log(process.cpuUsage().user + process.cpuUsage().system));\n";
const reads = `import {KubeConfig} from ${JSON.stringify(config)};
const config = new KubeConfig();
config.loadFromOptions({
	clusters: [{name: 'a', server: 'https://127.0.0.1:6443'}],
	users: [{name: 'a', token: 'none'}],
	contexts: [{name: 'a', cluster: 'a', user: 'a'}],
	currentContext: 'a',
});
${ended}`;

/** Stands in for the generated classes of all objects of Kubernetes, which reading a kubeconfig does not need. */
const withoutGenerated: Plugin = {
	name: 'without-generated',
	resolveId: (id, importer) => (/\/gen\/index\.js$/v.test(id) && importer === config ? '\0generated' : undefined),
	load: id => (id === '\0generated' ? 'export const createConfiguration = 0, ServerConfiguration = 0;' : undefined),
};

const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const folder = await mkdtemp(join(tmpdir(), 'unroot-bench-'));
try {
	const kinds = [
		{name: 'nothing', text: ended, plugins: []},
		{name: 'whole', text: reads, plugins: []},
		{name: 'without its generated classes', text: reads, plugins: [withoutGenerated]},
	].map((kind, index) => ({...kind, file: join(folder, `${index}.mjs`), taken: new Array<number>()}));
	for (const {file, text, plugins} of kinds) {
		const input = `${file}.source.mjs`;
		await writeFile(input, text);
		await build({input, platform: 'node', plugins, output: {file, codeSplitting: false}, logLevel: 'silent'});
	}

	for (let round = 0; round < rounds; round++) {
		for (const {file, taken} of kinds) {
			const {stdout} = await run(process.execPath, [file]);
			taken.push(Number(stdout) / 1000);
		}
	}

	const [nothing, ...others] = kinds.map(({name, taken}) => ({name, own: median(taken)}));
	for (const {name, own} of others) {
		process.stdout.write(
			`KubeConfig, ${name}: ${(own - (nothing?.own ?? NaN)).toFixed(0)} ms of processor time above a Node that ` +
				`does nothing (${nothing?.own.toFixed(0) ?? ''} ms)\n`,
		);
	}
} finally {
	await rm(folder, {recursive: true});
}
