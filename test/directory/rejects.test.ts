import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readRejects} from '../../source/directory/rejects.js';
import type {DirectoryServer} from '../../source/directory/server.js';
import {temporaryFolder} from '../machine/temporary-folder.js';
import {scriptWords, shells} from '../shells.js';

/** A server whose scripts run on this machine, or that says this. */
const serverOf = (program: string, says?: string): DirectoryServer => ({
	target: {pod: 'p', container: 'c'},
	ldapsPort: 1636,
	pods: {
		script: async (_target, script, parameters = []) => ({
			exitCode: 0,
			stderr: '',
			stdout:
				says ?? execFileSync(program, [...scriptWords(program, script), 'unroot', ...parameters], {encoding: 'utf8'}),
		}),
		run: async () => expect.unreachable(),
		byHand: () => 'by hand',
	},
});

test.each(shells)('in %s, a reject file counts for what it holds, whatever its form', async program => {
	const path = join(await temporaryFolder(), 'rejects.ldif');
	const count = async (): Promise<number> => {
		const rejects = await readRejects(serverOf(program), path);
		return rejects.count;
	};

	expect(await count()).toBe(0);
	for (const [text, expected] of [
		['', 0],
		['something that nobody knows', 1],
		['\n', 1],
		['# Entry uid=a read from LDIF starting at line 1 is odd\n\n# Unable to parse LDIF entry starting at line 9\n', 2],
		['# odd\ndn: uid=a\n\n# odd\ndn:: dWlkPWI=\n\ndn: uid=c\n', 3],
		['# Entry uid=a read from LDIF starting at line 1 is odd\ndn: uid=a\n', 1],
	] as const) {
		writeFileSync(path, text);
		expect(await count(), text).toBe(expected);
	}
});

test.each(['', '12\n1\n', 'x\n0\n0\n', '0\n-1\n0\n', ' \n0\n0\n'])(
	'an answer like «%s» counts nothing, and that is no 0',
	async says => {
		await expect(readRejects(serverOf('sh', says), '/r')).rejects.toMatchObject({parts: {code: 'rejects-unreadable'}});
	},
);
