import path from 'node:path';
import {readComposeFiles} from '../../documents/compose-files.js';
import {readSources, throwFirst} from '../../documents/index.js';
import {Failure} from '../../failure/failure.js';
import type {Options} from '../arguments.js';
import {checkPlan, type Check} from './check.js';
import {summaryOf, summaryText} from './summary.js';
import {notPlannedIn, sortForPlan} from './worlds.js';
import {writeFiles} from './write.js';

/** Where `plan` reads from and prints to. */
export type PlanStreams = {
	readonly stdin: AsyncIterable<Uint8Array | string>;
	readonly stdout: {readonly write: (text: string) => unknown};
	/** Where the operator's own tools are found. */
	readonly environment: Readonly<Record<string, string | undefined>>;
};

const byHand = 'unroot plan -f FILE... -o DIR --strategy fresh --image-tag 2109-8.3.0.0';

const usage = (seen: string, todo: string): Failure =>
	new Failure({
		code: 'plan-usage',
		seen,
		means: 'The plan cannot be made without it. Nothing was written.',
		todo,
		byHand,
		exit: 'usage',
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
		throw usage(
			'No strategy was named.',
			'Name one: --strategy fresh (a new deployment beside the old one) or --strategy root (go on as root, on ' +
				'the old ports).',
		);
	}

	return values.strategy;
};

/** A way from one folder to another as a kustomization writes it. */
const relative = (from: string, to: string): string => {
	const way = path.relative(from, to).split(path.sep).join('/');
	return way === '' ? '.' : way;
};

const checkFailed = ([first, ...others]: readonly Check[]): void => {
	if (first) {
		throw new Failure({
			code: 'plan-check-failed',
			seen: `${first.tool} does not take ${first.what}: ${first.says}.`,
			means:
				'The plan is written, but it is not right yet, or that version of the tool cannot read it. What it was ' +
				'made from passes.',
			todo:
				'Look at what the tool says, correct the file by hand or plan from other files, and check again. The files ' +
				'were left where they are.',
			byHand: first.byHand,
			details: others.map(({tool, what, says}) => `${tool} does not take ${what}: ${says}`),
		});
	}
};

/**
`unroot plan`: reads manifests from files, plans the new ones for a strategy, writes them into a folder and has the
operator's own tools check them. Nothing that is there is overwritten, unless it is the same. The files it read are
never changed.
@throws Failure with exit status 2 for bad input, 3 where something in the files blocks the plan, 1 where a tool does
  not take what was written
*/
export const plan = async (options: Options, {stdin, stdout, environment}: PlanStreams): Promise<void> => {
	const {folder, isJson} = placesOf(options);
	const strategy = strategyOf(options);
	if (options.files.length === 0) {
		throw usage('No file to plan from was named.', 'Name files or folders with -f, or standard input with -f -.');
	}

	const {files, repeats, skipped} = await readSources(options.files, stdin);
	const [{planFiles}, {secretsInDocument}, {withoutLiterals}] = await Promise.all([
		import('../../manifests/files/plan-files.js'),
		import('../../manifests/secrets/documents.js'),
		import('./literals.js'),
	]);
	const {worlds, notBuilt} = await sortForPlan(files, environment);
	const {surroundings} = await readComposeFiles(files);
	const left = [...skipped, ...notBuilt, ...notPlannedIn(files)];
	const whole = planFiles({
		files,
		told: left.map(({file, why}) => `${file}: ${why}`),
		worlds,
		surroundings,
		strategy,
		tag: options.values['image-tag'],
		wayTo: (overlay, file) => relative(path.resolve(folder, overlay), path.dirname(path.resolve(file))),
	});
	const found = files.flatMap(({documents}) => documents.flatMap(({value}) => secretsInDocument(value)));
	const planned = withoutLiterals(whole, found);
	const edited = new Set(planned.files.map(({from}) => from?.file));
	throwFirst(repeats.filter(({file}) => edited.has(file)));
	const written = await writeFiles(folder, planned.files);
	const checks = await checkPlan({
		folder,
		files: planned.files,
		chart: options.values.chart,
		environment,
	});
	const summary = summaryOf(planned, {
		folder,
		written,
		skipped: left,
		checks,
	});
	stdout.write(isJson ? `${JSON.stringify(summary, undefined, 2)}\n` : summaryText(summary));
	checkFailed(checks.filter(({state}) => state === 'failed'));
};
