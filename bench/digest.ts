/*
The canonical digest of an LDIF against `sha256sum` of the same file. Run `npm run build` first, then `node
bench/digest.ts`, with Node 22.18 or later.

Each round measures both, one after the other; the file is in the page cache. The digest is taken in this process,
`sha256sum` in one of its own, with its start.

UNROOT_BENCH_MIB (200), UNROOT_BENCH_ROUNDS (5).
*/
import {execFile} from 'node:child_process';
import {createReadStream} from 'node:fs';
import {mkdtemp, rm, stat} from 'node:fs/promises';
import {availableParallelism, cpus, tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {runSources} from '../tools/run-sources.ts';

runSources();
const {digestOf} = await import('../source/ldif/digest.js');
const run = promisify(execFile);
const {UNROOT_BENCH_MIB = '200', UNROOT_BENCH_ROUNDS = '5'} = process.env;
const rounds = Number(UNROOT_BENCH_ROUNDS);

const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
	const start = performance.now();
	await work();
	return (performance.now() - start) / 1000;
};

const folder = await mkdtemp(join(tmpdir(), 'unroot-bench-digest-'));
try {
	const file = join(folder, 'users.ldif');
	// In a process of its own, so that making the file leaves no mark on the one that is measured.
	const made = await run(process.execPath, [
		fileURLToPath(new URL('digest-data.ts', import.meta.url)),
		file,
		String(Number(UNROOT_BENCH_MIB) * 1024 * 1024),
	]);
	const entries = Number(made.stdout);
	const {size} = await stat(file);
	const digest = async (): Promise<void> => {
		const result = await digestOf(createReadStream(file, {highWaterMark: 256 * 1024}));
		if (result.entries !== entries || result.bytes !== size) {
			throw new Error(`The digest saw ${result.entries} of ${entries} entries.`);
		}
	};

	const seconds: Record<'digest' | 'sha256sum', number[]> = {digest: [], sha256sum: []};
	const processor = process.cpuUsage();
	for (let round = 0; round < rounds; round += 1) {
		seconds.digest.push(await secondsOf(digest));
		seconds.sha256sum.push(await secondsOf(async () => run('sha256sum', [file])));
	}

	const {user, system} = process.cpuUsage(processor);
	const own = median(seconds.digest);
	const theirs = median(seconds.sha256sum);
	const row = (name: string, taken: number): string =>
		`| ${name} | ${taken.toFixed(2)} | ${(size / 1e6 / taken).toFixed(0)} | ${(taken / theirs).toFixed(2)} |\n`;
	process.stdout.write(
		`${(size / 1e6).toFixed(0)} MB, ${entries} entries, medians of ${rounds}, Node ${process.version}, ` +
			`${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}\n\n`,
	);
	process.stdout.write('| | s | MB/s | time against sha256sum |\n|---|---|---|---|\n');
	process.stdout.write(row('unroot ldif digest', own) + row('sha256sum', theirs));
	process.stdout.write(
		`\nProcessor time of this process: ${((user + system) / 1e6 / rounds).toFixed(2)} s for each digest. Peak ` +
			`memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB.\n`,
	);
} finally {
	await rm(folder, {recursive: true});
}
