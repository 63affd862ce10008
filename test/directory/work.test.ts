import {expect, test} from 'vitest';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {doWork} from '../../source/directory/work.js';
import type {PodShell} from '../../source/migration/world.js';
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
	expect(await done).toMatchObject({lines: ['over']});
	expect(lines).toEqual([expect.stringContaining('It is asked again, for a minute.'), 'over']);
});

/**
A pod in which a tool stands as it is said, and a server whose task is in each of these states, one after the other.
*/
const podWith = (job: string, states: readonly string[]) => {
	let at = 0;
	const starts: string[] = [];
	const pods: PodShell = {
		async script(_target, _script, parameters = []) {
			if (parameters.includes('cn=tasks')) {
				const state = states[Math.min(at++, states.length - 1)];
				if (state === undefined) {
					return {exitCode: 0, stdout: '', stderr: ''};
				}

				return {
					exitCode: 0,
					stdout: `dn: ds-task-id=7,cn=tasks\nds-task-id: 7\nds-task-state: ${state}\n`,
					stderr: '',
				};
			}

			if (parameters.includes('anew') || parameters.includes('once')) {
				starts.push(`at ${at}`);
			}

			return {exitCode: 0, stdout: `${job}\nImport task 7 scheduled to start immediately\n`, stderr: ''};
		},
		run: async () => expect.unreachable(),
		byHand: () => 'by hand',
	};
	return {
		starts,
		work: {
			server: {pods, target: {pod: 'p', container: 'c'}, ldapsPort: 1636},
			clock: createFastClock(),
			tool: 'import-ldif',
			log: '/opt/out/unroot/r/import.log',
			call: {script: 'true', parameters: []},
			isTask: true,
			byHand: 'by hand',
		},
	};
};

test.each(['exit 137', 'exit 1', 'exit ', 'lost'])(
	'a task that still runs when its tool is gone («%s») is waited for, and counts as it ends',
	async job => {
		const {work, starts} = podWith(job, ['running', 'running', 'completed_successfully']);
		await expect(doWork(work, false)).resolves.toMatchObject({task: {id: '7', isWell: true}});
		expect(starts).toHaveLength(1);
		const failing = podWith(job, ['running', 'stopped_by_error']);
		await expect(doWork(failing.work, false)).rejects.toMatchObject({
			parts: {seen: expect.stringContaining('stopped_by_error') as string},
		});
	},
);

test('work that is to begin anew does not begin beside a task of an earlier try', async () => {
	const {work, starts} = podWith('exit 137', ['running', 'running', 'stopped_by_error', 'completed_successfully']);
	await doWork(work, true);
	expect(starts).toEqual(['at 3']);
});

test.each(['completed_with_errors', 'stopped_by_error', 'stopped_by_shutdown', 'canceled_before_starting'])(
	'a task that ended as %s has failed, though its tool ended with 0',
	async state => {
		const {work} = podWith('exit 0', [state]);
		await expect(doWork(work, false)).rejects.toMatchObject({
			parts: {code: 'tool-failed', seen: `The server's task 7 of import-ldif ended as ${state}.`, retryable: true},
		});
	},
);

test('what completed with errors is for the caller to judge, where he says so, and nothing else is', async () => {
	const judged = {isJudgedByCaller: true};
	const {work} = podWith('exit 1', ['completed_with_errors']);
	await expect(doWork({...work, ...judged}, false)).resolves.toMatchObject({task: {state: 'completed_with_errors'}});
	const stopped = podWith('exit 0', ['stopped_by_error']);
	await expect(doWork({...stopped.work, ...judged}, false)).rejects.toMatchObject({parts: {code: 'tool-failed'}});
	const alone = podWith('exit 3', []);
	await expect(doWork({...alone.work, ...judged, isTask: false}, false)).resolves.toMatchObject({exitCode: 3});
	await expect(doWork({...alone.work, isTask: false}, false)).rejects.toMatchObject({
		parts: {seen: expect.stringContaining('exit status 3') as string},
	});
});

test('a tool that is gone with a task that failed is lost, and one that never began is told as such', async () => {
	const gone = podWith('lost', ['stopped_by_error']);
	await expect(doWork(gone.work, false)).rejects.toMatchObject({
		parts: {code: 'tool-lost', seen: expect.stringContaining('its task 7 is stopped_by_error') as string},
	});
	const none = podWith('none', []);
	await expect(doWork({...none.work, isTask: false}, false)).rejects.toMatchObject({
		parts: {code: 'tool-not-started', retryable: true},
	});
});

test('a tool that ended with 0 is lost where the server does not know the task that it said', async () => {
	const {work} = podWith('exit 0', []);
	for (const isJudgedByCaller of [false, true]) {
		await expect(doWork({...work, isJudgedByCaller}, false)).rejects.toMatchObject({
			parts: {
				code: 'tool-lost',
				seen: 'p does not know the task 7 that import-ldif said it scheduled.',
				retryable: true,
			},
		});
	}

	const refused = podWith('exit 1', []);
	await expect(doWork(refused.work, false)).rejects.toMatchObject({parts: {code: 'tool-failed'}});
	const without = podWith('exit 0', []);
	await expect(doWork({...without.work, isTask: false}, false)).resolves.toMatchObject({exitCode: 0});
});
