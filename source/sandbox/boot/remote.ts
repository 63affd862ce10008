import {Buffer} from 'node:buffer';
import {execFile} from 'node:child_process';
import process from 'node:process';
import {Readable} from 'node:stream';
import {extract} from 'tar-stream';

/** Where a profile is cloned from. An empty branch is the default one. */
type Source = {readonly url: string; readonly branch: string; readonly path: string};

/** Files by their path. */
export type Files = ReadonlyMap<string, Buffer>;

const git = async (argv: readonly string[]): Promise<Buffer | undefined> =>
	new Promise(resolve => {
		execFile(
			'git',
			argv,
			{
				encoding: 'buffer',
				maxBuffer: 64 * 1024 * 1024,
				env: {PATH: process.env.PATH, HOME: '/nonexistent', GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'file'},
			},
			(error, stdout) => {
				resolve(error ? undefined : stdout);
			},
		);
	});

const filesIn = async (archive: Buffer): Promise<Files> => {
	const files = new Map<string, Buffer>();
	const entries = extract();
	Readable.from([archive]).pipe(entries);
	for await (const entry of entries) {
		const chunks: Uint8Array[] = [];
		for await (const chunk of entry) {
			chunks.push(chunk as Uint8Array);
		}

		if (entry.header.type === 'file') {
			files.set(entry.header.name, Buffer.concat(chunks));
		}
	}

	return files;
};

/**
The files of a branch of a git repository of this machine, whole or below a folder, as a pod would find them after a
clone. Undefined where it cannot be read: no other host is reached from a sandbox.
*/
export const readRemote = async ({url, branch, path}: Source): Promise<Files | undefined> => {
	const folder = path
		.split('/')
		.filter(part => part !== '' && part !== '.')
		.join('/');
	const archive = await git([
		'archive',
		'--format=tar',
		`--remote=${url.replace(/^file:\/\//v, '')}`,
		`${branch || 'HEAD'}${folder === '' ? '' : `:${folder}`}`,
	]);
	return archive && filesIn(archive);
};
