import {mkdtemp, realpath, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {plainLine} from '../../failure/plain.js';
import {runOwnTool, type ToolEnvironment} from '../own-tool.js';
import type {Closure, Kustomization} from './tree.js';

/** What Kustomize makes of a folder, or why it makes nothing. */
export type Build = {readonly text: string} | {readonly why: string};

const seconds = 30;

/** What kubectl says, without the time and the place in its own code that it puts before. */
const lastWords = (stderr: string): string =>
	plainLine(stderr.trim().split('\n').slice(-2).join(' '))
		.replace(/^[A-Z]\d{4} [^\]]*\] (?:"command failed" err=)?"?/v, '')
		.slice(0, 300);

/** What a Kustomization names and this machine does not have; Kustomize would ask the network for it. */
const missingIn = async ({kustomizations}: Closure): Promise<string | undefined> => {
	for (const {bases, remote} of kustomizations) {
		if (remote.length > 0) {
			return `it takes ${remote[0]} from the network`;
		}

		for (const base of bases) {
			const status = await stat(base).catch(() => undefined);
			if (!status) {
				return `it names ${base}, which is not there`;
			}
		}
	}

	return undefined;
};

/** A Kustomization over another folder that has every object say where it comes from. */
const wrapper = (from: string, to: string): string =>
	`resources:\n- ${JSON.stringify(path.relative(from, to).split(path.sep).join('/'))}\nbuildMetadata:\n- ` +
	'originAnnotations\n';

/**
Builds a Kustomization with the operator's own kubectl. Every object says in an annotation which file it comes from,
relative to the folder that is given back. Nothing is fetched: what is not on this machine is not built.
*/
export const buildKustomization = async (
	{folder}: Kustomization,
	closure: Closure,
	environment: ToolEnvironment,
): Promise<Build & {readonly from: string}> => {
	const missing = await missingIn(closure);
	if (missing !== undefined) {
		return {why: missing, from: folder};
	}

	const made = await mkdtemp(path.join(tmpdir(), 'unroot-build-'));
	const from = await realpath(made);
	try {
		const to = await realpath(folder);
		await writeFile(path.join(from, 'kustomization.yaml'), wrapper(from, to));
		const end = await runOwnTool('kubectl', ['kustomize', from], {folder: from, environment, seconds});
		if (end.isDone) {
			return {text: end.stdout, from};
		}

		if (!end.isThere) {
			return {why: 'kubectl is not on the PATH', from};
		}

		return {
			why: end.isLate
				? `kubectl kustomize took longer than ${seconds} seconds`
				: `kubectl kustomize does not build it: ${lastWords(end.stderr)}`,
			from,
		};
	} finally {
		await rm(from, {recursive: true, force: true});
	}
};
