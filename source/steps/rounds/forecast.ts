import type {Round} from './figures.js';

/**
What freezing, waiting for replicas, switching and reading back take at least, whatever the size of the
directory.
*/
const switchSeconds = 10;

/**
How often, one after the other, servers are asked or told something by a tool of theirs in the last round,
beside export and apply.
*/
const toolRuns = 10;

/** The same by what a tool was measured to take on these servers: each run of one starts a Java process. */
const switchFor = (toolSeconds: number | undefined): number => Math.max(switchSeconds, (toolSeconds ?? 0) * toolRuns);

/**
How long writes will be refused in the last round, in seconds, from the rounds before it; undefined where there was
none. Looking costs what it cost the last time, and carrying what it cost the round that carried most since the second
one: the first carries what was written during the whole import, which the last one has not to.
*/
export const forecastOf = (rounds: readonly Round[]): number | undefined => {
	const last = rounds.at(-1);
	if (!last) {
		return undefined;
	}

	const later = rounds.length > 1 ? rounds.slice(1) : rounds;
	return last.lookSeconds + Math.max(...later.map(({carrySeconds}) => carrySeconds)) + switchFor(last.toolSeconds);
};

/**
Seconds of refused writes for 1000 entries, as measured on Kubernetes with OpenDJ and 200,000 entries: export and copy
0.1 s, import 0.52 s, proof 0.23 s.
*/
const measured = {look: 0.1, import: 0.52, proof: 0.23} as const;

/** About how long writes are refused with either answer, before anything of this directory was measured. */
export const estimateFor = (entries: number): {readonly catchUp: number; readonly freeze: number} => {
	const thousands = entries / 1000;
	return {
		catchUp: thousands * (measured.look + measured.proof) + switchSeconds,
		freeze: thousands * (2 * measured.look + measured.import + 2 * measured.proof) + 2 * switchSeconds,
	};
};
