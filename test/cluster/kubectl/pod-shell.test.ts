import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {expect, test} from 'vitest';
import {createPodShell} from '../../../source/cluster/kubectl/pod-shell.js';
import {temporaryFolder} from '../temporary-folder.js';
import {pathOf} from '../transfer/local-pod.js';
import {untilCommand, withFakeKubectl} from './fake-kubectl.js';

const target = {pod: 'pingdirectory-0', container: 'pingdirectory'};

/** A kubectl that runs the command here, as if this were the container. */
const honest = `${untilCommand}; exec "$@"`;

test('a result is what the command printed and how it ended', async () => {
	const shell = createPodShell(await withFakeKubectl(honest));
	expect(await shell.run(target, ['sh', '-c', 'echo out; echo err >&2; exit 9'])).toEqual({
		exitCode: 9,
		stdout: 'out\n',
		stderr: 'err\n',
	});
});

test('a script gets its data as parameters, and its input whole', async () => {
	const shell = createPodShell(await withFakeKubectl(honest));
	const input = 'dn: dc=example\n'.repeat(20_000);
	const result = await shell.script(target, 'printf "%s/" "$#" "$1" "$2"; wc -c | tr -d " "', ['$(reboot)', "a'b"], {
		input,
	});
	expect(result).toEqual({exitCode: 0, stdout: `2/$(reboot)/a'b/${input.length}\n`, stderr: ''});
});

const isRunning = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

/** An honest kubectl that notes how it was called. */
const noting = async () => {
	const notes = join(await temporaryFolder(), 'calls');
	const connection = await withFakeKubectl(`echo "$$ $@" | head -1 >>${notes}; ${honest}`);
	const calls = async (): Promise<readonly string[]> => {
		const text = await readFile(notes, 'utf8');
		return text.trimEnd().split('\n');
	};

	return {shell: createPodShell(connection), calls};
};

test('commands go one after the other through one kubectl exec that stays open', async () => {
	const {shell, calls} = await noting();
	for (const word of ['one', 'two words', '', '$(three)', 'fünf\n\n', String.raw`\101 %s *`]) {
		expect(await shell.run(target, ['printf', '%s|', word])).toEqual({exitCode: 0, stdout: `${word}|`, stderr: ''});
	}

	expect(await shell.run(target, ['cat'], {input: ' in\nput %s \\n\n\n'})).toMatchObject({
		stdout: ' in\nput %s \\n\n\n',
	});
	expect(await shell.run(target, ['sh', '-c', 'echo err >&2; exit 4'])).toEqual({
		exitCode: 4,
		stdout: '',
		stderr: 'err\n',
	});
	expect(await calls()).toEqual([expect.stringContaining('exec -i pingdirectory-0 -c pingdirectory -- sh -c')]);
	expect(shell.byHand(target, ['id', '-u'])).toMatch(
		/^kubectl .*--namespace identity exec pingdirectory-0 -c pingdirectory -- id -u$/v,
	);
});

test('two commands may run beside each other, and more wait for their turn', async () => {
	const {shell, calls} = await noting();
	const results = await Promise.all(
		['1', '2', '3', '4', '5'].map(async word => shell.run(target, ['sh', '-c', 'sleep 0.1; echo "$1"', 'sh', word])),
	);
	expect(results.map(({stdout}) => stdout)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n']);
	expect(await calls()).toHaveLength(2);
});

test('each container has sessions of its own', async () => {
	const {shell, calls} = await noting();
	await shell.run(target, ['true']);
	await shell.run({...target, pod: 'pingdirectory-1'}, ['true']);
	expect(await calls()).toHaveLength(2);
});

test('a session that was cut while nothing went on is opened anew', async () => {
	const {shell, calls} = await noting();
	await shell.run(target, ['true']);
	const [opened = ''] = await calls();
	const pid = Number(opened.slice(0, opened.indexOf(' ')));
	process.kill(pid);
	await expect.poll(() => isRunning(pid)).toBe(false);
	expect(await shell.run(target, ['echo', 'again'])).toMatchObject({stdout: 'again\n'});
	expect(await calls()).toHaveLength(2);
});

test('a greeting that was lost on the way is asked for again', async () => {
	const lossy = `${untilCommand}; "$@" | { read -r lost; cat; }`;
	const shell = createPodShell(await withFakeKubectl(lossy));
	expect(await shell.run(target, ['echo', 'there'])).toEqual({exitCode: 0, stdout: 'there\n', stderr: ''});
});

test('large input goes through an exec of its own', async () => {
	const {shell, calls} = await noting();
	const input = 'dn: dc=example\n'.repeat(20_000);
	expect(await shell.run(target, ['wc', '-c'], {input})).toMatchObject({stdout: `${input.length}\n`});
	expect(await calls()).toEqual([expect.stringContaining('exec -i pingdirectory-0 -c pingdirectory -- sh -c')]);
});

test('a container without base64 is asked by an exec for each command', async () => {
	const tools = await pathOf(['sh', 'gzip', 'head', 'date', 'sha256sum', 'echo', 'printf', 'cat', 'wc', 'timeout']);
	const shell = createPodShell(await withFakeKubectl(`${untilCommand}; PATH=${tools}; exec "$@"`));
	expect(await shell.run(target, ['echo', 'one'])).toMatchObject({stdout: 'one\n'});
	expect(await shell.run(target, ['echo', 'two'])).toMatchObject({stdout: 'two\n'});
});

test.each([
	['output is cut and the status is 0', `${untilCommand}; "$@" | head -c 30; exit 0`],
	['nothing arrives and the status is 0', 'exit 0'],
	['standard error is cut and the status is 0', `${untilCommand}; "$@" 2>/dev/null; exit 0`],
	['kubectl fails for an unknown reason', 'echo "error: Internal error occurred: mystery" >&2; exit 1'],
	[
		'the connection breaks',
		`${untilCommand}; "$@" | head -c 30; echo "error: websocket: close 1006 (abnormal closure): unexpected ` +
			'EOF" >&2; exit 1',
	],
])('when %s, there is no result but a failure that a retry may help', async (_, script) => {
	const shell = createPodShell(await withFakeKubectl(script), 100);
	await expect(shell.run(target, ['echo', 'all is well'])).rejects.toMatchObject({
		parts: {code: 'exec-cut', retryable: true},
	});
});

test('when kubectl fails after the whole of it arrived, the result counts', async () => {
	const shell = createPodShell(await withFakeKubectl(`${untilCommand}; "$@"; exit 1`));
	expect(await shell.run(target, ['echo', 'all is well'])).toMatchObject({exitCode: 0, stdout: 'all is well\n'});
});

test('when a request is altered on the way, the command is not started', async () => {
	const shell = createPodShell(await withFakeKubectl(`${untilCommand}; exec stdbuf -o0 tr g G | "$@"`));
	await expect(shell.run(target, ['cat'], {input: 'a longer input'})).rejects.toMatchObject({
		parts: {code: 'exec-cut', means: expect.stringContaining('not started') as string},
	});
});

test('when large input is cut on the way, the command is not started', async () => {
	const shell = createPodShell(await withFakeKubectl(`${untilCommand}; head -c 3 | "$@"`));
	await expect(shell.run(target, ['cat'], {input: 'a longer input\n'.repeat(5000)})).rejects.toMatchObject({
		parts: {code: 'exec-cut', means: expect.stringContaining('not started') as string},
	});
});

test.each([
	['pod-missing', true, 'Error from server (NotFound): pods "pingdirectory-0" not found'],
	[
		'container-unknown',
		false,
		'Error from server (BadRequest): container pingdirectory is not valid for pod pingdirectory-0',
	],
	['container-not-running', true, 'error: unable to upgrade connection: container not found ("pingdirectory")'],
	['pod-ended', true, 'error: cannot exec into a container in a completed pod; current phase is Succeeded'],
	[
		'shell-missing',
		false,
		'error: Internal error occurred: error executing command in container: OCI runtime exec failed: exec: ' +
			'"sh": executable file not found in $PATH: unknown',
	],
	['tool-missing', false, 'sh: gzip: not found'],
	[
		'forbidden',
		true,
		'Error from server (Forbidden): pods "pingdirectory-0" is forbidden: User "ada" cannot create resource ' +
			'"pods/exec" in API group "" in the namespace "identity"',
	],
	['unauthorized', true, 'error: You must be logged in to the server (Unauthorized)'],
	['server-unreachable', true, 'Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout'],
])('%s is told as such', async (code, retryable, stderr) => {
	const shell = createPodShell(await withFakeKubectl(`echo '${stderr}' >&2; exit 1`));
	await expect(shell.run(target, ['id'])).rejects.toMatchObject({parts: {code, retryable}});
});

test('a command that takes too long is stopped in the container, and told as such', async () => {
	const shell = createPodShell(await withFakeKubectl(honest));
	await expect(shell.run(target, ['sleep', '1000'], {timeoutSeconds: 1})).rejects.toMatchObject({
		parts: {code: 'pod-timeout', retryable: true},
	});
});

test('output without end is a failure that a retry does not help', async () => {
	const shell = createPodShell(await withFakeKubectl(honest));
	const failing = shell.run(target, ['yes']);
	await expect(failing).rejects.toMatchObject({parts: {code: 'output-too-long'}});
	await expect(failing).rejects.not.toMatchObject({parts: {retryable: true}});
});

test("aborting rejects with the signal's reason", async () => {
	const shell = createPodShell(await withFakeKubectl('exec sleep 1000'));
	const abort = new AbortController();
	const running = shell.run(target, ['id'], {signal: abort.signal});
	abort.abort(new Error('the operator stopped it'));
	await expect(running).rejects.toThrow('the operator stopped it');
});
