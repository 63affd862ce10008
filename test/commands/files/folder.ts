import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseOptions} from '../../../source/commands/arguments.js';
import {runInspect, type InspectJson} from '../../../source/commands/inspect/index.js';
import {plan} from '../../../source/commands/plan/index.js';
import type {PlanSummary} from '../../../source/commands/plan/summary.js';
import type {Finding, InspectTarget} from '../../../source/ping/findings/index.js';

/** Files of an operator's in a folder of their own, and what the two commands that read files say of them. */
export type Folder = AsyncDisposable & {
	readonly path: string;
	/** What `inspect --output json` prints for a path below the folder, and its exit status. */
	readonly inspect: (at?: string, target?: InspectTarget) => Promise<InspectJson & {readonly status: number}>;
	/** What `inspect` prints as text. */
	readonly inspectText: (at?: string) => Promise<string>;
	/** Plans what is below a path: the summary, and every file that was written, by its name below the plan's folder. */
	readonly plan: (
		strategy: 'fresh' | 'root',
		options?: {readonly tag?: string; readonly at?: string},
	) => Promise<{
		readonly summary: PlanSummary;
		readonly written: Readonly<Record<string, string>>;
		readonly folder: string;
	}>;
};

const nothing = async function* (): AsyncGenerator<string> {
	yield '';
};

const filesBelow = async (folder: string): Promise<Readonly<Record<string, string>>> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	return Object.fromEntries(
		await Promise.all(
			entries
				.filter(entry => entry.isFile())
				.map(async entry => {
					const file = path.join(entry.parentPath, entry.name);
					return [path.relative(folder, file), await readFile(file, 'utf8')] as const;
				}),
		),
	);
};

/** Writes files into a new folder. */
export const folderWith = async (files: Readonly<Record<string, string>>): Promise<Folder> => {
	const root = await mkdtemp(path.join(tmpdir(), 'unroot-files-'));
	const source = path.join(root, 'source');
	for (const [name, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(source, name)), {recursive: true});
		await writeFile(path.join(source, name), text);
	}

	let plans = 0;
	const inspectAs = async (output: 'json' | 'text', at: string, target: InspectTarget) => {
		let text = '';
		const status = await runInspect({
			files: [path.join(source, at)],
			async readCluster() {
				throw new Error('The cluster was asked.');
			},
			output,
			target,
			environment: process.env,
			stdin: nothing(),
			write(part) {
				text += part;
			},
		});
		return {status, text};
	};

	return {
		path: source,
		async inspect(at = '', target = {}) {
			const {status, text} = await inspectAs('json', at, target);
			return {...(JSON.parse(text) as InspectJson), status};
		},
		async inspectText(at = '') {
			const {text} = await inspectAs('text', at, {});
			return text;
		},
		async plan(strategy, {tag = '2109-8.3.0.0', at = ''} = {}) {
			plans += 1;
			const folder = path.join(root, `plan-${plans}`);
			let text = '';
			await plan(
				parseOptions([
					'plan',
					'-f',
					path.join(source, at),
					'--out',
					folder,
					'--output',
					'json',
					'--strategy',
					strategy,
					'--image-tag',
					tag,
				]),
				{
					stdin: nothing(),
					environment: process.env,
					stdout: {
						write(part) {
							text += part;
						},
					},
				},
			);
			return {summary: JSON.parse(text) as PlanSummary, written: await filesBelow(folder), folder};
		},
		async [Symbol.asyncDispose]() {
			await rm(root, {recursive: true, force: true});
		},
	};
};

/** The codes among findings, each once. */
export const codesOf = (findings: readonly Finding[]): readonly string[] => [
	...new Set(findings.map(({code}) => code)),
];
