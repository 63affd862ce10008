#!/usr/bin/env node
/*
The way in. It imports nothing before Node's version is known to be enough: on an older one, an import would fail with a
stack trace instead of two lines that help.
*/
const oldestMajor = 22;
const oldestMinor = 19;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
const words = process.argv.slice(2);

if (words[0] === '--version' || words[0] === '-v') {
	// Any Node can read a number.
	const {readFileSync} = await import('node:fs');
	const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
		readonly version: string;
	};
	// Set when it is built (tools/build.ts).
	const commit = process.env.UNROOT_COMMIT;
	process.stdout.write(`${version}${commit ? ` (commit ${commit})` : ''}\n`);
} else if (isEnough) {
	// Started by an older Node (below): when that one is killed, this one must not go on alone.
	process.once('disconnect', () => {
		process.kill(process.pid, 'SIGKILL');
	});
	process.on('message', ({signal}: {readonly signal: NodeJS.Signals}) => {
		// While nobody but this listens for what is passed on, a signal does what it would without the older Node.
		if (process.listenerCount('message') === 1) {
			process.kill(process.pid, signal);
		}
	});
	process.channel?.unref();

	if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') {
		process.env.FORCE_COLOR = '0';
	}

	if (words.includes('--no-color')) {
		process.env.NO_COLOR = '1';
		process.env.FORCE_COLOR = '0';
	}

	const {main} = await import('./main.js');
	await main(words);
} else {
	const {existsSync} = await import('node:fs');
	const {fileURLToPath} = await import('node:url');
	const carried = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
	if (existsSync(carried)) {
		const {spawn} = await import('node:child_process');
		const child = spawn(carried, process.argv.slice(1), {stdio: ['inherit', 'inherit', 'inherit', 'ipc']});
		// A terminal, or who ends the process group, sends a signal to both: the child is told of it rather than sent it
		// once more, and counts it once.
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			let count = 0;
			process.on(signal, () => {
				count++;
				child.send({signal, count}, () => undefined);
			});
		}

		child.on('exit', (code, signal) => {
			if (signal) {
				process.removeAllListeners(signal);
				process.kill(process.pid, signal);
			} else {
				process.exitCode = code ?? 1;
			}
		});
	} else {
		process.stderr.write(
			`unroot needs Node ${oldestMajor}.${oldestMinor} or newer; this is Node ${process.versions.node}.\n`,
		);
		process.stderr.write(
			'Install a current Node, or run «npm install» in a clone of unroot, which brings one along.\n',
		);
		process.exitCode = 2;
	}
}
