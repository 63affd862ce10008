import {chmod, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import process from 'node:process';
import {expect, onTestFinished} from 'vitest';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {
	answersFile,
	environmentOf,
	onlyRun,
	runProgram,
	temporaryHome,
	temporarySandbox,
	type Ended,
} from './program.js';
import {startProgram as startAtTerminal, type Frame, type ProgramTerminal} from './terminal.js';

/** The password of the sandbox's administrator: it has what a shell or curl could stumble over. */
export const password = String.raw`sandbox "admin" pass\word`;

/** A migration of an administration node. */
export type Migration = {
	readonly home: string;
	readonly repository: string;
	readonly sandbox: Sandbox;
	/** To its end, with a file that holds the password. */
	readonly migrate: (given?: string, answers?: Readonly<Record<string, string>>) => Promise<Ended>;
	readonly resume: (given: string, answers?: Readonly<Record<string, string>>) => Promise<Ended>;
	/** With nobody to ask, and no file. */
	readonly resumeAlone: () => Promise<Ended>;
	/** On a terminal, where the password alone is asked for. */
	readonly atTerminal: (words: readonly string[], onFrame: (frame: Frame) => void) => Promise<ProgramTerminal>;
	readonly folder: () => Promise<string>;
	readonly argv: () => Promise<string>;
};

/**
Passes on to the real tool, and writes down its arguments first: what stands there could be read by every process of the
machine.
*/
const recorder = '#!/bin/sh\nprintf \'%s\\n\' "$0" "$@" >>"$HOME/argv.log"\nPATH="$REAL_PATH" exec "${0##*/}" "$@"\n';

const recordedTools = async (home: string): Promise<string> => {
	const folder = join(home, 'bin');
	await mkdir(folder);
	for (const name of ['kubectl', 'git']) {
		await writeFile(join(folder, name), recorder);
		await chmod(join(folder, name), 0o755);
	}

	return folder;
};

/** What the administration node is in the sandbox, as in the chart. */
const kinds = {pingfederate: 'Deployment', pingaccess: 'StatefulSet'} as const;

/** The name of the pod that the old administration node runs in. */
export const adminPod = (sandbox: Sandbox, product: keyof typeof kinds): string =>
	sandbox.objects('Pod', 'identity').find(({metadata}) => metadata.labels?.role === `${product}-admin`)?.metadata
		.name ?? 'none';

/**
Lays out a migration of the administration node of a product, by an operator who has seen, or has not, that the new
server has its configuration.
*/
export const administration = async (
	product: 'pingfederate' | 'pingaccess',
	image: string,
	isSeen = true,
): Promise<Migration> => {
	const home = await temporaryHome();
	const sandbox = await temporarySandbox({scenario: product});
	const repository = join(home, 'profiles');
	const file = join(home, 'password');
	const {PATH = ''} = process.env;
	const env = {PATH: [await recordedTools(home), PATH].join(delimiter), REAL_PATH: PATH};
	const common = {
		workload: `${kinds[product]}/${product}-admin`,
		strategy: 'fresh',
		image,
		'profile-repository': repository,
		'profile-path': product,
		'profile-method': 'export',
		'profile-admin-user': 'administrator',
		'manifests-commit': 'commit',
		...(isSeen && {'configuration-seen': product}),
		'cut-over': 'identity',
	};
	const alone = async (words: readonly string[], answers: Readonly<Record<string, string>>): Promise<Ended> =>
		runProgram({
			home,
			sandbox,
			env,
			args: [...words, '--yes', '--answers', await answersFile(home, answers)],
		});
	const run = async (
		given: string,
		words: readonly string[],
		answers: Readonly<Record<string, string>> = {},
	): Promise<Ended> => {
		await writeFile(file, given, {mode: 0o600});
		return alone(words, {...common, 'profile-admin-password-file': file, ...answers});
	};

	return {
		home,
		repository,
		sandbox,
		migrate: async (given = `${password}\n`, answers = {}) => run(given, ['migrate'], answers),
		resume: async (given, answers = {}) => run(given, ['resume', await onlyRun(home)], answers),
		resumeAlone: async () => alone(['resume', await onlyRun(home)], common),
		async atTerminal(words, onFrame) {
			const environment = (await environmentOf(home, sandbox, {...env, TERM: 'xterm-256color'})) as Readonly<
				Record<string, string>
			>;
			return startAtTerminal([...words, '--answers', await answersFile(home, common)], {
				onTestFinished,
				environment,
				onFrame,
			});
		},
		folder: async () => onlyRun(home),
		argv: async () => readFile(join(home, 'argv.log'), 'utf8'),
	};
};

/** Every file below a folder, with its text. */
export const filesBelow = async (folder: string): Promise<ReadonlyMap<string, string>> => {
	const entries = await readdir(folder, {recursive: true, withFileTypes: true});
	const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
	return new Map(await Promise.all(paths.map(async path => [path, await readFile(path, 'utf8')] as const)));
};

/** The values of the profile's variables, as the run keeps them. */
export const variablesOf = async (run: string): Promise<ReadonlyMap<string, string>> => {
	const text = await readFile(join(run, 'secrets', 'profile.env'), 'utf8');
	return new Map(
		text
			.split('\n')
			.filter(Boolean)
			.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
	);
};

/** What envsubst does. */
export const expand = (text: string, values: ReadonlyMap<string, string>): string =>
	text.replaceAll(/\$\{(?<name>[A-Z_a-z]\w*)\}/gv, (_whole, name: string) =>
		name === 'DOLLAR' ? '$' : (values.get(name) ?? 'missing'),
	);

/** Files among the run's secrets that only the operator can read. */
export const expectPrivate = async (run: string, ...names: readonly string[]): Promise<void> => {
	for (const name of names) {
		const {mode} = await stat(join(run, 'secrets', name));
		expect(mode & 0o777, name).toBe(0o600);
	}
};

/**
What was told, and every file of the run but its secrets and data, hold none of the secrets; the password stands nowhere
at all, as it is or as curl and JSON write it.
*/
export const expectUntold = async (run: string, told: readonly string[], secrets: readonly string[]): Promise<void> => {
	const files = await filesBelow(run);
	const readable = [...files]
		.filter(([path]) => ['secrets', 'data'].every(folder => !path.startsWith(join(run, folder))))
		.map(([, text]) => text);
	for (const text of [...told, ...readable]) {
		for (const secret of secrets) {
			expect(text).not.toContain(secret);
		}
	}

	for (const text of [...told, ...files.values()]) {
		expect(text).not.toMatch(/admin\\*" pass/v);
	}
};
