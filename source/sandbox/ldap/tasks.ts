import type {View} from '../files/view.js';
import {textOf, type Entry} from './entry.js';
import {formatEntry, parseLdif} from './ldif.js';

export type TaskState =
	| 'completed_successfully'
	| 'completed_with_errors'
	| 'running'
	| 'canceled_before_starting'
	| 'stopped_by_administrator'
	| 'stopped_by_error'
	| 'stopped_by_shutdown'
	| 'waiting_on_start_time';

/** A state as tools and logs name it. */
export const stateTexts: Readonly<Record<TaskState, string>> = {
	canceled_before_starting: 'Canceled before starting',
	completed_successfully: 'Completed successfully',
	completed_with_errors: 'Completed with errors',
	running: 'Running',
	stopped_by_administrator: 'Stopped by administrator',
	stopped_by_error: 'Stopped by error',
	stopped_by_shutdown: 'Stopped by shutdown',
	waiting_on_start_time: 'Waiting on start time',
};

/** An administrative task of a server. */
export type Task = {
	readonly id: string;
	readonly kind: 'Export' | 'Import';
	readonly state: TaskState;
	readonly log: readonly string[];
	readonly attributes: ReadonlyArray<readonly [string, string]>;
	readonly started: string | undefined;
	readonly completed: string | undefined;
	/** Resolves at the end. */
	readonly ended: Promise<void>;
};

/** What schedules tasks and remembers them on the volume. */
export type Tasks = {
	readonly schedule: (
		kind: Task['kind'],
		attributes: ReadonlyArray<readonly [string, string]>,
		body: (tell: (line: string) => Promise<void>, cancelled: AbortSignal) => Promise<TaskState>,
		id?: string,
	) => Task;
	readonly get: (id: string) => Task | undefined;
	/** Cancels a task: one that runs is stopped where it stands. Nothing where it is over. */
	readonly cancel: (id: string) => void;
	readonly list: () => readonly Task[];
	/** Tells of each line that a task logs. */
	readonly follow: (id: string, onLine: (line: string) => void) => () => void;
};

type Kept = {-readonly [K in keyof Omit<Task, 'ended'>]: Task[K]} & {ended: Promise<void>};

const classes = {
	Export: 'com.unboundid.directory.server.tasks.ExportTask',
	Import: 'com.unboundid.directory.server.tasks.ImportTask',
} as const;

const pad = (number: number, length = 2): string => String(number).padStart(length, '0');

/** The time as LDAP writes it. */
export const generalizedTime = (date = new Date()): string =>
	`${date
		.toISOString()
		.replaceAll(/[\-:T]/gv, '')
		.slice(0, 14)}Z`;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
let messageCount = 0;

/** A line of a server's log, as tasks keep it. */
const logLine = (message: string, severity: 'NOTICE' | 'SEVERE_ERROR' = 'NOTICE'): string => {
	const now = new Date();
	const day = `${pad(now.getUTCDate())}/${months[now.getUTCMonth()]!}/${now.getUTCFullYear()}`;
	return (
		`[${day}:${now.toISOString().slice(11, 19)} +0000] severity="${severity}" msgCount=${messageCount++} ` +
		`msgID=9896349 message="${message}"`
	);
};

/** The entry of a task below `cn=tasks`. */
export const taskEntry = ({id, kind, state, log, attributes, started, completed}: Omit<Task, 'ended'>): Entry => ({
	dn: `ds-task-id=${id},cn=Scheduled Tasks,cn=tasks`,
	attributes: [
		['objectClass', 'top'],
		['objectClass', 'ds-task'],
		['objectClass', `ds-task-${kind.toLowerCase()}`],
		['ds-task-id', id],
		['ds-task-class-name', classes[kind]],
		['ds-task-state', state],
		...attributes,
		...(started === undefined ? [] : [['ds-task-actual-start-time', started] as const]),
		...(completed === undefined ? [] : [['ds-task-completion-time', completed] as const]),
		...log.map(line => ['ds-task-log-message', line] as const),
	],
});

const taskOf = ({attributes}: Entry): Kept => {
	const all = (name: string): string[] =>
		attributes.filter(([attribute]) => attribute === name).map(([, value]) => textOf(value));
	const own = new Set([
		'objectClass',
		'ds-task-id',
		'ds-task-class-name',
		'ds-task-state',
		'ds-task-actual-start-time',
		'ds-task-completion-time',
		'ds-task-log-message',
	]);
	const state = all('ds-task-state')[0] as TaskState;
	const isCut = state === 'running' || state === 'waiting_on_start_time';
	return {
		id: all('ds-task-id')[0] ?? '',
		kind: all('ds-task-class-name')[0] === classes.Import ? 'Import' : 'Export',
		state: isCut ? 'stopped_by_shutdown' : state,
		log: [
			...all('ds-task-log-message'),
			...(isCut ? [logLine('The task was interrupted by a server shutdown', 'SEVERE_ERROR')] : []),
		],
		attributes: attributes.filter(([name]) => !own.has(name)).map(([name, value]) => [name, textOf(value)] as const),
		started: all('ds-task-actual-start-time')[0],
		completed: all('ds-task-completion-time')[0],
		ended: Promise.resolve(),
	};
};

/** Opens the tasks of a server; those that ran when it stopped are told so. */
export const openTasks = (view: View, path: string): Tasks => {
	const tasks = new Map<string, Kept>();
	const followers = new Map<string, Set<(line: string) => void>>();
	const save = (): void => {
		view.write(
			path,
			tasks
				.values()
				.map(task => formatEntry(taskEntry(task), 0))
				.toArray()
				.join(''),
			0o600,
		);
	};

	for (const record of view.exists(path) ? parseLdif(view.read(path).toString()) : []) {
		if (!('entry' in record)) {
			continue;
		}

		const task = taskOf(record.entry);
		tasks.set(task.id, task);
	}

	const cancellations = new Map<string, AbortController>();
	const log = (task: Kept, message: string, severity?: 'NOTICE' | 'SEVERE_ERROR'): void => {
		const line = logLine(message, severity);
		task.log = [...task.log, line];
		for (const onLine of followers.get(task.id) ?? []) {
			onLine(line);
		}

		save();
	};

	return {
		schedule(kind, attributes, body, id = `${generalizedTime().slice(0, 14)}${pad(tasks.size + 10)}`) {
			const task: Kept = {
				id,
				kind,
				state: 'waiting_on_start_time',
				log: [],
				attributes,
				started: undefined,
				completed: undefined,
				ended: Promise.resolve(),
			};
			tasks.set(id, task);
			save();
			const cancellation = new AbortController();
			cancellations.set(id, cancellation);
			const run = async (): Promise<TaskState> => {
				try {
					return await body(async line => {
						log(task, line);
					}, cancellation.signal);
				} catch (error) {
					if (cancellation.signal.aborted) {
						return 'stopped_by_administrator';
					}

					throw error;
				}
			};

			task.ended = (async () => {
				await Promise.resolve();
				if (cancellation.signal.aborted) {
					task.state = 'canceled_before_starting';
					save();
					return;
				}

				task.state = 'running';
				task.started = generalizedTime();
				log(task, `${kind} task ${id} started execution`);
				const state = await run();
				task.completed = generalizedTime();
				log(task, `${kind} task ${id} finished execution in the state ${stateTexts[state]}`);
				task.state = state;
				save();
			})();
			// A server that stops takes its tasks along; the next one says so.
			task.ended.catch(() => undefined);
			return task;
		},
		get: id => tasks.get(id),
		cancel(id) {
			cancellations.get(id)?.abort();
		},
		list: () => tasks.values().toArray(),
		follow(id, onLine) {
			const all = followers.get(id) ?? new Set();
			all.add(onLine);
			followers.set(id, all);
			return () => {
				all.delete(onLine);
			};
		},
	};
};
