import {Failure} from '../../failure/failure.js';
import type {PodShell, PodTarget} from '../../migration/world.js';
import {scriptArgv, type Exec, type Explain} from './exec.js';
import {endMark} from './scripts.js';
import {startWatch, type Trouble} from './trouble.js';

/** What a short script may take before its answer is given up. */
const patientMilliseconds = 90_000;

/** Answers are short lines; a pod may print without end. */
const mostBytes = 16 * 1024 * 1024;

/** Failures that no second try mends while an operator waits. */
const finalCodes = new Set([
	'pod-missing',
	'container-unknown',
	'pod-ended',
	'shell-missing',
	'kubectl-missing',
	'context-unknown',
	'forbidden',
]);

/** Everything that scripts are run with. */
export type Pod = {
	readonly exec: Exec;
	/** Runs short scripts, in a session that stays open; without it each has an exec of its own. */
	readonly shell?: Pick<PodShell, 'run'>;
	readonly explain: Explain;
	readonly target: PodTarget;
	/** Carried by what the scripts start, so that it is found again. Ends with a dot. */
	readonly mark: string;
	readonly tries: number;
	readonly stallMilliseconds: number;
	readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
	readonly signal: AbortSignal;
};

/** Waits before the next try: half a second, then twice as long each time, at most 15 seconds. */
export const backOff = async (pod: Pod, failures: number): Promise<void> => {
	await pod.sleep(Math.min(15_000, 500 * 2 ** (failures - 1)), pod.signal);
};

/** Throws where kubectl's words say that another try is of no use. */
export const throwIfFinal = (pod: Pod, trouble: Trouble): void => {
	if (!trouble.stderr) {
		return;
	}

	const failure = pod.explain(pod.target, {exitCode: trouble.exitCode, stdout: '', stderr: trouble.stderr});
	if (finalCodes.has(failure.parts.code)) {
		throw failure;
	}
};

/** The lines of an answer, where its end mark is there. */
const wholeLines = (text: string): readonly string[] | undefined => {
	const lines = text.split('\n');
	return lines.pop() === '' && lines.pop() === endMark ? lines : undefined;
};

const askAlone = async (
	pod: Pod,
	script: string,
	parameters: readonly string[],
	patience: number,
): Promise<readonly string[] | Trouble> => {
	const child = await pod.exec(pod.target, scriptArgv(`${pod.mark}ask`, script, parameters), {
		stdin: 'ignore',
		signal: pod.signal,
	});
	const watch = startWatch(patience, () => {
		child.kill();
		child.stdout.destroy();
	});
	let text = '';
	try {
		for await (const piece of child.stdout.setEncoding('utf8')) {
			watch.touch();
			text += piece as string;
			if (text.length > mostBytes) {
				child.kill();
				return {kind: 'refused', seen: 'A command in the pod printed without end.'};
			}
		}
	} catch {
		// The stream broke: what arrived has no end mark.
	} finally {
		watch.stop();
	}

	const {exitCode, stderr} = await child.ended;
	const lines = wholeLines(text);
	if (lines) {
		return lines;
	}

	return watch.isStalled()
		? {
				kind: 'stalled',
				seen: 'A command in the pod did not answer in time.',
				stderr,
				exitCode,
			}
		: {
				kind: 'cut',
				seen: 'The end of a command in the pod was not seen.',
				stderr,
				exitCode,
			};
};

/**
Asks in a session. What a second try cannot mend is thrown; an answer that is too long for it is asked for by an exec of
its own.
*/
const askOnce = async (
	pod: Pod,
	script: string,
	parameters: readonly string[],
	patience: number,
): Promise<readonly string[] | Trouble> => {
	if (!pod.shell) {
		return askAlone(pod, script, parameters, patience);
	}

	try {
		const {stdout, stderr, exitCode} = await pod.shell.run(
			pod.target,
			scriptArgv(`${pod.mark}ask`, script, parameters),
			{timeoutSeconds: Math.ceil(patience / 1000), signal: pod.signal},
		);
		return wholeLines(stdout) ?? {kind: 'cut', seen: 'A command in the pod ended early.', stderr, exitCode};
	} catch (error) {
		pod.signal.throwIfAborted();
		if (!(error instanceof Failure) || finalCodes.has(error.parts.code)) {
			throw error;
		}

		return error.parts.code === 'output-too-long'
			? askAlone(pod, script, parameters, patience)
			: {kind: 'cut', seen: error.parts.seen, failure: error};
	}
};

/**
Runs a short script and gives its lines, once its end was seen. Tries again where it was not. Rejects with the Failure
for what kubectl said.

`slowBytes` are those the script has to read before it says something.
*/
export const ask = async (
	pod: Pod,
	script: string,
	parameters: readonly string[],
	slowBytes = 0,
): Promise<readonly string[]> => {
	// No pod that is of use reads slower than 10 MB a second.
	const patience = patientMilliseconds + slowBytes / 10_000;
	for (let failures = 1; ; failures += 1) {
		pod.signal.throwIfAborted();
		const answer = await askOnce(pod, script, parameters, patience);
		if (!('kind' in answer)) {
			return answer;
		}

		pod.signal.throwIfAborted();
		throwIfFinal(pod, answer);
		if (failures >= pod.tries) {
			if (answer.failure) {
				throw answer.failure;
			}

			throw answer.stderr
				? pod.explain(pod.target, {exitCode: answer.exitCode, stdout: '', stderr: answer.stderr})
				: new Failure({
						code: 'copy-cut',
						seen: answer.seen,
						means: 'What the pod said did not arrive whole, so nothing of it is used. What is verified so far is kept.',
						todo: 'Look at the pod and at the network to the cluster, then try again.',
						byHand: `kubectl describe pod ${pod.target.pod}`,
						retryable: true,
					});
		}

		await backOff(pod, failures);
	}
};
