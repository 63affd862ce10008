import eslintConfigXo from 'eslint-config-xo';
import typed from './.oxlintrc.json' with {type: 'json'};

/**
Which rooms of `source` a room may import from. What is not listed is refused: imports point down only.
*/
const mayImport = {
	failure: [],
	ldif: ['failure'],
	ping: ['failure'],
	manifests: ['failure', 'ping'],
	documents: ['failure', 'ping'],
	sandbox: [],
	migration: ['failure'],
	directory: ['failure', 'migration', 'ldif'],
	profile: ['failure', 'migration', 'ldif', 'ping'],
	cluster: ['failure', 'migration'],
	machine: ['failure', 'migration'],
	steps: ['failure', 'migration', 'directory', 'profile', 'manifests', 'ping', 'ldif'],
	report: ['failure', 'migration'],
	headless: ['failure', 'migration'],
	wizard: ['failure', 'migration'],
	commands: [
		'failure',
		'migration',
		'directory',
		'profile',
		'cluster',
		'machine',
		'steps',
		'manifests',
		'documents',
		'ping',
		'ldif',
		'report',
		'headless',
		'wizard',
		'sandbox',
	],
};
const rooms = Object.keys(mayImport);
const effects = [
	'node:fs',
	'node:fs/promises',
	'node:child_process',
	'node:http',
	'node:https',
	'node:net',
	'execa',
	'@kubernetes/client-node',
	'ink',
	'react',
];
const pure = new Set(['failure', 'ping', 'manifests', 'ldif', 'migration']);

/** What looks for something that is not here: tags in doc comments (TypeScript has the types), tests of ava, a browser's document. It would take a quarter of lint's time. */
const idle = eslintConfigXo()
	.flatMap(({rules = {}}) => Object.keys(rules))
	.filter(name =>
		/^(?:ava|jsdoc)\/|^unicorn\/.*(?:dom-|-dom|selector|path2d|css|observer|keyboard|event-listener|document|location|canvas|passive|attribute|blob|classlist)/v.test(
			name,
		),
	);

const roomRule = room => ({
	files: [`source/${room}/**/*.{ts,tsx}`],
	rules: {
		'no-restricted-imports': [
			'error',
			{
				patterns: [
					{
						regex: String.raw`^(\.\./)+(${[...rooms.filter(other => other !== room && !mayImport[room].includes(other)), 'main', 'cli'].join('|')})[/.]`,
						message: `The room ${room} may import only from: ${mayImport[room].join(', ') || 'nothing of ours'}.`,
					},
					...(pure.has(room)
						? [
								{
									regex: `^(${effects.join('|')})$`,
									message: `The room ${room} is pure: effects come in through its parameters.`,
								},
							]
						: []),
				],
			},
		],
	},
});

/** @type {import('xo').FlatXoConfig} */
const config = [
	{
		// Layout is oxfmt's, which takes needless parentheses away.
		prettier: 'compat',
	},
	{
		// Benchmarks import what is built, whose types are not there before a build.
		ignores: ['dist/**', 'bench/**'],
	},
	{
		// Rules that need types are oxlint's, whose checker is native: in ESLint they take longer than all others together.
		files: ['**/*.{ts,tsx}'],
		languageOptions: {parserOptions: {projectService: false}},
		rules: {
			...Object.fromEntries(Object.keys(typed.rules).map(name => [`@${name.replace('/', '-eslint/')}`, 'off'])),
			// These guess where they have no types.
			'unicorn/no-array-callback-reference': 'off',
			'unicorn/no-chained-comparison': 'off',
			'unicorn/no-negated-array-predicate': 'off',
		},
	},
	{
		rules: {
			...Object.fromEntries(idle.map(name => [name, 'off'])),
			// A name such as `dir`, `args` or `env` is the term of this field.
			'unicorn/prevent-abbreviations': 'off',
			'unicorn/name-replacements': 'off',
			// Kubernetes speaks of null in its JSON.
			'unicorn/no-null': 'off',
			'@typescript-eslint/no-restricted-types': 'off',
			// Fields of Kubernetes, LDIF and environment variables keep their own spelling.
			'@typescript-eslint/naming-convention': 'off',
			camelcase: 'off',
			'capitalized-comments': 'off',
			// A doc comment of one line stays on one line.
			'unicorn/single-line-block-comment-style': 'off',
			'unicorn/consistent-conditional-object-spread': 'off',
			'@typescript-eslint/strict-boolean-expressions': 'off',
			// TypeScript itself asks for file endings in imports.
			'n/file-extension-in-import': 'off',
			'@stylistic/no-mixed-operators': 'off',
			'import-x/order': 'off',
			'sort-imports': 'off',
			// An exhaustive switch over a union is long and simple.
			complexity: 'off',
			// A run's state is a fold of its events.
			'unicorn/no-array-reduce': 'off',
			'unicorn/consistent-boolean-name': 'off',
			// Functions on plain data are given what they look at one by one.
			'max-params': ['error', {max: 6}],
			// Order matters where a step waits for the one before it.
			'no-await-in-loop': 'off',
			// Tests run in vitest, which runs *.test.ts only; fixtures beside them are ordinary modules.
			'node-test/no-import-test-files': 'off',
			// Which condition stands first is a matter of meaning and cost, and an `if` around the rest of a short body reads well.
			'unicorn/prefer-simple-condition-first': 'off',
			'unicorn/prefer-early-return': 'off',
			'unicorn/prefer-continue': 'off',
		},
	},
	{
		// The way in may import nothing, not even node:process.
		files: ['source/cli.ts'],
		rules: {
			'n/prefer-global/process': 'off',
			// An old Node has no process.getBuiltinModule.
			'n/prefer-process-get-builtin-module': 'off',
		},
	},
	{
		// The LDIF room works on bytes: bits, control characters and look-up tables are its matter, and a code point would be the wrong unit. A place in memory is several numbers, and an object for each line would be slow.
		files: ['source/ldif/**/*.ts'],
		rules: {
			'no-bitwise': 'off',
			'no-control-regex': 'off',
			'max-params': 'off',
			'regexp/no-control-character': 'off',
			'regexp/no-obscure-range': 'off',
			'unicorn/prefer-code-point': 'off',
			'unicorn/no-top-level-side-effects': 'off',
			'unicorn/prefer-simple-sort-comparator': 'off',
			'unicorn/max-nested-calls': 'off',
		},
	},
	{
		// Versions of the carried Node and of TypeScript are exact on purpose, and the override heals a package that is published without its siblings: see contributing.md.
		files: ['package.json', 'tools/node/package.json'],
		rules: {
			'package-json/dependency-version-range': 'off',
			'package-json/no-overrides-in-published-package': 'off',
			'package-json/require-private-when-workspaces': 'off',
			'package-json/prefer-type-module': 'off',
			'package-json/require-engines': 'off',
		},
	},
	{
		// Tests look at mode bits and flip single bits, and hold text with variables in it.
		files: ['test/**/*.{ts,tsx}'],
		rules: {
			'no-bitwise': 'off',
			'no-template-curly-in-string': 'off',
			'unicorn/max-nested-calls': 'off',
		},
	},
	...rooms.map(room => roomRule(room)),
];

export default config;
