import {expect, test} from 'vitest';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {doWork} from '../../source/directory/work.js';
import {createFastClock} from '../cluster/hand-clock.js';
import {withSandbox} from '../cluster/sandbox-connection.js';

test('long work is watched on when the cluster did not answer for a while', async () => {
	const {sandbox, connection} = await withSandbox();
	const lines: string[] = [];
	// The session that is open breaks after a few looks, and for a while none can be opened.
	sandbox.faults.tell({kind: 'drop', command: 'unroot-session', after: 1000});
	const done = doWork(
		{
			server: {
				pods: createPodShell(connection),
				target: {pod: 'pingdirectory-0', container: 'pingdirectory'},
				ldapsPort: 636,
			},
			clock: createFastClock(),
			tool: 'a tool',
			log: '/opt/out/unroot/run/tool.log',
			call: {script: 'while [ ! -e "$1" ]; do sleep 0.1; done; echo over', parameters: ['/tmp/may-end']},
			isTask: false,
			byHand: 'tool',
			tell(line) {
				lines.push(line);
			},
			onLines(said) {
				lines.push(...said);
			},
		},
		true,
	);
	const pod = sandbox.pod('pingdirectory-0');
	await expect.poll(() => pod?.read('/opt/out/unroot/run/tool.log')).toBeDefined();

	sandbox.faults.tell({
		kind: 'refuse',
		status: 503,
		verb: 'get',
		path: '/pods/pingdirectory-0',
		times: 2,
	});
	await expect.poll(() => sandbox.faults.pending()).toEqual([]);
	pod?.write('/tmp/may-end', '');
	expect(await done).toEqual({lines: ['over']});
	expect(lines).toEqual([expect.stringContaining('It is asked again, for a minute.'), 'over']);
});
