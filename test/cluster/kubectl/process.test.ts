import {Buffer} from 'node:buffer';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {buffer} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {expect, test, vi} from 'vitest';
import {runKubectl, spawnKubectl} from '../../../source/cluster/kubectl/process.js';
import {temporaryFolder} from '../temporary-folder.js';
import {withFakeKubectl} from './fake-kubectl.js';

const isAlive = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

test('every call says where it goes, in its arguments and its environment', async () => {
	const connection = await withFakeKubectl(String.raw`printf '%s\n' "$KUBECONFIG" "$KUBECTL_KUBERC" "$@"`);
	vi.stubEnv('KUBECONFIG', '/somewhere/else');
	const {stdout} = await runKubectl(connection, ['get', 'pods', 'a b']);
	expect(stdout.split('\n')).toEqual([
		connection.kubeconfig,
		'false',
		'--context',
		'test',
		'--namespace',
		'identity',
		'--cache-dir',
		connection.cacheFolder,
		'get',
		'pods',
		'a b',
		'',
	]);
});

test('input, output, standard error and status are handed on as they are', async () => {
	const connection = await withFakeKubectl('cat; echo problem >&2; exit 3');
	expect(await runKubectl(connection, ['x'], {input: 'first\n\nlast\n'})).toEqual({
		exitCode: 3,
		stdout: 'first\n\nlast\n',
		stderr: 'problem\n',
	});
});

test('without input, standard input is closed', async () => {
	const connection = await withFakeKubectl('cat; echo end');
	expect(await runKubectl(connection, ['x'])).toMatchObject({exitCode: 0, stdout: 'end\n'});
});

test('a machine without kubectl is told so, by both ways to run it', async () => {
	const connection = await withFakeKubectl('');
	vi.stubEnv('PATH', await temporaryFolder());
	await expect(runKubectl(connection, ['version'])).rejects.toMatchObject({parts: {code: 'kubectl-missing'}});
	const started = await spawnKubectl(connection, ['version'], {stdin: 'ignore'});
	await expect(started.ended).rejects.toMatchObject({parts: {code: 'kubectl-missing'}});
});

test('aborting ends the process and rejects with the reason', async () => {
	const connection = await withFakeKubectl('echo $$ > "$PIDFILE"; echo started; exec sleep 1000');
	const pidFile = join(await temporaryFolder(), 'pid');
	vi.stubEnv('PIDFILE', pidFile);
	const abort = new AbortController();
	const started = await spawnKubectl(connection, ['x'], {stdin: 'ignore', signal: abort.signal});
	started.stdout.once('data', () => {
		abort.abort(new Error('the operator stopped it'));
	});
	await expect(started.ended).rejects.toThrow('the operator stopped it');
	const pid = await readFile(pidFile, 'utf8');
	expect(isAlive(Number(pid))).toBe(false);
	await expect(runKubectl(connection, ['x'], {signal: abort.signal})).rejects.toThrow('the operator stopped it');
});

test('a process that takes too long is ended, and a retry may help', async () => {
	const connection = await withFakeKubectl('exec sleep 1000');
	await expect(runKubectl(connection, ['get', 'pods'], {timeoutSeconds: 0.05})).rejects.toMatchObject({
		parts: {code: 'kubectl-timeout', retryable: true, byHand: expect.stringContaining('get pods') as string},
	});
});

test('output without end is cut off and not used', async () => {
	const connection = await withFakeKubectl('exec yes');
	await expect(runKubectl(connection, ['x'], {maxBytes: 10_000})).rejects.toMatchObject({
		parts: {code: 'output-too-long'},
	});
});

test('streams carry any bytes both ways, and tell how it ended', async () => {
	const connection = await withFakeKubectl('cat; echo done >&2; exit 4');
	const bytes = Buffer.from(Array.from({length: 500_000}, (_, index) => index % 256));
	const started = await spawnKubectl(connection, ['exec'], {stdin: 'pipe'});
	const stdin = started.stdin ?? expect.fail('standard input was asked for');
	const [received] = await Promise.all([buffer(started.stdout), pipeline([bytes], stdin)]);
	expect(received.equals(bytes)).toBe(true);
	expect(await started.ended).toEqual({exitCode: 4, stderr: 'done\n'});
});

test('a stream that nobody reads stands still instead of filling the memory', async () => {
	const connection = await withFakeKubectl('exec yes');
	const started = await spawnKubectl(connection, ['exec'], {stdin: 'ignore'});
	await new Promise(resolve => {
		started.stdout.once('readable', resolve);
	});
	expect(started.stdout.readableLength).toBeLessThanOrEqual(started.stdout.readableHighWaterMark * 2);
	started.kill();
	started.stdout.resume();
	expect(await started.ended).toMatchObject({exitCode: undefined});
});
