import {stateTexts, type Task} from '../ldap/tasks.js';
import type {Program} from '../pods/machine.js';
import {connect} from './connection.js';
import {readToolOptions, type ToolUsage} from './options.js';

const usage: ToolUsage = {
	flags: ['summary'],
	values: ['info', 'cancel'],
	short: {c: 'cancel', i: 'info', s: 'summary'},
};

const summary = (tasks: readonly Task[]): string =>
	tasks.length === 0
		? 'No tasks exist\n'
		: [
				`${'ID'.padEnd(24)} ${'Type'.padEnd(10)} Status`,
				'-'.repeat(60),
				...tasks.map(({id, kind, state}) => `${id.padEnd(24)} ${kind.padEnd(10)} ${stateTexts[state]}`),
				'',
			].join('\n');

const details = ({id, kind, state, started, completed, attributes, log}: Task): string =>
	[
		'Task Details',
		'-'.repeat(60),
		...[
			['ID', id],
			['Type', kind],
			['Status', stateTexts[state]],
			['Scheduled Start Time', 'Immediate execution'],
			['Actual Start Time', started ?? ''],
			['Completion Time', completed ?? ''],
			['Dependencies', 'None'],
		].map(([name, value]) => `${name!.padEnd(24)}${value!}`),
		'',
		`${kind} Options`,
		'-'.repeat(60),
		...attributes.map(([name, value]) => `${name.padEnd(40)}${value}`),
		'',
		'Last Log Message(s)',
		'-'.repeat(60),
		...log,
		'',
	].join('\n');

/** `manage-tasks`: `--summary`, `--info ID` and `--cancel ID`. */
export const manageTasks: Program = async call => {
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 1;
	}

	const server = await connect(call, options);
	if (typeof server === 'number') {
		return server;
	}

	const unwanted = options.value('cancel');
	if (unwanted !== undefined) {
		server.tasks.cancel(unwanted);
		await call.write(`Task ${unwanted} canceled\n`);
		return 0;
	}

	const id = options.value('info');
	if (id === undefined) {
		await call.write(summary(server.tasks.list()));
		return 0;
	}

	const task = server.tasks.get(id);
	if (!task) {
		await call.writeError(`There are no tasks defined with ID ${id}\n`);
		return 1;
	}

	await call.write(details(task));
	return 0;
};
