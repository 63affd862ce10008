import {expect} from 'vitest';
import {failureLabels} from '../../source/failure/text.js';
import type {Desk, Result} from './desk.js';

/** The exit status, the four parts in their order and once, and nothing that only a programmer reads. */
export const expectRefusal = ({status, stderr}: Result, exit: number, seen: RegExp): void => {
	const labels = stderr
		.split('\n')
		.filter(line => (Object.values(failureLabels) as readonly string[]).map(label => `${label}:`).includes(line));
	expect({status, labels, stderr}).toMatchObject({
		status: exit,
		labels: ['What was seen:', 'What it means:', 'What to do:', 'By hand:'],
	});
	expect(stderr).toMatch(seen);
	expect(stderr).not.toMatch(/^ +at .*:\d+:\d+|defect of unroot|node:internal/mv);
};

/** The id of the run that was made since. */
export const newRun = async (desk: Desk, before: readonly string[]): Promise<string> => {
	const kept = await desk.runs();
	const added = kept.filter(id => !before.includes(id));
	expect(added).toHaveLength(1);
	return added[0] ?? '';
};

/** A run that stands before its first decision. */
export const startedRun = async (desk: Desk): Promise<string> => {
	const before = await desk.runs();
	const {status} = await desk.unroot(['migrate']);
	expect(status).toBe(4);
	return newRun(desk, before);
};

/** A run that `status` can still say something of. */
export const expectReadable = async (desk: Desk, id: string): Promise<void> => {
	const {status, stdout} = await desk.unroot(['status', id, '-o', 'json']);
	expect(status).toBe(0);
	expect(JSON.parse(stdout)).toMatchObject({run: id});
};
