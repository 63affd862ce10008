import {Buffer} from 'node:buffer';
import {inboxOf} from './inbox.js';
import type {LongProcess} from './process.js';
import {knock, noSession, requestLine, type SessionRequest} from './session-script.js';

/** What became of a request. */
export type SessionAnswer =
	| {readonly kind: 'answered'; readonly stdout: Uint8Array; readonly stderr: string}
	/** The container lacks a tool that a session needs. */
	| {readonly kind: 'no-session'}
	/** The session ended before the answer did; what kubectl said of it. */
	| {readonly kind: 'cut'; readonly exitCode: number | undefined; readonly stderr: string}
	/** The answer was not there in time. */
	| {readonly kind: 'silent'}
	/** More came than was asked for. */
	| {readonly kind: 'too-long'};

/** One `kubectl exec` that stays open. It runs one request at a time. */
export type PodSession = {
	/**
	Asks, and waits for the answer. A session that did not answer is of no more use. Rejects with the signal's reason.
	*/
	readonly ask: (
		request: SessionRequest,
		options: {readonly patienceMilliseconds: number; readonly signal?: AbortSignal},
	) => Promise<SessionAnswer>;
	/** Whether kubectl still runs. */
	readonly isOpen: () => boolean;
	readonly close: () => void;
};

/** How long the end of standard error may come after that of standard output, on the same connection. */
const defaultStraggleMilliseconds = 5000;

/** A container that does not greet within this long does not answer. */
const greetingMilliseconds = 60_000;

/** How long a greeting is waited for before it is asked for again. */
const knockAfterMilliseconds = 2000;

type Unanswered = Exclude<SessionAnswer, {readonly kind: 'answered'}>;

/** What stood before a line on each stream. */
type Both = {readonly stdout: string; readonly stderr: string};

/** One stream arrived, and the other did not. */
const halfLost: Unanswered = {kind: 'cut', exitCode: undefined, stderr: ''};

/** Base64 with its line ends takes less than this many times the bytes. */
const encodedFactor = 1.5;

/** Room for a mark and for what compression adds to a few bytes. */
const frameBytes = 4096;

/**
A session on a kubectl that runs the session script with this greeting.
*/
export const openPodSession = (
	child: LongProcess,
	greeting: string,
	straggleMilliseconds = defaultStraggleMilliseconds,
): PodSession => {
	let end: {readonly exitCode: number | undefined; readonly stderr: string} | {readonly error: unknown} | undefined;
	let wake: () => void = () => undefined;
	let isGreeted = false;
	const notice = (): void => {
		wake();
	};

	const output = inboxOf(child.stdout, notice);
	const errors = inboxOf(child.stderr, notice);
	// A pod that ends first breaks this pipe.
	child.stdin?.on('error', () => undefined);
	const watchEnd = async (): Promise<void> => {
		end = await child.ended.catch((error: unknown) => ({error}));
		notice();
	};

	void watchEnd();

	/** What ends every wait. */
	const ending = (most: number): Unanswered | undefined => {
		if (output.take(noSession) !== undefined) {
			return {kind: 'no-session'};
		}

		if (Math.max(output.size(), errors.size()) > most) {
			return {kind: 'too-long'};
		}

		if (end && 'error' in end) {
			throw end.error;
		}

		return end && {kind: 'cut', ...end};
	};

	/**
	Waits for a line on both streams and gives what stood before it on each. Once it came on one, it is not waited for
	long on the other.
	*/
	const untilBoth = async (line: string, most: number, patience: AbortSignal): Promise<Both | Unanswered> => {
		let [fromOutput, fromErrors]: ReadonlyArray<string | undefined> = [];
		let bound = patience;
		for (;;) {
			fromOutput ??= output.take(line);
			fromErrors ??= errors.take(line);
			if (fromOutput !== undefined && fromErrors !== undefined) {
				return {stdout: fromOutput, stderr: fromErrors};
			}

			const ended = ending(most);
			if (ended) {
				return ended;
			}

			const isHalf = fromOutput !== undefined || fromErrors !== undefined;
			if (bound.aborted) {
				return isHalf ? halfLost : {kind: 'silent'};
			}

			if (isHalf && bound === patience) {
				bound = AbortSignal.any([patience, AbortSignal.timeout(straggleMilliseconds)]);
			}

			const {promise, resolve} = Promise.withResolvers<void>();
			wake = resolve;
			bound.addEventListener('abort', notice, {once: true});
			await promise;
			bound.removeEventListener('abort', notice);
		}
	};

	/** Waits for the greeting, and knocks again where it is late. Gives what is in the way. */
	const greeted = async (patience: AbortSignal): Promise<Unanswered | undefined> => {
		for (let tries = 1; ; tries++) {
			const hello = await untilBoth(
				greeting,
				frameBytes,
				AbortSignal.any([patience, AbortSignal.timeout(knockAfterMilliseconds)]),
			);
			if (!('kind' in hello)) {
				return undefined;
			}

			const isLate = hello === halfLost || hello.kind === 'silent';
			if (!isLate || patience.aborted || tries >= (hello === halfLost ? 2 : Infinity)) {
				return hello;
			}

			child.stdin?.write(knock);
		}
	};

	/** A greeting that came twice stands before an answer. */
	const withoutGreetings = (text: string): string =>
		text
			.split('\n')
			.filter(line => line !== greeting)
			.join('\n');

	const answerTo = async (
		request: SessionRequest,
		patienceMilliseconds: number,
		signal: AbortSignal | undefined,
	): Promise<SessionAnswer> => {
		const within = (milliseconds: number): AbortSignal =>
			AbortSignal.any([AbortSignal.timeout(milliseconds), ...(signal ? [signal] : [])]);
		const patience = within(patienceMilliseconds);
		if (!isGreeted) {
			const refused = await greeted(within(Math.min(patienceMilliseconds, greetingMilliseconds)));
			if (refused) {
				return refused;
			}

			isGreeted = true;
		}

		child.stdin?.write(requestLine(request));
		const both = await untilBoth(request.mark, request.most * encodedFactor + frameBytes, patience);
		return 'kind' in both
			? both
			: {
					kind: 'answered',
					stdout: new Uint8Array(Buffer.from(withoutGreetings(both.stdout), 'base64')),
					stderr: withoutGreetings(both.stderr),
				};
	};

	return {
		async ask(request, {patienceMilliseconds, signal}) {
			child.keepAlive(true);
			const answer = await answerTo(request, patienceMilliseconds, signal);
			child.keepAlive(false);
			if (answer.kind !== 'answered') {
				child.kill();
			}

			signal?.throwIfAborted();
			return answer;
		},
		isOpen: () => end === undefined,
		close() {
			child.stdin?.end();
			child.kill();
		},
	};
};
