import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {temporaryDesk, projectFolder} from './desk.js';

const desk = await temporaryDesk();

test.each(['--version', '-v'])('%s prints the version, the commit it was built from, and nothing else', async flag => {
	const {version} = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8')) as {
		readonly version: string;
	};
	const {status, stdout, stderr} = await desk.unroot([flag]);
	expect({status, stderr}).toEqual({status: 0, stderr: ''});
	expect(stdout.replace(/ \(commit [\da-f]{12}\)/v, '')).toBe(`${version}\n`);
});

test('--help names every command and the exit statuses, on stdout', async () => {
	const {status, stdout, stderr} = await desk.unroot(['--help']);
	expect({status, stderr}).toEqual({status: 0, stderr: ''});
	for (const name of [
		'migrate',
		'resume',
		'rehearse',
		'inspect',
		'plan',
		'status',
		'verify',
		'rollback',
		'report',
		'ldif',
		'sandbox',
	]) {
		expect(stdout).toContain(`unroot ${name}`);
	}

	expect(stdout).toContain('130 interrupted and resumable');
});

test('inspect of the cluster ends with 3 for an image before 2103, and JSON is alone on stdout', async () => {
	const {status, stdout} = await desk.unroot(['inspect', '-o', 'json']);
	expect(status).toBe(3);
	expect(JSON.parse(stdout)).toMatchObject({
		blocked: true,
		inventory: {workloads: [{name: 'pingdirectory', side: 'old'}]},
	});
});
