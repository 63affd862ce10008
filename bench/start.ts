/*
How long `unroot --version` and the first frame of the wizard take, beside a Node that does nothing. Run `npm run build`
first, then `node bench/start.ts`. Medians of UNROOT_BENCH_ROUNDS (5) rounds, in which each is started once.
*/
import {execFile, execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {promisify} from 'node:util';
import {spawn} from '@lydell/node-pty';
import {runSources} from '../tools/run-sources.ts';

runSources();
const {startSandbox} = await import('../source/sandbox/sandbox.js');
const run = promisify(execFile);
const {PATH = '', UNROOT_BENCH_ROUNDS = '5'} = process.env;
const rounds = Number(UNROOT_BENCH_ROUNDS);
/** A Node that is too old for the program, where this machine has one: it is asked for the version alone. */
const old = ['/usr/bin/node', '/usr/local/bin/node'].find(
	path => existsSync(path) && /^v20\./v.test(execFileSync(path, ['--version'], {encoding: 'utf8'})),
);
const cli = join(import.meta.dirname, '../dist/cli.js');

const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const timeOf = async (go: () => Promise<unknown>): Promise<number> => {
	const begun = performance.now();
	await go();
	return performance.now() - begun;
};

/** Starts the wizard on a terminal and ends it as soon as its head line is drawn. */
const firstFrame = async (folder: string): Promise<void> => {
	const program = spawn(
		process.execPath,
		[
			cli,
			'migrate',
			'--context',
			'sandbox',
			'--namespace',
			'identity',
			'--run',
			join(folder, `run-${performance.now()}`),
		],
		{
			name: 'xterm-256color',
			cols: 80,
			rows: 24,
			env: {
				PATH,
				HOME: folder,
				TERM: 'xterm-256color',
				LANG: 'C.UTF-8',
				KUBECONFIG: join(folder, 'kubeconfig'),
				XDG_STATE_HOME: folder,
			},
		},
	);
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	let written = '';
	program.onData(chunk => {
		written += chunk;
		if (written.includes('namespace')) {
			resolve();
		}
	});
	program.onExit(() => {
		reject(new Error(`the wizard ended without a frame: ${written}`));
	});
	await promise;
	program.kill('SIGKILL');
};

const folder = await mkdtemp(join(tmpdir(), 'start-bench-'));
const sandbox = await startSandbox({entries: 10});
await writeFile(join(folder, 'kubeconfig'), sandbox.kubeconfig, {mode: 0o600});
const ways = [
	{name: 'node -e 0', go: async () => run(process.execPath, ['-e', '0'])},
	{name: 'unroot --version', go: async () => run(process.execPath, [cli, '--version'])},
	...(old
		? [
				{name: 'Node 20 -e 0', go: async () => run(old, ['-e', '0'])},
				{name: 'unroot --version on Node 20', go: async () => run(old, [cli, '--version'])},
			]
		: []),
	{name: 'the wizard, to its first frame', go: async () => firstFrame(folder)},
];
const results = ways.map((): number[] => []);
for (let round = 0; round < rounds; round += 1) {
	for (const [index, {go}] of ways.entries()) {
		results[index]?.push(await timeOf(go));
	}
}

process.stdout.write(
	`Start: median milliseconds of ${rounds}, on Node ${process.version}, and the ratio to and the difference ` +
		'from the same Node doing nothing\n| | ms | ratio | difference |\n|---|---|---|---|\n',
);
for (const [index, {name}] of ways.entries()) {
	const ms = median(results[index] ?? []);
	const base = median(results[name.includes('Node 20') ? ways.findIndex(way => way.name === 'Node 20 -e 0') : 0] ?? []);
	process.stdout.write(`| ${name} | ${ms.toFixed(0)} | ${(ms / base).toFixed(2)} | ${(ms - base).toFixed(0)} |\n`);
}

await sandbox.close();
await rm(folder, {recursive: true, force: true});
