import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {build, type Plugin} from 'rolldown';

type Named = {readonly name: string; readonly version: string; readonly license?: string};

/** The package a module belongs to, as the folder it is installed in; undefined for our own. */
const folderOf = (moduleId: string): string | undefined =>
	/^(?<folder>.*[\/\\]node_modules[\/\\](?:@[^\/\\]+[\/\\])?[^\/\\]+)[\/\\]/v.exec(moduleId)?.groups?.folder;

const licenceOf = (folder: string): string => {
	const {
		name,
		version,
		license = 'no licence named',
	} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Named;
	const files = readdirSync(folder)
		.filter(file => /^(?:(?:un)?licen[cs]e|notice|copying)/iv.test(file))
		.toSorted()
		.map(file => join(folder, file));
	// A package that ships no text of its licence: the text of its repository stands here.
	const texts = files.length > 0 ? files : [join('tools', 'licences', name)];
	return [`${name} ${version}: ${license}`, ...texts.map(file => readFileSync(file, 'utf8').trim())].join('\n\n');
};

/** The packages that are built in bring their licences along, in one file. */
const licences: Plugin = {
	name: 'licences',
	generateBundle(_, bundle) {
		const folders = Object.values(bundle)
			.flatMap(file => (file.type === 'chunk' ? file.moduleIds.map(id => folderOf(id)) : []))
			.filter(folder => folder !== undefined);
		this.emitFile({
			type: 'asset',
			fileName: 'licences.txt',
			source: `${[...new Set(folders)]
				.toSorted()
				.map(folder => licenceOf(folder))
				.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
		});
	},
};

/** The commit it is built from; an empty text outside a git checkout, as in an unpacked archive. */
const commitOf = (): string => {
	try {
		return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		}).trim();
	} catch {
		return '';
	}
};

/*
The program and all that it needs become a few dozen files in `dist`: hundreds of small modules took half of its start.
It is not minified, so that a stack trace can be read. A module that is imported when it is needed stays a file of its
own.
*/
await build({
	input: {cli: 'source/cli.ts'},
	platform: 'node',
	// Ink loads it where DEV is set, and only then.
	external: ['react-devtools-core'],
	transform: {
		define: {'process.env.NODE_ENV': '"production"', 'process.env.UNROOT_COMMIT': JSON.stringify(commitOf())},
	},
	plugins: [licences],
	output: {
		dir: 'dist',
		cleanDir: true,
		// All in one folder, so that what a file is asked for beside it is there.
		chunkFileNames: '[name]-[hash].js',
	},
});
