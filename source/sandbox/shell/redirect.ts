import {Buffer} from 'node:buffer';
import {isFileError} from '../files/file-error.js';
import {
	fileReader,
	fileWriter,
	inherit,
	releaseAll,
	share,
	type Descriptor,
} from '../processes/descriptor.js';
import {expandText, type Substitute} from './expand.js';
import {viewOf, type Flow, type Shell} from './shell.js';
import type {Redirect} from './syntax.js';

/** A shell with its way to run what stands in `$(…)`. */
type Context = {readonly shell: Shell; readonly substitute: Substitute};

const duplicate = (descriptors: ReadonlyMap<number, Descriptor>, target: string): Descriptor => {
	const found = target === '-' ? share({read: async () => undefined, async write() {/* closed */}}) : descriptors.get(Number(target));
	if (!found) {
		throw Object.assign(new Error(`${target}: Bad file descriptor`), {code: 'ENOENT'});
	}

	if (target !== '-') {
		found.retain();
	}

	return found;
};

const openRedirect = async ({shell, substitute}: Context, descriptors: ReadonlyMap<number, Descriptor>, {operator, target}: Redirect): Promise<Descriptor> => {
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
			const text = isWrite && error.code === 'ENOENT' ? 'nonexistent directory' : error.message.replace('No such file', 'no such file');
			error.message = `can't ${isWrite ? 'create' : 'open'} ${path}: ${text}`;
		}

		throw error;
	}
};

/** Runs with other descriptors and puts the old ones back. Where the process has nothing else to do (`isOwn`) they are let go first, as by a process that becomes a program: whoever reads a pipe does not wait for a background command that writes elsewhere. */
export const withRedirects = async (context: Context, redirects: readonly Redirect[], isOwn: boolean, body: () => Promise<Flow>): Promise<Flow> => {
	if (redirects.length === 0) {
		return body();
	}

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
		if (isOwn) {
			releaseAll(old);
		}

		return await body();
	} catch (error) {
		if (!isFileError(error)) {
			throw error;
		}

		const said = isOwn ? shell.descriptors : old;
		await shell.process.interruptible(said.get(2)?.write(Buffer.from(`sh: ${error.message}\n`)) ?? Promise.resolve());
		return {status: 1};
	} finally {
		if (shell.descriptors !== changed || !isOwn) {
			shell.descriptors = old;
			releaseAll(changed);
		}
	}
};

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
