import {createHash, randomBytes} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeRig, statusOf, stderrOf, stdoutOf, type Rig} from './kubectl.js';

const bytes = randomBytes(5_000_003);
const sum = createHash('sha256').update(bytes).digest('hex');

describe('exec in the sandbox', () => {
	let rig: Rig;
	beforeAll(async () => {
		rig = await makeRig();
	});
	afterAll(async () => {
		await rig.close();
	});

	it('carries bytes in and out unchanged', async () => {
		const sent = await rig.kubectl(
			['exec', '-i', 'pingdirectory-0', '--', 'sh', '-c', 'cat > "$1" && sha256sum "$1"', 'sh', '/opt/out/blob'],
			bytes,
		);
		expect(sent.stdout).toBe(`${sum}  /opt/out/blob\n`);
		const back = await rig.exec('cat', '/opt/out/blob');
		expect(back.status).toBe(0);
		expect(createHash('sha256').update(back.bytes).digest('hex')).toBe(sum);
	});

	it('gives exit codes, standard error and arguments as they are', async () => {
		const result = await rig.inPod('echo "$1" >&2; exit 7', ['a "b" $c']);
		expect(result).toMatchObject({status: 7, stdout: ''});
		expect(result.stderr).toBe('a "b" $c\ncommand terminated with exit code 7\n');
		expect(await stdoutOf(rig.exec('id', '-u'))).toBe('0\n');
	});

	it('says what cannot be run, and where', async () => {
		expect(await stderrOf(rig.exec('nosuch'))).toContain('exec: "nosuch": executable file not found in $PATH');
		expect(await stderrOf(rig.kubectl(['exec', 'nobody-0', '--', 'id']))).toContain('pods "nobody-0" not found');
		expect(await stderrOf(rig.kubectl(['exec', 'pingdirectory-0', '-c', 'other', '--', 'id']))).toContain(
			'container other is not valid for pod pingdirectory-0',
		);
	});

	it('copies with kubectl cp both ways', async () => {
		const local = join(rig.folder, 'blob');
		await writeFile(local, bytes);
		expect(await statusOf(rig.kubectl(['cp', local, 'pingdirectory-0:/opt/out/copied']))).toBe(0);
		expect(await stdoutOf(rig.exec('sha256sum', '/opt/out/copied'))).toBe(`${sum}  /opt/out/copied\n`);
		expect(await statusOf(rig.kubectl(['cp', 'pingdirectory-0:/opt/out/copied', `${local}.back`]))).toBe(0);
		const back = await readFile(`${local}.back`);
		expect(back.equals(bytes)).toBe(true);
	});

	it('leaves a process alone when the client is gone', async () => {
		rig.sandbox.faults.tell({kind: 'drop', command: 'cat /dev/zero', after: 100_000});
		expect(await statusOf(rig.inPod('cat /dev/zero; echo never'))).not.toBe(0);
		expect(rig.sandbox.pod('pingdirectory-0')?.execs()).toContain('cat /dev/zero');
		const response = await fetch(`${rig.sandbox.url}/sandbox/state`);
		const {pods} = (await response.json()) as {
			pods: ReadonlyArray<{
				name: string;
				containers: ReadonlyArray<{uid: number; listening: number[]; execs: ReadonlyArray<{command: string}>}>;
			}>;
		};
		const container = pods.find(({name}) => name === 'pingdirectory-0')?.containers[0];
		expect(container).toMatchObject({uid: 0, listening: [389, 636, 443]});
		expect(container?.execs.map(({command}) => command)).toContain('cat /dev/zero');
		await rig.inPod(
			String.raw`for p in $(ps | sed -n "s/^ *\([0-9]*\) .*cat .dev.zero.*/\1/p"); do kill -9 "$p"; done; true`,
		);
	});

	it('ends a command that waits for a client that is gone when its time is over', async () => {
		rig.sandbox.faults.tell({kind: 'drop', command: 'timeout 0.2 cat', after: 10});
		await rig.exec('timeout', '0.2', 'cat', '/dev/zero');
		await expect
			.poll(() =>
				rig.sandbox
					.pod('pingdirectory-0')
					?.execs()
					.filter(command => command.includes('timeout')),
			)
			.toEqual([]);
	});
});
