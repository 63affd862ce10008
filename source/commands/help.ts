import {commands, flags, type CommandName} from './arguments.js';

/** Two calls of each command, as an operator would type them. */
const examples: Readonly<Record<Exclude<CommandName, 'wizard'>, readonly [string, string]>> = {
	migrate: [
		'unroot migrate --context production --namespace identity',
		'unroot migrate --answers answers.yaml --yes --output json',
	],
	resume: ['unroot resume', 'unroot resume 20261130-0200-4f1c'],
	rehearse: ['unroot rehearse --sandbox', 'unroot rehearse --context staging --namespace identity'],
	inspect: ['unroot inspect --namespace identity', 'kubectl get statefulset,service -o yaml | unroot inspect -f -'],
	plan: [
		'unroot plan -f manifests -o new --strategy fresh --image-tag 2109-8.3.0.0',
		'unroot plan -f values.yaml -o new --strategy root --chart pingidentity/ping-devops@0.9.10',
	],
	status: ['unroot status', 'unroot status 20261130-0200-4f1c --output json'],
	workloads: ['unroot workloads --namespace identity', 'unroot workloads --all-namespaces --output wide'],
	runs: ['unroot runs', 'unroot runs --namespace identity --output yaml'],
	verify: ['unroot verify', 'unroot verify 20261130-0200-4f1c --output json'],
	rollback: ['unroot rollback', 'unroot rollback 20261130-0200-4f1c'],
	unfreeze: ['unroot unfreeze', 'unroot unfreeze 20261130-0200-4f1c --output json'],
	report: ['unroot report', 'unroot report 20261130-0200-4f1c --output html >report.html'],
	ldif: ['unroot ldif digest userRoot.ldif', 'unroot ldif diff before.ldif after.ldif'],
	questions: ['unroot questions >answers.yaml', 'unroot questions | grep -A1 freeze'],
	sandbox: ['unroot sandbox', 'unroot sandbox --entries 20000 --port 6443'],
	completion: ['source <(unroot completion bash)', 'unroot completion fish >~/.config/fish/completions/unroot.fish'],
};

const exits =
	'Exit status: 0 done, 1 failed, 2 usage, 3 blocked by a finding, 4 an answer is missing, 130 interrupted and ' +
	'resumable.';

const flagLines = (): readonly string[] =>
	Object.entries(flags).map(([name, flag]) => {
		const short = 'short' in flag ? `-${flag.short}, ` : ' '.repeat(4);
		return `  ${`${short}--${name}${'value' in flag ? ` ${flag.value}` : ''}`.padEnd(30)} ${flag.says}`;
	});

/** The help text of the program. */
export const helpText = (): string =>
	[
		'unroot: moves Ping Identity workloads from images that run as root to images that do not.',
		'',
		`  ${'unroot'.padEnd(48)} the wizard: start, resume or rehearse`,
		...commands.map(({usage, says}) => `  ${usage.padEnd(48)} ${says}`),
		'',
		'Flags, the same for every command:',
		...flagLines(),
		'',
		'RUN is the name or the id of a run among those that are kept or, with a / in it (or as . and ..), a ' +
			'folder: migrate --run ./RUN makes it here.',
		'unroot COMMAND --help shows two examples of a command.',
		'',
		exits,
		'',
	].join('\n');

/** The help text of one command, with two examples. */
export const helpOf = (name: Exclude<CommandName, 'wizard'>): string => {
	const command = commands.find(one => one.name === name);
	return [
		`${command?.usage ?? name}: ${command?.says ?? ''}.`,
		'',
		'Examples:',
		...examples[name].map(example => `  ${example}`),
		'',
		'unroot --help lists the flags.',
		exits,
		'',
	].join('\n');
};
