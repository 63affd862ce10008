import type {Readable} from 'node:stream';
import type {KubectlProcess} from '../kubectl/process.js';
import type {Pod} from './ask.js';
import {scriptArgv} from './exec.js';
import {startWatch, type Trouble, type Watch} from './trouble.js';

/** An exec whose streams are in use. */
export type OpenSession = {
	readonly child: KubectlProcess;
	readonly watch: Watch;
	/** What was read ended here; waits for the process, a little, and adds what it said. */
	readonly close: (trouble: Trouble | undefined) => Promise<Trouble | undefined>;
};

/** What a finished kubectl is given to end by itself. */
const farewellMilliseconds = 2000;

/** Starts a script whose streams are both used. Notices when nothing moves. */
export const openSession = async (pod: Pod, script: string, parameters: readonly string[]): Promise<OpenSession> => {
	const child = await pod.exec(pod.target, scriptArgv(pod.mark, script, parameters), {
		stdin: 'pipe',
		signal: pod.signal,
	});
	// A pod that ends early breaks this pipe; what it printed tells what happened.
	child.stdin?.on('error', () => undefined);
	const watch = startWatch(pod.stallMilliseconds, () => {
		child.kill();
		child.stdout.destroy();
	});
	return {
		child,
		watch,
		async close(trouble) {
			watch.stop();
			child.stdin?.end('\n');
			if (trouble) {
				child.kill();
			}

			child.stdout.destroy();
			const farewell = startWatch(farewellMilliseconds, child.kill);
			try {
				const {exitCode, stderr} = await child.ended;
				const seen = watch.isStalled()
					? {kind: 'stalled' as const, seen: 'Nothing moved between here and the pod for too long.'}
					: {};
				return (
					trouble && {
						...trouble,
						...seen,
						stderr,
						exitCode,
					}
				);
			} finally {
				farewell.stop();
			}
		},
	};
};

/**
Lines of a stream, as they come. A longer line than one may be ends it.

@yields Lines without their ends.
*/
export async function* linesOf(stream: Readable, longest: number): AsyncGenerator<string> {
	let rest = '';
	for await (const piece of stream.setEncoding('utf8')) {
		const lines = (rest + (piece as string)).split('\n');
		rest = lines.pop() ?? '';
		yield* lines;
		if (rest.length > longest) {
			return;
		}
	}
}
