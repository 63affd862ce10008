import {createHash} from 'node:crypto';

/** What is done to a request of the API. */
export type RequestLie =
	/** It is answered so and never reaches the API. */
	| {readonly kind: 'refused'; readonly status: 409 | 429 | 500 | 503}
	/** It is done, and answered as if it had failed. */
	| {readonly kind: 'denied'}
	/** It is done, and its answer ends in the middle. */
	| {readonly kind: 'cut'}
	/** It is answered as it was the last time. */
	| {readonly kind: 'stale'}
	/** It is done twice, and the second answer is the one that arrives. */
	| {readonly kind: 'twice'}
	/** It is done, and no answer ever comes. */
	| {readonly kind: 'never'};

/** What is done to a message of an exec. */
export type FrameLie = 'altered' | 'cut' | 'dropped' | 'repeated' | 'shortened' | 'succeeded';

/** Decides what is lied about. The same seed decides the same of the same request, in whatever order they come. */
export type Liar = {
	readonly request: (key: string) => RequestLie | undefined;
	/** Of what the pod sends; `status` where it says how the command ended. */
	readonly frame: (key: string, what: 'output' | 'status') => FrameLie | undefined;
	/** Of what is sent to the pod. */
	readonly input: (key: string) => FrameLie | undefined;
	/** A number from 0 to 1 for a place in what is altered. */
	readonly place: (key: string) => number;
	/** What was lied about, in order. */
	readonly told: () => readonly string[];
};

const requestLies: readonly RequestLie[] = [
	{kind: 'refused', status: 409},
	{kind: 'refused', status: 429},
	{kind: 'refused', status: 500},
	{kind: 'refused', status: 503},
	{kind: 'denied'},
	{kind: 'cut'},
	{kind: 'stale'},
	{kind: 'twice'},
	{kind: 'never'},
];
const outputLies: readonly FrameLie[] = ['altered', 'cut', 'dropped', 'repeated', 'shortened'];
const statusLies: readonly FrameLie[] = ['dropped', 'succeeded'];
/** What is shortened on its way in is waited for as long as its command may take: too long for a test. */
const inputLies: readonly FrameLie[] = ['cut'];

/** A number from 0 to 1 for a seed and a text. */
const numberFor = (seed: number, text: string): number =>
	createHash('sha256').update(`${seed} ${text}`).digest().readUInt32BE(0) / 2 ** 32;

/** A liar that lies about one in so many things, and so often at most: a run that is lied to for ever never ends. */
export const createLiar = (seed: number, {share, most}: {readonly share: number; readonly most: number}): Liar => {
	const seen = new Map<string, number>();
	const told: string[] = [];
	const decide = <Lie>(key: string, lies: readonly Lie[], text: (lie: Lie) => string): Lie | undefined => {
		const count = (seen.get(key) ?? 0) + 1;
		seen.set(key, count);
		const name = `${key} #${count}`;
		if (told.length >= most || numberFor(seed, name) >= share) {
			return undefined;
		}

		const lie = lies[Math.floor(numberFor(seed, `${name} lie`) * lies.length)];
		if (lie !== undefined) {
			told.push(`${text(lie)}: ${name}`);
		}

		return lie;
	};

	return {
		request: key => decide(key, requestLies, lie => ('status' in lie ? `${lie.kind} ${lie.status}` : lie.kind)),
		frame: (key, what) => decide(`${what} of ${key}`, what === 'status' ? statusLies : outputLies, lie => lie),
		input: key => decide(`input of ${key}`, inputLies, lie => lie),
		place: key => numberFor(seed, `place ${key} ${told.length}`),
		told: () => told,
	};
};

/** Tells the truth. */
export const honest: Liar = {
	request: () => undefined,
	frame: () => undefined,
	input: () => undefined,
	place: () => 0,
	told: () => [],
};
