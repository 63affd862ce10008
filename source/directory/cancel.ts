import {Failure} from '../failure/failure.js';
import type {Clock} from '../migration/world.js';
import {lookAtJob} from './detached.js';
import {runServerTool, type DirectoryServer} from './server.js';
import {readTask, taskIdIn, type Task} from './tasks.js';

/** Asks again and again until a task is over. */
const untilOver = async (server: DirectoryServer, clock: Clock, id: string): Promise<Task | undefined> => {
	for (let looks = 0; looks < 20; looks += 1) {
		const task = await readTask(server, id);
		if (!task || task.isOver) {
			return task;
		}

		await clock.sleep(500, server.signal);
	}

	return readTask(server, id);
};

/**
Cancels a task, as its entry is changed for that, and gives the state in which it ended; undefined where
the server does not know it. One that runs is stopped where it stands: what it was making is not whole.
@see pingidentity/ldapsdk, unboundidds/tasks/TaskManager.java, cancelTask
@throws Failure `task-not-cancelled`
*/
const cancelTask = async (server: DirectoryServer, clock: Clock, id: string): Promise<string | undefined> => {
	await runServerTool(server, 'ldapmodify', [], {
		input: [
			`dn: ds-task-id=${id},cn=Scheduled Tasks,cn=tasks`,
			'changetype: modify',
			'replace: ds-task-state',
			'ds-task-state: canceled_before_starting',
			'',
		].join('\n'),
	});
	const after = await untilOver(server, clock, id);
	if (after && !after.isOver) {
		throw new Failure({
			code: 'task-not-cancelled',
			seen: `Task ${id} of ${server.target.pod} was told to stop, and is ${after.state}.`,
			means: 'It still works on its backend or its file, so neither can be cleared away.',
			todo: 'Wait until it is over or cancel it by hand, then try again.',
			byHand: server.pods.byHand(server.target, ['manage-tasks', '--cancel', id]),
			retryable: true,
		});
	}

	return after?.state;
};

/** A task that was cancelled, and the state in which it ended; none where the server has forgotten it. */
export type Cancelled = {readonly id: string; readonly state?: string};

/** The task where it still runs. A server that does not answer runs none. */
const runningTask = async (server: DirectoryServer, id: string): Promise<Task | undefined> => {
	try {
		const task = await readTask(server, id);
		return task?.isOver ? undefined : task;
	} catch (error) {
		if (error instanceof Failure && error.parts.code === 'search-failed') {
			return undefined;
		}

		throw error;
	}
};

/** Cancels the task that the work with this log scheduled; undefined where none of it runs any more. */
export const cancelWork = async (
	server: DirectoryServer,
	clock: Clock,
	log: string,
): Promise<Cancelled | undefined> => {
	const {lines} = await lookAtJob({server, log});
	const id = taskIdIn(lines);
	if (id === undefined || !(await runningTask(server, id))) {
		return undefined;
	}

	const state = await cancelTask(server, clock, id);
	return {id, ...(state !== undefined && {state})};
};
