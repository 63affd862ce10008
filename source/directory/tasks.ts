import {search} from './search.js';
import type {DirectoryServer} from './server.js';

/** An administrative task of the server, as its entry below cn=tasks says. */
export type Task = {
	readonly id: string;
	readonly state: string;
	readonly isOver: boolean;
	readonly isWell: boolean;
	readonly log: readonly string[];
};

/**
States in which a task is over (ldapsdk, unboundidds/tasks/TaskState.java: `disabled` and `unscheduled` are pending
states). Of these only `completed_successfully` is well: `completed_with_errors` is a failure until it is explained.
*/
const over = new Set([
	'completed_successfully',
	'completed_with_errors',
	'stopped_by_error',
	'stopped_by_shutdown',
	'stopped_by_administrator',
	'canceled_before_starting',
]);

/** Whether a task in this state does nothing any more. */
export const isOverIn = (state: string): boolean => over.has(state);

/**
Reads the task's id from what a tool printed when it scheduled it, `Export task 2011102617321510 scheduled to start …`,
or from what is written before a task is added over LDAP.
*/
export const taskIdIn = (lines: readonly string[]): string | undefined => {
	for (const line of lines) {
		const match = /task (?<id>[\w\-]+) (?:scheduled to start|is added over ldap)/iv.exec(line);
		if (match?.groups?.id) {
			return match.groups.id;
		}
	}

	return undefined;
};

const messageNumber = (message: string): number => Number(/msgCount=(?<count>\d+)/v.exec(message)?.groups?.count ?? 0);

/**
The task's log in the order in which it was written: an attribute's values come in any order, so their own numbers
count.
*/
export const inOrder = (messages: readonly string[]): readonly string[] =>
	messages.toSorted((one, other) => messageNumber(one) - messageNumber(other));

/**
The task's entry, or undefined where the server says that it does not know it. Rejects with a Failure where it does
not answer.
*/
export const readTask = async (server: DirectoryServer, id: string): Promise<Task | undefined> => {
	const answers = await search(server, {base: 'cn=tasks', scope: 'sub', filter: `(ds-task-id=${id})`});
	const answer = answers.find(each => each.first('ds-task-id') === id);
	if (!answer) {
		return undefined;
	}

	const state = (answer.first('ds-task-state') ?? '').toLowerCase().replaceAll(/[\s\-]+/gv, '_');
	return {
		id,
		state,
		isOver: isOverIn(state),
		isWell: state === 'completed_successfully',
		log: inOrder(answer.values('ds-task-log-message')),
	};
};
