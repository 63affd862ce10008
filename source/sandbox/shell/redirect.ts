import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import {fileReader, fileWriter, inherit, releaseAll, share, type Descriptor} from '../processes/descriptor.js';
import {expandText, type Substitute} from './expand.js';
import {viewOf, type Flow, type Shell} from './shell.js';
import type {Redirect} from './syntax.js';

/** A shell with its way to run what stands in `$(…)`. */
type Context = {readonly shell: Shell; readonly substitute: Substitute};

const duplicate = (descriptors: ReadonlyMap<number, Descriptor>, target: string): Descriptor => {
	const found =
		target === '-'
			? share({
					read: async () => undefined,
					async write() {
						/* closed */
					},
				})
			: descriptors.get(Number(target));
	if (!found) {
		throw Object.assign(new Error(`${target}: Bad file descriptor`), {code: 'ENOENT'});
	}

	if (target !== '-') {
		found.retain();
	}

	return found;
};

const openRedirect = async (
	{shell, substitute}: Context,
	descriptors: ReadonlyMap<number, Descriptor>,
	{operator, target}: Redirect,
): Promise<Descriptor> => {
	const path = await expandText(shell, target, substitute);
	if (operator === '>&' || operator === '<&') {
		return duplicate(descriptors, path);
	}

	try {
		const view = viewOf(shell);
		return operator === '<'
			? fileReader(view.open(path, {read: true}))
			: fileWriter(view.open(path, {write: true, truncate: operator === '>'}), operator === '>>');
	} catch (error) {
		if (isFileError(error)) {
			const isWrite = operator !== '<';
			const text =
				isWrite && error.code === 'ENOENT'
					? 'nonexistent directory'
					: error.message.replace('No such file', 'no such file');
			error.message = `can't ${isWrite ? 'create' : 'open'} ${path}: ${text}`;
		}

		throw error;
	}
};

/** Says on standard error what file cannot be opened, which ends a command and not the shell. */
const telling = async ({shell}: Context, body: () => Promise<Flow>): Promise<Flow> => {
	try {
		return await body();
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		await shell.process.interruptible(
			shell.descriptors.get(2)?.write(Buffer.from(`sh: ${error.message}\n`)) ?? Promise.resolve(),
		);
		return {status: 1};
	}
};

/** Runs with other descriptors and puts the old ones back. */
export const withRedirects = async (
	context: Context,
	redirects: readonly Redirect[],
	body: () => Promise<Flow>,
): Promise<Flow> =>
	telling(context, async () => {
		const {shell} = context;
		const old = shell.descriptors;
		const changed = inherit(old);
		try {
			for (const redirect of redirects) {
				const opened = await openRedirect(context, changed, redirect);
				changed.get(redirect.descriptor)?.release();
				changed.set(redirect.descriptor, opened);
			}

			shell.descriptors = changed;
			return await body();
		} finally {
			shell.descriptors = old;
			releaseAll(changed);
		}
	});

/** `exec` with nothing but redirections: they stay. */
export const keepRedirects = async (context: Context, redirects: readonly Redirect[]): Promise<Flow> => {
	const {descriptors} = context.shell;
	for (const redirect of redirects) {
		const opened = await openRedirect(context, descriptors, redirect);
		descriptors.get(redirect.descriptor)?.release();
		descriptors.set(redirect.descriptor, opened);
	}

	return {status: 0};
};

/**
Runs what a process does last: the old descriptors are let go, so that whoever reads a pipe does not wait for a
background command that writes elsewhere.
*/
export const lastRedirects = async (
	context: Context,
	redirects: readonly Redirect[],
	body: () => Promise<Flow>,
): Promise<Flow> =>
	telling(context, async () => {
		await keepRedirects(context, redirects);
		return body();
	});
