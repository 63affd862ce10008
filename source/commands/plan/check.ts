import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {commandLine} from '../../cluster/connection.js';
import {runOwnTool, type ToolEnd, type ToolEnvironment} from '../../documents/own-tool.js';
import {plainLine} from '../../failure/plain.js';
import type {ManifestFile} from '../../manifests/strategy.js';

/** What a tool of the operator's says of something that plan wrote. */
export type Check = {
	/** The file or folder, as it is shown. */
	readonly what: string;
	/** Such as `kubectl kustomize`. */
	readonly tool: string;
	/** `unchecked` where the tool is not there, or where what the plan was made from does not pass either. */
	readonly state: 'passed' | 'failed' | 'unchecked';
	/** The tool's version where it passed, else why it did not. */
	readonly says: string;
	readonly byHand: string;
};

/** What is to be checked, and with what. */
export type CheckInput = {
	readonly folder: string;
	/** What was written below it. */
	readonly files: readonly ManifestFile[];
	/** The chart that values are for, `@VERSION` behind it where it is not a folder or an archive. */
	readonly chart: string | undefined;
	readonly environment: ToolEnvironment;
	/** Seconds a tool may take. */
	readonly seconds?: number;
};

type Outcome = ToolEnd & {readonly says: string};
type Run = (program: string, argv: readonly string[]) => Promise<Outcome>;

/**
What is checked of one thing: the tool, how its version is asked for, the call, and the same call for what the thing was
made from.
*/
type Question = {
	readonly what: string;
	readonly tool: string;
	readonly program: string;
	readonly version: readonly string[];
	readonly argv: readonly string[];
	readonly before: readonly string[] | undefined;
	/** Objects that must be in what the tool prints. */
	readonly holds?: ReadonlyArray<{readonly kind: string; readonly name: string}>;
	readonly byHand: string;
};

const lastWords = (stderr: string): string => plainLine(stderr.trim().split('\n').slice(-3).join(' ')).slice(0, 400);

/** Runs tools in a folder of its own. */
const runnerIn =
	(folder: string, environment: CheckInput['environment'], seconds: number): Run =>
	async (program, argv) => {
		const end = await runOwnTool(program, argv, {folder, environment, seconds});
		return {
			...end,
			says: end.isLate
				? `it took longer than ${seconds} seconds`
				: lastWords(end.stderr) || `exit status ${end.exitCode ?? 'unknown'}`,
		};
	};

const chartWords = (chart: string): readonly string[] => {
	const at = chart.lastIndexOf('@');
	return at > 0 ? [chart.slice(0, at), '--version', chart.slice(at + 1)] : [chart];
};

/**
A chart by its name in a repository stays as it is; a folder or an archive is looked for from where the program was
called.
*/
const fromHere = (chart: string): string => (/^\.{0,2}\/|\.tgz$/v.test(chart) ? path.resolve(chart) : chart);

const questionOf = (file: ManifestFile, {folder, chart}: CheckInput): Question | undefined => {
	const shown = path.join(folder, file.name);
	const before = file.from && file.from.file !== 'standard input' ? path.resolve(file.from.file) : undefined;
	if (file.overlay) {
		return {
			what: path.dirname(shown),
			tool: 'kubectl kustomize',
			program: 'kubectl',
			version: ['version', '--client'],
			argv: ['kustomize', path.resolve(path.dirname(shown))],
			before: ['kustomize', path.resolve(path.dirname(file.overlay.over))],
			holds: file.overlay.holds,
			byHand: commandLine(['kubectl', 'kustomize', path.dirname(shown)]),
		};
	}

	if (file.name.startsWith('compose/')) {
		const config = (compose: string, project: string | undefined): readonly string[] => [
			'compose',
			...(project === undefined ? [] : ['--project-directory', project]),
			'--file',
			compose,
			'config',
			'--quiet',
		];
		return {
			what: shown,
			tool: 'docker compose config',
			program: 'docker',
			version: ['compose', 'version'],
			argv: config(path.resolve(shown), before && path.dirname(before)),
			before: before === undefined ? undefined : config(before, path.dirname(before)),
			byHand: commandLine(['docker', ...config(shown, file.from && path.dirname(file.from.file))]),
		};
	}

	if (file.name.startsWith('helm/')) {
		const template = (...values: readonly string[]): readonly string[] => [
			'template',
			'unroot-check',
			...chartWords(fromHere(chart ?? '')),
			...values.flatMap(value => ['--values', value]),
		];
		return {
			what: shown,
			tool: 'helm template',
			program: 'helm',
			version: ['version', '--short'],
			argv: template(path.resolve(shown)),
			before: template(...(before === undefined ? [] : [before])),
			byHand:
				chart === undefined
					? `helm template RELEASE CHART --version VERSION --values ${commandLine([shown])}`
					: commandLine(['helm', 'template', 'unroot-check', ...chartWords(chart), '--values', shown]),
		};
	}

	return undefined;
};

/** Kubectl names the version of Kustomize among others; the rest say theirs alone. */
const versionOf = (stdout: string): string =>
	plainLine(
		/Kustomize Version: *(?<version>\S+)/v.exec(stdout)?.groups?.version ??
			/(?<!\S)v?\d{1,4}\.\d[\w+\-.]*/v.exec(stdout)?.[0] ??
			'of unknown version',
	);

/** The first of the objects that is not in what Kustomize printed. */
const missingIn = (stdout: string, holds: Question['holds'] = []): string | undefined => {
	const documents = stdout.split(/^---$/mv).map(text => new Set(text.split('\n')));
	const missing = holds.find(
		({kind, name}) => !documents.some(lines => lines.has(`kind: ${kind}`) && lines.has(`  name: ${name}`)),
	);
	return missing && `${missing.kind} ${missing.name} is not in what it prints`;
};

const ask = async ({what, tool, program, version, argv, before, holds, byHand}: Question, run: Run): Promise<Check> => {
	const answer = (state: Check['state'], says: string): Check => ({
		what,
		tool,
		state,
		says,
		byHand,
	});
	const itself = await run(program, version);
	if (!itself.isDone) {
		return answer(
			'unchecked',
			itself.isThere
				? `${commandLine([program, ...version])} does not work here: ` +
						(plainLine(itself.stderr.trim().split('\n', 1)[0] ?? '') || itself.says)
				: `${program} is not on the PATH`,
		);
	}

	const after = await run(program, argv);
	if (after.isDone) {
		const missing = missingIn(after.stdout, holds);
		return missing === undefined ? answer('passed', versionOf(itself.stdout)) : answer('failed', missing);
	}

	if (after.isLate) {
		return answer('unchecked', after.says);
	}

	// What did not pass before tells nothing of the plan.
	const old = before && (await run(program, before));
	return old && !old.isDone
		? answer('unchecked', `what it was made from does not pass either: ${old.says}`)
		: answer('failed', after.says);
};

/**
Asks the operator's own tools about what was written: `kubectl kustomize` for overlays, `docker compose config` for
Compose files, `helm template` for values where their chart is known. They run in a temporary folder and change nothing;
a tool that is not there is no failure.
*/
export const checkPlan = async (input: CheckInput): Promise<readonly Check[]> => {
	const questions = input.files.map(file => questionOf(file, input)).filter(question => question !== undefined);
	if (questions.length === 0) {
		return [];
	}

	const folder = await mkdtemp(path.join(tmpdir(), 'unroot-check-'));
	try {
		const run = runnerIn(folder, input.environment, input.seconds ?? 30);
		const checks: Check[] = [];
		for (const question of questions) {
			checks.push(
				question.program === 'helm' && input.chart === undefined
					? {
							what: question.what,
							tool: question.tool,
							state: 'unchecked',
							says: 'no chart was named with --chart',
							byHand: question.byHand,
						}
					: await ask(question, run),
			);
		}

		return checks;
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};
