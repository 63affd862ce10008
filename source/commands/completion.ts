import {exitStatus, Failure} from '../failure/failure.js';
import {listRuns} from '../machine/runs.js';
import {commands, flags} from './arguments.js';
import {runsFolder} from './runs.js';
import type {Surroundings} from './surroundings.js';

/** Commands that take the name of a run. */
const takesRun = new Set(['resume', 'status', 'verify', 'rollback', 'report', 'unfreeze']);

/** What may stand after a word, where that is a small set. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
	'--strategy': ['fresh', 'root'],
	'--severity': ['blocks', 'warns', 'informs'],
	'--output': ['text', 'json', 'yaml', 'wide'],
	'-o': ['text', 'json', 'yaml', 'wide'],
};

/** Words that follow a command. */
const wordsAfter: Readonly<Record<string, readonly string[]>> = {
	ldif: ['digest', 'diff', 'unseal'],
	completion: ['bash', 'zsh', 'fish'],
	help: commands.map(({name}) => name),
};

/** What could be typed in the place of the last word, given those before it. Files are left to the shell. */
export const candidatesFor = (words: readonly string[], runs: readonly string[]): readonly string[] => {
	const last = words.at(-1) ?? '';
	const before = words.at(-2) ?? '';
	const command = words.slice(0, -1).find(word => !word.startsWith('-'));
	const all =
		valuesOf[before] ??
		(last.startsWith('-')
			? Object.keys(flags).map(name => `--${name}`)
			: before === '--run' || takesRun.has(command ?? '')
				? runs
				: command === undefined
					? commands.map(({name}) => name)
					: (wordsAfter[command] ?? []));
	return all.filter(word => word.startsWith(last));
};

const scripts: Readonly<Record<string, string>> = {
	bash: `# unroot: completion for bash. In ~/.bashrc: source <(unroot completion bash)
_unroot() {
	local IFS=$'\\n'
	COMPREPLY=($(unroot completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _unroot unroot
`,
	zsh: `#compdef unroot
# unroot: completion for zsh. In ~/.zshrc, after compinit: source <(unroot completion zsh)
_unroot() {
	local -a found
	found=(\${(f)"$(unroot completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
	if (( \${#found} )); then compadd -a found; else _files; fi
}
compdef _unroot unroot
`,
	fish: `# unroot: completion for fish
complete -c unroot -a '(unroot completion words -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

/** How kubectl is told that files may follow, too. Source: cobra, ShellCompDirectiveDefault. */
const filesToo = ':0\n';

/**
`unroot completion SHELL`: the script a shell reads. `unroot completion words -- WORD...`: what it asks each time.
*/
export const showCompletion = async (surroundings: Surroundings): Promise<number> => {
	const {options, stdout} = surroundings;
	const [shell = '', ...words] = options.positionals;
	if (shell === 'words' || shell === 'kubectl') {
		const runs = await listRuns(runsFolder(surroundings)).catch(() => []);
		stdout.write(
			candidatesFor(
				words,
				runs.map(({id}) => id),
			)
				.map(word => `${word}\n`)
				.join('') + (shell === 'kubectl' ? filesToo : ''),
		);
		return exitStatus.done;
	}

	const script = scripts[shell];
	if (script === undefined) {
		throw new Failure({
			code: 'usage',
			seen: `There is no completion for «${shell}».`,
			means: 'Nothing was printed.',
			todo: `Name one of ${Object.keys(scripts).join(', ')}.`,
			byHand: 'unroot completion bash',
			exit: 'usage',
		});
	}

	stdout.write(script);
	return exitStatus.done;
};
