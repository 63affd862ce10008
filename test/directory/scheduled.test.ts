import {setTimeout} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {cancelWork} from '../../source/directory/cancel.js';
import {exportAbilities, exportBackend} from '../../source/directory/export.js';
import {importBackend} from '../../source/directory/import.js';
import type {DirectoryServer} from '../../source/directory/server.js';
import type {Clock} from '../../source/migration/world.js';
import type {SandboxOptions} from '../../source/sandbox/sandbox.js';
import {withSandbox} from '../cluster/sandbox-connection.js';

const file = '/opt/out/unroot/run/userRoot.ldif';
const log = '/opt/out/unroot/run/work.log';

const clock: Clock = {
	now: () => new Date(),
	sleep: async (_milliseconds, signal) => setTimeout(20, undefined, {...(signal && {signal})}),
};

/** A server whose tools are as old as is said, and what was told while they worked. */
const rigOf = async (options: SandboxOptions) => {
	const {sandbox, connection} = await withSandbox({entries: 40, ...options});
	const server = (signal?: AbortSignal): DirectoryServer => ({
		pods: createPodShell(connection),
		target: {pod: 'pingdirectory-0', container: 'pingdirectory'},
		ldapsPort: 636,
		...(signal && {signal}),
	});
	const told: string[] = [];
	const seen: string[] = [];
	const pod = sandbox.pod('pingdirectory-0')!;
	return {
		sandbox,
		server,
		told,
		seen,
		pod,
		read: (path: string): string => pod.read(path)?.toString() ?? '',
		logText: (): string => pod.read(log)?.toString() ?? '',
		tasks: (): readonly string[] =>
			(pod.read('/opt/out/instance/config/tasks.ldif')?.toString() ?? '').match(/^dn: .*/gmv) ?? [],
		exportNow: async (isFresh = true, signal?: AbortSignal) =>
			exportBackend(
				server(signal),
				clock,
				{
					backend: 'userRoot',
					file,
					log,
					encryption: {kind: 'none'},
					abilities: await exportAbilities(server()),
				},
				{
					isFresh,
					tell(line) {
						told.push(line);
					},
				},
			),
		importNow: async (isFresh = true, signal?: AbortSignal, from = file) =>
			importBackend(
				server(signal),
				clock,
				{backend: 'userRoot', file: from, log, rejectFile: '/opt/out/unroot/run/rejects.ldif'},
				{
					isFresh,
					tell(line) {
						told.push(line);
					},
					onLines(lines) {
						seen.push(...lines);
					},
				},
			),
	};
};

/** 40 users, their base, five units and two groups. */
const all = 48;

test.each([
	{exportTask: true, ldapTasks: true, by: 'export-ldif'},
	{exportTask: false, ldapTasks: true, by: 'ldap'},
	{exportTask: 'refused', ldapTasks: true, by: 'ldap'},
	{exportTask: false, ldapTasks: false, by: 'beside'},
	{exportTask: 'refused', ldapTasks: false, by: 'beside'},
] as const)(
	'an export goes $by where --task is $exportTask and tasks over LDAP are $ldapTasks',
	async ({exportTask, ldapTasks, by}) => {
		const rig = await rigOf({exportTask, ldapTasks});
		const result = await rig.exportNow();
		expect(result).toMatchObject({exported: all, skipped: 0});
		expect(rig.read(file).match(/^dn:/gmv)).toHaveLength(all);
		expect(result.taskId?.startsWith('unroot-export-') ?? 'none').toBe(
			{'export-ldif': false, ldap: true, beside: 'none'}[by],
		);
		expect(rig.told.filter(line => line.includes('does not take the task'))).toHaveLength(
			Number(exportTask === 'refused') + Number(!ldapTasks),
		);
	},
);

test.each([true, false, 'refused'] as const)(
	'an import is a task where import-ldif has --task: %s',
	async importTask => {
		const rig = await rigOf({importTask});
		await rig.exportNow();
		const {counts, taskId, taskState} = await rig.importNow();
		expect({...counts, taskState}).toMatchObject({
			imported: all,
			rejected: 0,
			taskState: 'completed_successfully',
		});
		expect(taskId?.startsWith('unroot-import-')).toBe(importTask !== true);
		expect(rig.pod.entries()).toHaveLength(all);
	},
);

test('an import is refused where the server takes no task at all, and says what was tried last', async () => {
	const rig = await rigOf({importTask: 'refused', ldapTasks: false});
	await rig.exportNow();
	await expect(rig.importNow()).rejects.toMatchObject({
		parts: {code: 'tool-failed', seen: expect.stringContaining('ldapmodify') as string},
	});
	expect(rig.pod.entries()).toHaveLength(all);
});

test('a task over LDAP that fails is told with what its log says, and the next try schedules another', async () => {
	const rig = await rigOf({importTask: false});
	await expect(rig.importNow(true, undefined, '/opt/out/unroot/run/none.ldif')).rejects.toMatchObject({
		parts: {code: 'tool-failed', seen: expect.stringContaining('ended as stopped_by_error') as string},
		said: expect.arrayContaining([expect.stringContaining('does not exist')]) as string[],
	});
	await rig.exportNow();
	await expect(rig.importNow()).resolves.toMatchObject({counts: {imported: all}});
});

/** An import that stands still halfway, watched by a program that is stopped. */
const stopped = async (rig: Awaited<ReturnType<typeof rigOf>>): Promise<string> => {
	await rig.exportNow();
	rig.sandbox.faults.tell({kind: 'hold-import'});
	const stop = new AbortController();
	const watching = rig.importNow(true, stop.signal);
	await expect.poll(() => rig.seen.join('\n')).toContain('Import Thread Count');
	stop.abort();
	await expect(watching).rejects.toThrow('aborted');
	return /Task (?<id>\S+) is added over LDAP/v.exec(rig.logText())?.groups?.id ?? '';
};

test('a program that comes back finds the task over LDAP that it began, and begins no second one', async () => {
	const rig = await rigOf({importTask: false});
	const id = await stopped(rig);
	expect(rig.told.at(-1)).toContain(`Task ${id} goes on in the server`);
	const again = rig.importNow(false);
	await setTimeout(100);
	rig.sandbox.faults.clear();
	await expect(again).resolves.toMatchObject({taskId: id, counts: {imported: all}});
	expect(rig.tasks().filter(dn => dn.includes('unroot-import-'))).toEqual([
		`dn: ds-task-id=${id},cn=Scheduled Tasks,cn=tasks`,
	]);
});

test('a task that is cancelled has not ended well, and its backend is served again', async () => {
	const rig = await rigOf({importTask: false});
	const id = await stopped(rig);
	await expect(cancelWork(rig.server(), clock, log)).resolves.toEqual({id, state: 'stopped_by_administrator'});
	await expect(cancelWork(rig.server(), clock, log)).resolves.toBeUndefined();
	rig.sandbox.faults.clear();
	await expect(rig.importNow(false)).rejects.toMatchObject({
		parts: {seen: expect.stringContaining(`${id} of ldapmodify ended as stopped_by_administrator`) as string},
	});
	await expect(rig.importNow(true)).resolves.toMatchObject({counts: {imported: all}});
});
