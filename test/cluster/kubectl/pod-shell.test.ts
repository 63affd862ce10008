import {expect, test} from 'vitest';
import {createPodShell} from '../../../source/cluster/kubectl/pod-shell.js';
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

test('kubectl is asked for the container by name, and for standard input only where there is any', async () => {
	const shell = createPodShell(await withFakeKubectl(`echo "$@" | head -1 >&2; ${honest}`));
	const without = await shell.run(target, ['true']);
	expect(without.stderr).toContain('exec pingdirectory-0 -c pingdirectory -- sh -c');
	const withInput = await shell.run(target, ['true'], {input: 'x'});
	expect(withInput.stderr).toContain('exec -i pingdirectory-0 -c pingdirectory -- sh -c');
	expect(shell.byHand(target, ['id', '-u'])).toMatch(
		/^kubectl .*--namespace identity exec pingdirectory-0 -c pingdirectory -- id -u$/v,
	);
});

test.each([
	['output is cut and the status is 0', `${untilCommand}; "$@" | head -c 30; exit 0`],
	['nothing arrives and the status is 0', 'exit 0'],
	['standard error is cut and the status is 0', `${untilCommand}; "$@" 2>/dev/null; exit 0`],
	['kubectl fails for an unknown reason', 'echo "error: Internal error occurred: mystery" >&2; exit 1'],
	[
		'the connection breaks',
		`${untilCommand}; "$@" | head -c 30; echo "error: websocket: close 1006 (abnormal closure): unexpected EOF" >&2; exit 1`,
	],
])('when %s, there is no result but a failure that a retry may help', async (_, script) => {
	const shell = createPodShell(await withFakeKubectl(script));
	await expect(shell.run(target, ['echo', 'all is well'])).rejects.toMatchObject({
		parts: {code: 'exec-cut', retryable: true},
	});
});

test('when kubectl fails after the whole of it arrived, the result counts', async () => {
	const shell = createPodShell(await withFakeKubectl(`${untilCommand}; "$@"; exit 1`));
	expect(await shell.run(target, ['echo', 'all is well'])).toMatchObject({exitCode: 0, stdout: 'all is well\n'});
});

test('when input is cut on the way, the command is not started', async () => {
	const shell = createPodShell(await withFakeKubectl(`${untilCommand}; head -c 3 | "$@"`));
	await expect(shell.run(target, ['cat'], {input: 'a longer input'})).rejects.toMatchObject({
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
		'error: Internal error occurred: error executing command in container: OCI runtime exec failed: exec: "sh": executable file not found in $PATH: unknown',
	],
	['tool-missing', false, 'sh: gzip: not found'],
	[
		'forbidden',
		true,
		'Error from server (Forbidden): pods "pingdirectory-0" is forbidden: User "ada" cannot create resource "pods/exec" in API group "" in the namespace "identity"',
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
