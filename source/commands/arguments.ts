import {parseArgs} from 'node:util';
import {Failure} from '../failure/failure.js';
import {didYouMean} from './suggestion.js';

/** The flags, the same for every command. */
export const flags = {
	run: {type: 'string', value: 'RUN', says: 'a run, new or known; see below'},
	context: {type: 'string', value: 'NAME', says: 'the context of the kubeconfig'},
	namespace: {
		type: 'string',
		short: 'n',
		value: 'NAME',
		says: 'the namespace of the workloads',
	},
	'all-namespaces': {type: 'boolean', short: 'A', says: 'the workloads of all namespaces, or their runs'},
	as: {type: 'string', value: 'USER', says: 'acts as this user, as kubectl does'},
	'as-group': {type: 'string', multiple: true, value: 'GROUP', says: 'and as a member of this group; may be repeated'},
	'request-timeout': {
		type: 'string',
		value: 'TIME',
		says: 'how long one request of the API may take, such as 10s or 1m',
	},
	kubeconfig: {type: 'string', value: 'FILE', says: 'the kubeconfig; else KUBECONFIG, else ~/.kube/config'},
	strategy: {type: 'string', value: 'fresh|root', says: 'fresh deployment, or keep running as root'},
	'image-tag': {type: 'string', value: 'TAG', says: 'the tag to migrate to, such as 2109-8.3.0.0'},
	repo: {type: 'string', value: 'DIR', says: 'the git repository for the server profile'},
	answers: {type: 'string', value: 'FILE', says: 'answers to the questions, as a rehearsal keeps them'},
	certificate: {type: 'string', value: 'FILE', says: "the rehearsal's certificate; else the one beside the answers"},
	'freeze-budget': {type: 'string', value: 'TIME', says: 'for how long writes may be refused, such as 90s, 5m or 1h'},
	yes: {type: 'boolean', short: 'y', says: 'take the recommended answers'},
	severity: {
		type: 'string',
		value: 'blocks|warns|informs',
		says: 'the findings that inspect shows: these and worse',
	},
	selector: {
		type: 'string',
		short: 'l',
		value: 'SELECTOR',
		says: 'workloads by their labels, such as role=pingdirectory',
	},
	workload: {
		type: 'string',
		value: 'KIND/NAME',
		says: 'one workload of several, such as statefulset/pingdirectory',
	},
	file: {
		type: 'string',
		short: 'f',
		multiple: true,
		value: 'FILE',
		says: 'a manifest, a folder of them, or - for standard input',
	},
	out: {
		type: 'string',
		short: 'O',
		value: 'DIR',
		says: 'where plan writes',
	},
	chart: {
		type: 'string',
		value: 'CHART',
		says: 'the chart that plan renders its values with, such as pingidentity/ping-devops@0.9.10',
	},
	output: {
		type: 'string',
		short: 'o',
		value: 'text|json|yaml|wide|html',
		says: 'how the result is printed; for plan, the folder it writes to',
	},
	sandbox: {type: 'boolean', says: 'rehearse on the embedded sandbox'},
	'take-over': {type: 'boolean', says: 'take the namespace over from another run'},
	'passphrase-file': {type: 'string', value: 'FILE', says: 'opens a sealed copy'},
	entries: {type: 'string', value: 'N', says: "how many entries the sandbox's directory has"},
	replicas: {type: 'string', value: 'N', says: "how many replicas the sandbox's directory has (1 to 5)"},
	backends: {type: 'string', value: 'N', says: "how many backends the sandbox's directory has (1 to 3)"},
	port: {type: 'string', value: 'N', says: 'the port the sandbox serves on'},
	idle: {type: 'string', value: 'SECONDS', says: 'the sandbox ends after so long without a request'},
	'no-color': {type: 'boolean', says: 'no colour; NO_COLOR says the same'},
	help: {type: 'boolean', short: 'h', says: 'this text'},
	version: {type: 'boolean', short: 'v', says: 'the version'},
} as const;

type FlagName = keyof typeof flags;

/** The sub-commands, in the order of the help text, and how many words each takes after its name. */
export const commands = [
	{name: 'migrate', usage: 'unroot migrate', says: 'start in a namespace, step by step'},
	{
		name: 'resume',
		words: 1,
		usage: 'unroot resume [RUN]',
		says: 'go on with a run that was interrupted',
	},
	{name: 'rehearse', usage: 'unroot rehearse [--sandbox]', says: 'the same on staging, or on the embedded sandbox'},
	{
		name: 'inspect',
		yaml: true,
		usage: 'unroot inspect [-f FILE...]',
		says: 'what will break, read-only, of a cluster or of files',
	},
	{name: 'plan', usage: 'unroot plan -f FILE... -o DIR', says: 'the new manifests for a strategy, from files alone'},
	{
		name: 'status',
		yaml: true,
		words: 1,
		usage: 'unroot status [RUN]',
		says: 'where a run stands',
	},
	{
		name: 'workloads',
		yaml: true,
		wide: true,
		usage: 'unroot workloads [-n NAME | -A]',
		says: 'the Ping workloads, and where the move of each stands',
	},
	{
		name: 'runs',
		yaml: true,
		wide: true,
		usage: 'unroot runs [-n NAME | -A]',
		says: 'the runs that are kept here, and where each stands',
	},
	{
		name: 'verify',
		yaml: true,
		words: 1,
		usage: 'unroot verify [RUN]',
		says: 'check again, against the cluster, what a run says is done',
	},
	{
		name: 'rollback',
		words: 1,
		usage: 'unroot rollback [RUN]',
		says: 'go back: clients on the old server, which takes writes',
	},
	{
		name: 'unfreeze',
		words: 1,
		usage: 'unroot unfreeze [RUN]',
		says: 'let servers take writes again; the run stays where it is',
	},
	{
		name: 'report',
		yaml: true,
		html: true,
		words: 1,
		usage: 'unroot report [RUN]',
		says: 'what was decided, done and proved',
	},
	{
		name: 'ldif',
		words: 3,
		usage: 'unroot ldif digest FILE | diff A B | unseal FILE',
		says: 'the canonical digest, a comparison, a sealed copy opened',
	},
	{
		name: 'completion',
		words: Infinity,
		usage: 'unroot completion bash|zsh|fish',
		says: 'completion for a shell',
	},
	{
		name: 'questions',
		usage: 'unroot questions',
		says: 'an answers file with every question, its choices and its default',
	},
	{name: 'sandbox', usage: 'unroot sandbox', says: 'serve the sandbox and print its KUBECONFIG'},
] as const;

/** The name of a sub-command; `wizard` is the program called without one. */
export type CommandName = (typeof commands)[number]['name'] | 'wizard';

/** How a result may be printed. */
const outputs: readonly string[] = ['text', 'json', 'yaml'] satisfies readonly Output[];

/** How a result is printed. */
export type Output = 'text' | 'json' | 'yaml';

const isOutput = (word: string): word is Output => outputs.includes(word);

/** What was typed. */
export type Options = {
	readonly command: CommandName;
	readonly positionals: readonly string[];
	readonly help: boolean;
	readonly version: boolean;
	readonly output: Output;
	/** Whether a table is printed with all its columns. */
	readonly isWide: boolean;
	/** Whether the report is printed as a page of HTML. */
	readonly isPage: boolean;
	readonly files: readonly string[];
	readonly yes: boolean;
	readonly sandbox: boolean;
	readonly takeOver: boolean;
	/** The groups of `--as-group`. */
	readonly asGroups: readonly string[];
	/** Seconds of `--request-timeout`. */
	readonly requestSeconds?: number;
	readonly allNamespaces: boolean;
	readonly values: Readonly<Partial<Record<FlagName, string>>>;
};

/** Words as they are listed in a sentence, such as `text, json or yaml`. */
const listed = (words: readonly string[]): string => words.join(', ').replace(/, (?<last>[^,]+)$/v, ' or $<last>');

const textsOf = (value: unknown): readonly string[] =>
	Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];

/** Seconds of a time such as `10s`, `1m` or `30`; 0 where it is none. */
const secondsOf = (text: string): number => {
	const {count = '0', unit} = /^(?<count>[1-9]\d{0,4})(?<unit>[ms])?$/v.exec(text)?.groups ?? {};
	return Number(count) * (unit === 'm' ? 60 : 1);
};

const usageFailure = (seen: string): Failure =>
	new Failure({
		code: 'usage',
		seen,
		means: 'The call was not understood. Nothing was done.',
		todo: 'Look at the help text.',
		byHand: 'unroot --help',
		exit: 'usage',
	});

/**
Reads the words after `unroot`. Unknown commands, flags and values are a Failure with exit status 2.
*/
export const parseOptions = (words: readonly string[]): Options => {
	const options = Object.fromEntries(
		Object.entries(flags).map(([name, flag]) => [
			name,
			{
				type: flag.type,
				...('short' in flag && {short: flag.short}),
				...('multiple' in flag && {multiple: flag.multiple}),
			},
		]),
	);
	let parsed;
	try {
		parsed = parseArgs({
			args: [...words],
			options,
			allowPositionals: true,
			strict: true,
		});
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		const unknown = /^Unknown option '--(?<name>[^']+)'/v.exec(message)?.groups?.name;
		throw usageFailure(
			unknown === undefined
				? message
				: `There is no flag --${unknown}.${didYouMean(
						`--${unknown}`,
						Object.keys(flags).map(name => `--${name}`),
					)}`,
		);
	}

	const isHelp = parsed.values.help === true || parsed.positionals[0] === 'help';
	const [first, ...positionals] = parsed.positionals[0] === 'help' ? parsed.positionals.slice(1) : parsed.positionals;
	const command = commands.find(({name}) => name === first);
	if (first !== undefined && !command) {
		throw usageFailure(
			`There is no command «${first}».${didYouMean(
				first,
				commands.map(({name}) => name),
			)}`,
		);
	}

	const most = command && 'words' in command ? command.words : 0;
	if (positionals.length > most) {
		const unexpected = positionals.slice(most).map(word => `«${word}»`);
		throw usageFailure(
			`Unexpected ${unexpected.length === 1 ? 'argument' : 'arguments'} after «${first ?? 'unroot'}»: ` +
				`${unexpected.join(', ')}. Is a flag missing before it?`,
		);
	}

	const values = Object.fromEntries(
		Object.entries(parsed.values).filter(([, value]) => typeof value === 'string'),
	) as Partial<Record<FlagName, string>>;
	const isWideToo = command !== undefined && 'wide' in command;
	const isWide = isWideToo && values.output === 'wide';
	const isPageToo = command !== undefined && 'html' in command;
	const isPage = isPageToo && values.output === 'html';
	const output = command?.name === 'plan' || isWide || isPage ? 'text' : (values.output ?? 'text');
	const isYamlToo = command !== undefined && 'yaml' in command;
	if (output === 'yaml' && !isYamlToo) {
		throw usageFailure(
			'--output yaml is for the commands that print one result: ' +
				`${commands.flatMap(one => ('yaml' in one ? [one.name] : [])).join(', ')}.`,
		);
	}

	if (!isOutput(output)) {
		const possible = [
			'text',
			'json',
			...(isYamlToo ? ['yaml'] : []),
			...(isWideToo ? ['wide'] : []),
			...(isPageToo ? ['html'] : []),
		];
		throw usageFailure(`--output is «${output}»; it can be ${listed(possible)}.`);
	}

	const asGroups = textsOf(parsed.values['as-group']);
	if (asGroups.length > 0 && values.as === undefined) {
		throw usageFailure('--as-group needs --as: a group is impersonated together with a user.');
	}

	const requestSeconds = values['request-timeout'] === undefined ? undefined : secondsOf(values['request-timeout']);
	if (requestSeconds === 0) {
		throw usageFailure(
			`--request-timeout is «${values['request-timeout'] ?? ''}»; it can be a time such as 10s or 1m.`,
		);
	}

	if (values.severity !== undefined && !['blocks', 'warns', 'informs'].includes(values.severity)) {
		throw usageFailure(`--severity is «${values.severity}»; it can be blocks, warns or informs.`);
	}

	if (values.strategy && values.strategy !== 'fresh' && values.strategy !== 'root') {
		throw usageFailure(`--strategy is «${values.strategy}»; it can be fresh or root.`);
	}

	return {
		command: command?.name ?? 'wizard',
		positionals,
		help: isHelp,
		version: parsed.values.version === true,
		output,
		isWide,
		isPage,
		files: textsOf(parsed.values.file),
		yes: parsed.values.yes === true,
		sandbox: parsed.values.sandbox === true,
		asGroups,
		...(requestSeconds !== undefined && {requestSeconds}),
		takeOver: parsed.values['take-over'] === true,
		allNamespaces: parsed.values['all-namespaces'] === true,
		values,
	};
};
