/** Seconds that one session is meant to take: long against the start of an exec, short against a change of the link. */
const sessionSeconds = 10;

/** After so long, what was measured of the way that is not taken says little about now. */
const forgottenAfterSeconds = 60;

/** A way that was this much slower than the other is not tried again. */
const hopeless = 0.25;

/** How sessions went so far: bytes of the file a second, compressed or not. */
export type Pace = {
	readonly plain?: Measured;
	readonly packed?: Measured;
};

type Measured = {readonly rate: number; readonly at: number; readonly seconds: number};

/** What the next session does. */
export type Turn = {readonly compressed: boolean; readonly ranges: number};

/** What a session did. */
export type Past = {readonly compressed: boolean; readonly bytes: number; readonly seconds: number};

/** A short session says little, so a longer one counts alone. */
const blend = (before: Measured | undefined, rate: number, seconds: number, at: number): Measured => ({
	rate: before && seconds < before.seconds * 3 ? (before.rate + rate) / 2 : rate,
	at,
	seconds,
});

/** Takes a session that is over into account; `at` is now, in seconds. */
export const learn = (pace: Pace, {compressed, bytes, seconds}: Past, at: number): Pace => {
	const before = compressed ? pace.packed : pace.plain;
	return {...pace, [compressed ? 'packed' : 'plain']: blend(before, bytes / seconds, seconds, at)};
};

/**
Chooses by what was measured: each way is tried on one range, then the faster one is taken until the other has proved
faster. Link, processor of the pod and data decide together, since all three are in the rate.
*/
export const nextTurn = (pace: Pace, canCompress: boolean, rangeBytes: number, at: number): Turn => {
	const {plain, packed} = pace;
	if (canCompress && !packed) {
		return {compressed: true, ranges: 1};
	}

	if (!plain && (!packed || canCompress)) {
		return {compressed: false, ranges: 1};
	}

	const compressed = canCompress && packed !== undefined && (plain === undefined || packed.rate > plain.rate);
	const [best, other] = compressed ? [packed, plain] : [plain, packed];
	if (canCompress && best && other && at - other.at > forgottenAfterSeconds && other.rate > best.rate * hopeless) {
		return {compressed: !compressed, ranges: 1};
	}

	const bytes = (best?.rate ?? 0) * sessionSeconds;
	return {compressed, ranges: Math.max(1, Math.round(bytes / rangeBytes))};
};
