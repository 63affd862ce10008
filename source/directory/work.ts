import {Failure} from '../failure/failure.js';
import {tellableDetails} from '../failure/tellable.js';
import {throughOutages, type Watching} from '../migration/engine/outage.js';
import type {Clock} from '../migration/world.js';
import {entriesSoFar} from './counts.js';
import {lookAtJob, startJob, type Job, type JobState} from './detached.js';
import {isToolRefusal} from './scheduled.js';
import type {DirectoryServer} from './server.js';
import {readTask, taskIdIn, type Task} from './tasks.js';
import type {Way} from './way.js';

/** How often long work is looked at. */
const pollMilliseconds = 500;

/** Long work to be done in a pod. */
export type Work = Way & {
	readonly server: DirectoryServer;
	readonly clock: Clock;
	/** Absolute path of the log on the volume. */
	readonly log: string;
	/** How else it is done where the server's tools refuse the way before, the best first. */
	readonly otherwise?: readonly Way[];
	/**
	Whether a task that completed with errors, or a tool's exit status, is for the caller to judge, who knows what was
	rejected.
	*/
	readonly isJudgedByCaller?: boolean;
	/** Called with what unroot itself has to say of the work. */
	readonly tell?: (line: string) => void;
	/** Called with what is new in the tool's log: it may hold user data. */
	readonly onLines?: (lines: readonly string[]) => void;
	readonly onEntries?: (entries: number) => void;
};

/** Long work that ended well, and all that its log says (the last 64 KiB of it). */
export type WorkDone = {readonly lines: readonly string[]; readonly task?: Task; readonly exitCode?: number};

const watchingOf = ({clock, server, tell}: Work): Watching => ({
	clock,
	...(server.signal && {signal: server.signal}),
	...(tell && {log: tell}),
});

/** The task that the tool scheduled, where it did. */
const taskOf = async (work: Work, job: JobState): Promise<Task | undefined> => {
	const id = work.isTask ? taskIdIn(job.lines) : undefined;
	return id === undefined ? undefined : throughOutages(async () => readTask(work.server, id), watchingOf(work));
};

/** All that was said: by the tool, and by its task where the tool has not printed that. */
const saidIn = (job: JobState, task: Task | undefined): readonly string[] => {
	const printed = new Set(job.lines);
	return [...job.lines, ...(task?.log ?? []).filter(line => !printed.has(line))];
};

/**
The tool says that it scheduled a task, and ended well; the server knows no such task. A tool that scheduled one has
done no more than that, so nothing says that the work was done.
*/
const unknownTask = (work: Work, id: string, lines: readonly string[]): Failure =>
	new Failure(
		{
			code: 'tool-lost',
			seen: `${work.server.target.pod} does not know the task ${id} that ${work.tool} said it scheduled.`,
			means: 'Nobody says how it ended. What it was to make may not be whole and is not used.',
			todo: 'Try again: the work starts again. If it is lost again, look whether the server forgets its tasks.',
			byHand: work.byHand,
			retryable: true,
			details: tellableDetails(lines),
		},
		{said: lines},
	);

/** The tool has ended, and its task where it scheduled one. */
const ended = (work: Work, job: JobState, task: Task | undefined): WorkDone => {
	const id = work.isTask ? taskIdIn(job.lines) : undefined;
	if (job.exitCode === 0 && !task && id !== undefined) {
		throw unknownTask(work, id, job.lines);
	}

	if (task ? task.isWell : job.exitCode === 0) {
		return {lines: job.lines, ...(task && {task}), ...(job.exitCode !== undefined && {exitCode: job.exitCode})};
	}

	if (work.isJudgedByCaller && task?.state === 'completed_with_errors') {
		return {lines: job.lines, task};
	}

	if (work.isJudgedByCaller && !work.isTask && job.exitCode !== undefined) {
		return {lines: job.lines, exitCode: job.exitCode};
	}

	const said = saidIn(job, task);
	throw new Failure(
		{
			code: 'tool-failed',
			seen:
				task && !task.isWell
					? `The server's task ${task.id} of ${work.tool} ended as ${task.state}.`
					: `${work.tool} in ${work.server.target.pod} ended with exit status ${job.exitCode ?? 'unknown'}.`,
			means: 'What it was to make is not whole and is not used.',
			todo: 'Read what the tool said, fix the cause, then try again.',
			byHand: work.byHand,
			retryable: true,
			details: tellableDetails(said),
		},
		{said},
	);
};

/** The tool's process is gone, and its task is over where it scheduled one. */
const lost = (work: Work, job: JobState, task: Task | undefined): WorkDone => {
	if (task?.isWell) {
		return {lines: [...job.lines, ...task.log], task};
	}

	throw new Failure(
		{
			code: 'tool-lost',
			seen:
				`${work.tool} in ${work.server.target.pod} is gone without having said how it ended` +
				`${task ? `; its task ${task.id} is ${task.state}` : ''}.`,
			means:
				'The container was restarted, or the tool was killed (exit status 137 is the memory limit). ' +
				'What it was making is not whole and is not used.',
			todo: 'Try again: the work starts again. If it is lost again, look at the memory limit of the container.',
			byHand: work.byHand,
			retryable: true,
			details: tellableDetails(job.lines),
		},
		{said: job.lines},
	);
};

const notStarted = (work: Work, said: readonly string[]): Failure =>
	new Failure(
		{
			code: 'tool-not-started',
			seen: `${work.tool} could not be started in ${work.server.target.pod}.`,
			means: 'Nothing was done in the pod.',
			todo: "Read what the shell said: the folder of the log must be writable for the container's user.",
			byHand: work.byHand,
			retryable: true,
			details: tellableDetails(said),
		},
		{said},
	);

/**
Waits until the task of an earlier try is over: a second one begun beside it would write to the same file, or import
into the same backend.
*/
const awaitEarlier = async (work: Work, job: Job): Promise<void> => {
	for (let looks = 0; ; looks++) {
		const earlier = await throughOutages(async () => lookAtJob(job), watchingOf(work));
		const task = await taskOf(work, earlier);
		if (!task || task.isOver) {
			return;
		}

		if (looks === 0) {
			work.tell?.(`Task ${task.id} of an earlier try still runs in the server: it is waited for.`);
		}

		await work.clock.sleep(pollMilliseconds, work.server.signal);
	}
};

/** Says that a task goes on in the server when the operator stops: it is nobody's process here. */
const tellOfTask = (work: Work, task: Task | undefined): void => {
	if (task && !task.isOver && work.server.signal?.aborted) {
		work.tell?.(
			`Task ${task.id} goes on in the server, and unroot resume finds it there. unroot rollback cancels it; ` +
				`so does ${work.server.pods.byHand(work.server.target, ['manage-tasks', '--cancel', task.id])}`,
		);
	}
};

/** Whether the tool ended without having begun anything, because it does not do it this way. */
const isRefused = (job: JobState, task: Task | undefined): boolean =>
	job.state === 'ended' && job.exitCode !== 0 && !task && isToolRefusal(job.lines);

/** Does it in one way, and in the next where that one is refused. */
const doThisWay = async (work: Work, isFresh: boolean): Promise<WorkDone> => {
	const job: Job = {server: work.server, log: work.log};
	let state = await startJob(job, work.call, isFresh);
	if (state.state === 'none') {
		throw notStarted(work, state.lines);
	}

	/** A look that a stop may cut off: then it is said which task goes on. */
	const watched = async <Seen>(task: Task | undefined, look: () => Promise<Seen>): Promise<Seen> => {
		try {
			return await look();
		} catch (error) {
			tellOfTask(work, task);
			throw error;
		}
	};

	let told = 0;
	let task: Task | undefined;
	for (;;) {
		const now = state;
		task = now.state === 'running' ? undefined : await watched(task, async () => taskOf(work, now));

		const said = saidIn(state, task);
		work.onLines?.(said.slice(told));
		told = said.length;
		const entries = entriesSoFar(said);
		if (entries !== undefined) {
			work.onEntries?.(entries);
		}

		const [next, ...otherwise] = work.otherwise ?? [];
		if (next && isRefused(state, task)) {
			work.tell?.(`${work.tool} does not take the task: ${next.tool} is used instead`);
			return doThisWay({...work, ...next, otherwise}, true);
		}

		// However the tool ended, nothing is settled while its task lives on in the server.
		if (state.state !== 'running' && task?.isOver !== false) {
			return (state.state === 'ended' ? ended : lost)(work, state, task);
		}

		state = await watched(task, async () => {
			await work.clock.sleep(pollMilliseconds, work.server.signal);
			return throughOutages(async () => lookAtJob(job), watchingOf(work));
		});
	}
};

/**
Does long work, or goes on watching what an earlier try began. `isFresh` begins anew whatever an earlier try left,
unless it still runs. A way that the server's tools refuse is followed by the next.

Rejects with a Failure when the tool, or the task it scheduled, did not end well.
*/
export const doWork = async (work: Work, isFresh: boolean): Promise<WorkDone> => {
	if (isFresh && work.isTask) {
		await awaitEarlier(work, {server: work.server, log: work.log});
	}

	return doThisWay(work, isFresh);
};
