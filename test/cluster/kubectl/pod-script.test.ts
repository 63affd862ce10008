import {Buffer} from 'node:buffer';
import {spawnSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {readOutput, wrapper} from '../../../source/cluster/kubectl/pod-script.js';
import {scriptWords, shells} from '../../shells.js';

const mark = 'end-of-this';
const most = 100_000;

const run = (
	shell: string,
	command: readonly string[],
	{
		input = '',
		announced,
		seconds = 60,
	}: {readonly input?: string; readonly announced?: number; readonly seconds?: number} = {},
) => {
	const own = ['unroot', mark, String(seconds), String(announced ?? Buffer.byteLength(input)), String(most)];
	const {stdout, stderr} = spawnSync(shell, [...scriptWords(shell, wrapper), ...own, ...command], {input});
	return {stdout: new Uint8Array(stdout), stderr: stderr.toString()};
};

const whole = async (shell: string, command: readonly string[], options = {}) => {
	const {stdout, stderr} = run(shell, command, options);
	return readOutput(stdout, stderr, mark, most);
};

test.each(shells)('in %s, output, errors, status and input arrive as they are', async shell => {
	expect(await whole(shell, ['printf', '%s|', 'a b', '$(x)', '"', ''])).toMatchObject({
		kind: 'whole',
		exitCode: 0,
		stdout: 'a b|$(x)|"||',
		stderr: '',
	});
	expect(await whole(shell, ['sh', '-c', 'echo out; echo err >&2; exit 7'])).toMatchObject({
		kind: 'whole',
		exitCode: 7,
		stdout: 'out\n',
		stderr: 'err\n',
	});
	expect(await whole(shell, ['cat'], {input: ' ünïcode\n\n%s \\n\n\n'})).toMatchObject({
		kind: 'whole',
		stdout: ' ünïcode\n\n%s \\n\n\n',
	});
	expect(await whole(shell, ['cat'])).toMatchObject({kind: 'whole', exitCode: 0, stdout: ''});
	expect(await whole(shell, ['no-such-command'])).toMatchObject({kind: 'whole', exitCode: 127, stdout: ''});
});

test.each(shells)('in %s, a command is not started when its input is cut', async shell => {
	expect(await whole(shell, ['sh', '-c', 'cat; echo acted'], {input: 'half of it', announced: 20})).toEqual({
		kind: 'input-cut',
	});
});

test.each(shells)('in %s, a command that takes too long is stopped', async shell => {
	const output = await whole(shell, ['sleep', '1000'], {seconds: 1});
	expect(output).toMatchObject({
		kind: 'whole',
		exitCode: expect.toSatisfy(code => [124, 143].includes(Number(code))) as number,
	});
});

test.each(shells)('in %s, output without end is cut off, and told from a stream that was cut', async shell => {
	expect(await whole(shell, ['yes'])).toEqual({kind: 'too-long'});
});

test('wherever a stream ends before its end, that is noticed', async () => {
	const {stdout, stderr} = run('sh', ['sh', '-c', 'echo out; echo err >&2']);
	expect(await readOutput(stdout, stderr, mark, most)).toMatchObject({kind: 'whole'});
	for (let length = 0; length < stdout.length; length++) {
		expect(await readOutput(stdout.subarray(0, length), stderr, mark, most)).toEqual({kind: 'cut'});
	}

	for (let length = 0; length < stderr.length; length++) {
		expect(await readOutput(stdout, stderr.slice(0, length), mark, most)).toEqual({kind: 'cut'});
	}
});

test('a byte that changed on the way, or went missing in the middle, is noticed', async () => {
	const {stdout, stderr} = run('sh', ['printf', '0123456789']);
	const middle = Math.floor(stdout.length / 2);
	expect(
		await readOutput(
			stdout.map((byte, index) => (index === middle ? byte + 1 : byte)),
			stderr,
			mark,
			most,
		),
	).toEqual({kind: 'cut'});
	expect(
		await readOutput(
			stdout.filter((_, index) => index !== middle),
			stderr,
			mark,
			most,
		),
	).toEqual({kind: 'cut'});
});

test("another run's mark is not taken for this one's", async () => {
	const {stdout, stderr} = run('sh', ['echo', `${mark} 0 0`]);
	expect(await readOutput(stdout, stderr, 'another-mark', most)).toEqual({kind: 'cut'});
	expect(await readOutput(stdout, stderr, mark, most)).toMatchObject({kind: 'whole', stdout: `${mark} 0 0\n`});
});
