import path from 'node:path';
import {Failure} from '../failure/failure.js';
import type {Options} from './arguments.js';
import {readSources, throwFirst} from './documents.js';
import {summaryOf, summaryText} from './plan/summary.js';
import {writeFiles} from './plan/write.js';

/** Where `plan` reads from and prints to. */
export type PlanStreams = {
	readonly stdin: AsyncIterable<Uint8Array | string>;
	readonly stdout: {readonly write: (text: string) => unknown};
};

const byHand = 'unroot plan -f FILE... -o DIR --strategy fresh --image-tag 2109-8.3.0.0';

const usage = (seen: string, todo: string): Failure => new Failure({
	code: 'plan-usage', seen, means: 'The plan cannot be made without it. Nothing was written.', todo, byHand, exit: 'usage',
});

/** The folder to write to: `-O DIR`, or `-o DIR`, which is how the result is printed where both are given. */
const placesOf = ({values}: Options): {readonly folder: string; readonly isJson: boolean} => {
	const folder = values.out ?? values.output;
	if (folder === undefined) {
		throw usage('No folder to write to was named.', 'Name one with -o DIR.');
	}

	if (values.out !== undefined && values.output !== undefined && !['text', 'json'].includes(values.output)) {
		throw usage(`--output is «${values.output}» beside --out; it can be text or json.`, 'Name the folder once.');
	}

	return {folder, isJson: values.out !== undefined && values.output === 'json'};
};

const strategyOf = ({values}: Options): 'fresh' | 'root' => {
	if (values.strategy !== 'fresh' && values.strategy !== 'root') {
		throw usage('No strategy was named.', 'Name one: --strategy fresh (a new deployment beside the old one) or --strategy root (go on as root, on the old ports).');
	}

	return values.strategy;
};

/** A way from one folder to another as a kustomization writes it. */
const relative = (from: string, to: string): string => {
	const way = path.relative(from, to).split(path.sep).join('/');
	return way === '' ? '.' : way;
};

/**
`unroot plan`: reads manifests from files, plans the new ones for a strategy and writes them into a folder. Nothing that is there is overwritten, unless it is the same. The files it read are never changed.
@throws Failure with exit status 2 for bad input, 3 where something in the files blocks the plan
*/
export const plan = async (options: Options, {stdin, stdout}: PlanStreams): Promise<void> => {
	const {folder, isJson} = placesOf(options);
	const strategy = strategyOf(options);
	if (options.files.length === 0) {
		throw usage('No file to plan from was named.', 'Name files or folders with -f, or standard input with -f -.');
	}

	const {files, repeats, skipped} = await readSources(options.files, stdin);
	throwFirst(repeats);
	const {planFiles} = await import('../manifests/files/plan-files.js');
	const planned = planFiles({
		files, strategy, tag: options.values['image-tag'], wayTo: (overlay, file) => relative(path.resolve(folder, overlay), path.dirname(path.resolve(file))),
	});
	const written = await writeFiles(folder, planned.files);
	const summary = summaryOf(planned, folder, written, skipped);
	stdout.write(isJson ? `${JSON.stringify(summary, undefined, 2)}\n` : summaryText(summary));
};
