import {createHash, randomBytes} from 'node:crypto';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {
	afterAll, beforeAll, describe, expect, it,
} from 'vitest';
import {makeRig, type Rig} from './kubectl.js';

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
		const sent = await rig.kubectl(['exec', '-i', 'pingdirectory-0', '--', 'sh', '-c', 'cat > "$1" && sha256sum "$1"', 'sh', '/opt/out/blob'], bytes);
		expect(sent.stdout).toBe(`${sum}  /opt/out/blob\n`);
		const back = await rig.exec('cat', '/opt/out/blob');
		expect(back.status).toBe(0);
		expect(createHash('sha256').update(back.bytes).digest('hex')).toBe(sum);
	});

	it('gives exit codes, standard error and arguments as they are', async () => {
		const result = await rig.inPod('echo "$1" >&2; exit 7', ['a "b" $c']);
		expect(result).toMatchObject({status: 7, stdout: ''});
		expect(result.stderr).toBe('a "b" $c\ncommand terminated with exit code 7\n');
		expect((await rig.exec('id', '-u')).stdout).toBe('0\n');
	});

	it('says what cannot be run, and where', async () => {
		expect((await rig.exec('nosuch')).stderr).toContain('exec: "nosuch": executable file not found in $PATH');
		expect((await rig.kubectl(['exec', 'nobody-0', '--', 'id'])).stderr).toContain('pods "nobody-0" not found');
		expect((await rig.kubectl(['exec', 'pingdirectory-0', '-c', 'other', '--', 'id'])).stderr).toContain('container other is not valid for pod pingdirectory-0');
	});

	it('copies with kubectl cp both ways', async () => {
		const local = join(rig.folder, 'blob');
		await writeFile(local, bytes);
		expect((await rig.kubectl(['cp', local, 'pingdirectory-0:/opt/out/copied'])).status).toBe(0);
		expect((await rig.exec('sha256sum', '/opt/out/copied')).stdout).toBe(`${sum}  /opt/out/copied\n`);
		expect((await rig.kubectl(['cp', 'pingdirectory-0:/opt/out/copied', `${local}.back`])).status).toBe(0);
		expect((await readFile(`${local}.back`)).equals(bytes)).toBe(true);
	});

	it('leaves a process alone when the client is gone', async () => {
		rig.sandbox.faults.tell({kind: 'drop', command: 'cat /dev/zero', after: 100_000});
		expect((await rig.inPod('cat /dev/zero; echo never')).status).not.toBe(0);
		expect(rig.sandbox.pod('pingdirectory-0')?.execs()).toContain('cat /dev/zero');
		const state = await fetch(`${rig.sandbox.url}/sandbox/state`);
		expect(await state.json()).toMatchObject({pods: expect.arrayContaining([expect.objectContaining({name: 'pingdirectory-0', containers: [expect.objectContaining({listening: [389, 636, 443], uid: 0})]})])});
		await rig.inPod('for p in $(ps | sed -n "s/^ *\\([0-9]*\\) .*cat .dev.zero.*/\\1/p"); do kill -9 "$p"; done; true');
	});

	it('ends a command that waits for a client that is gone when its time is over', async () => {
		rig.sandbox.faults.tell({kind: 'drop', command: 'timeout 0.2 cat', after: 10});
		await rig.exec('timeout', '0.2', 'cat', '/dev/zero');
		await expect.poll(() => rig.sandbox.pod('pingdirectory-0')?.execs().filter(command => command.includes('timeout'))).toEqual([]);
	});
});
