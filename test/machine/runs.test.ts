import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {openJournal} from '../../source/machine/journal.js';
import {listRuns} from '../../source/machine/runs.js';
import {temporaryFolder} from './temporary-folder.js';

const openRun = async (state: string, run: string, at: string): Promise<void> => {
	const journal = await openJournal(join(state, run));
	await journal.append({
		at,
		type: 'run-opened',
		format: 1,
		run,
		mode: 'rehearse',
		context: 'staging',
		namespace: 'identity',
		sandbox: false,
		program: '0.1.0',
		steps: [],
		by: 'ada',
	});
	await journal.close();
};

test('there are no runs before the first one', async () => {
	const folder = await temporaryFolder();
	expect(await listRuns(join(folder, 'unroot'))).toEqual([]);
});

test('runs are listed newest first, a damaged one last with the reason, and other folders not at all', async () => {
	const state = await temporaryFolder();
	await openRun(state, 'older', '2026-11-23T10:00:00.000Z');
	await openRun(state, 'newer', '2026-11-24T10:00:00.000Z');
	await mkdir(join(state, 'damaged'));
	await writeFile(join(state, 'damaged', 'journal.jsonl'), 'nonsense\n');
	await mkdir(join(state, 'something-else'));
	await writeFile(join(state, 'a-file'), '');
	const runs = await listRuns(state);
	expect(runs.map(({id}) => id)).toEqual(['newer', 'older', 'damaged']);
	expect(runs[0]).toMatchObject({folder: join(state, 'newer'), events: [{type: 'run-opened', run: 'newer'}]});
	expect(runs[2]).toMatchObject({failure: {code: 'journal-corrupt'}});
});
