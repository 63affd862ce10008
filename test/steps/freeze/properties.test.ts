import {expect, test} from 'vitest';
import {ownChange} from '../../../source/manifests/objects/own-change.js';
import {whyRefused} from '../../../source/migration/engine/answers.js';
import {
	deadlineOf,
	freezeOf,
	frozenNow,
	withFreeze,
	withoutFreeze,
	type Freeze,
	type FreezeEnd,
	type FrozenServer,
} from '../../../source/migration/freeze.js';
import type {Manifest} from '../../../source/ping/workload.js';
import {
	budgetQuestion,
	keptBudgetQuestion,
	recommendedBudget,
	reserveOf,
	secondsIn,
} from '../../../source/steps/freeze/budget.js';
import {allowedFrom} from '../../../source/steps/last-round/budget.js';
import {randomFrom} from '../../seeded.js';

const seeds = Array.from({length: 400}, (_, index) => index + 1);

const oneOf = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;

const numberIn = (least: number, most: number, random: () => number): number =>
	least + Math.floor(random() * (most - least + 1));

test(
	'a text is a budget for the question exactly where it is one for the reckoning, and never shorter or longer ' +
		'than it may be',
	() => {
		for (const seed of seeds) {
			const random = randomFrom(seed);
			const digits = String(numberIn(0, oneOf([9, 99, 9999, 999_999], random), random));
			const text = `${oneOf(['', ' ', '-', '0'], random)}${digits}${oneOf(['', 's', 'm', 'h', 'd', ' m'], random)}`;
			const seconds = secondsIn(text);
			const isTaken = whyRefused(budgetQuestion(undefined), text) === undefined;
			// A leading zero is not typed by the pattern, though it could be reckoned.
			if (!/^\s*0\d/v.test(text)) {
				expect(isTaken, text).toBe(seconds !== undefined);
			}

			if (seconds !== undefined) {
				expect(seconds).toBeGreaterThanOrEqual(30);
				expect(seconds).toBeLessThanOrEqual(86_400);
			}
		}
	},
);

test('what is recommended can be taken, exceeds what is foretold, and leaves the switch its time', () => {
	for (const seed of seeds) {
		const random = randomFrom(seed);
		const forecast = random() * oneOf([1, 100, 20_000], random);
		const budget = recommendedBudget(forecast);
		expect(budget % 30).toBe(0);
		expect(budget).toBeGreaterThan(forecast);
		for (const question of [budgetQuestion(forecast), keptBudgetQuestion(forecast)]) {
			expect(whyRefused(question, (question as {readonly recommended: string}).recommended)).toBeUndefined();
		}

		const toolSeconds = random() * 10;
		const reserve = reserveOf(budget, toolSeconds);
		expect(reserve).toBeGreaterThan(0);
		expect(reserve).toBeLessThanOrEqual(budget / 2);
		const since = new Date(Date.UTC(2026, 0, 1, 0, 0, numberIn(0, 86_400, random)));
		const allowed = allowedFrom(since, {budget, forecast, toolSeconds});
		expect(Date.parse(allowed.until) - since.getTime()).toBe(budget * 1000);
		expect(allowed.reserve).toBe(reserve);
		// Nobody gave a budget: there is an end all the same.
		const unasked = allowedFrom(since, {budget: undefined, forecast, toolSeconds: undefined});
		expect(unasked.seconds).toBeGreaterThan(forecast);
	}
});

const serverOf = (pod: string, mode: string): FrozenServer => ({
	pod,
	container: 'c',
	ldapsPort: 636,
	global: mode,
	backends: [{id: 'userRoot', was: mode}],
	lift: `lift ${pod}`,
});

const ends: readonly FreezeEnd[] = ['lifted', 'expired', 'moved'];

test(
	'whatever begins and ends in whatever order: what a server was told first stands, one freeze a workload is on ' +
		'at most, and a freeze is on until it ended',
	() => {
		for (const seed of seeds) {
			const random = randomFrom(seed);
			let freezes: readonly Freeze[] = [];
			const told = new Map<string, string>();
			const on = new Set<string>();
			const left = new Set<string>();
			for (let turn = 0; turn < 12; turn++) {
				const at = new Date(Date.UTC(2026, 0, 1, 0, turn)).toISOString();
				const workload = oneOf(['old', 'new'], random);
				if (random() < 0.6) {
					const mode = oneOf(['enabled', 'internal-only', 'disabled'], random);
					const pods = [`${workload}-0`, `${workload}-1`].slice(0, numberIn(1, 2, random));
					const isKept = on.has(workload) || left.has(workload);
					// A new freeze knows nothing of the one before.
					const isOver = (pod: string): boolean => !isKept && pod.startsWith(workload);
					const forgotten = told.keys().filter(isOver).toArray();
					for (const pod of forgotten) {
						told.delete(pod);
					}

					for (const pod of pods) {
						told.set(pod, isKept ? (told.get(pod) ?? mode) : mode);
					}

					const isMoving = random() < 0.3;
					const until = random() < 0.5 ? at : undefined;
					freezes = withFreeze(freezes, at, {
						workload: {kind: 'StatefulSet', name: workload},
						mode: 'disabled',
						servers: pods.map(pod => serverOf(pod, mode)),
						...(until !== undefined && {until}),
						...(isMoving && {isMoving: true as const}),
					});
					on.add(workload);
					left.delete(workload);
					const known = freezeOf(freezes, workload)!;
					const seen = known.servers.filter(({pod}) => pods.includes(pod));
					expect(
						seen.map(({global}) => global),
						`seed ${seed}`,
					).toEqual(seen.map(({pod}) => told.get(pod)));

					expect(deadlineOf(known), `seed ${seed}`).toBe(until === undefined || isMoving ? undefined : Date.parse(at));
				} else {
					const how = oneOf(ends, random);
					freezes = withoutFreeze(freezes, at, workload, how);
					const wasFrozen = on.delete(workload) || left.has(workload);
					if (how === 'moved' && wasFrozen) {
						left.add(workload);
					} else {
						left.delete(workload);
					}
				}

				for (const name of ['old', 'new']) {
					const open = freezes.filter(freeze => freeze.workload.name === name && freeze.ended === undefined);
					expect(open.length, `seed ${seed}`).toBe(on.has(name) ? 1 : 0);
				}

				expect(frozenNow(freezes) === undefined, `seed ${seed}`).toBe(on.size === 0);
			}
		}
	},
);

type Spec = {
	readonly selector: Readonly<Record<string, string>>;
	readonly ports: readonly unknown[];
	readonly extra?: string;
};

const serviceOf = (spec: Spec): Manifest => ({apiVersion: 'v1', kind: 'Service', metadata: {name: 's'}, spec});

/** RFC 7386, for maps without null. */
const merged = (value: unknown, patch: unknown): unknown =>
	typeof patch === 'object' && patch !== null && !Array.isArray(patch)
		? Object.fromEntries([
				...Object.entries((value ?? {}) as Readonly<Record<string, unknown>>),
				...Object.entries(patch).map(([key, part]) => [
					key,
					merged((value as Readonly<Record<string, unknown>> | undefined)?.[key], part),
				]),
			])
		: patch;

test(
	'a planned change of a Service, made on whatever somebody else left of it, brings about what was planned, ' +
		'keeps what is theirs, or stops',
	() => {
		for (const seed of seeds) {
			const random = randomFrom(seed);
			const ports = (target: number): readonly unknown[] => [{port: 636, protocol: 'TCP', targetPort: target}];
			const before: Spec = {selector: {app: 'old'}, ports: ports(636)};
			const after: Spec = {selector: {app: 'new'}, ports: ports(1636)};
			const isTheirs = random() < 0.3;
			const now: Spec = {
				selector: isTheirs ? {app: 'theirs'} : oneOf([before, after], random).selector,
				ports: oneOf([before, after], random).ports,
				...(random() < 0.5 && {extra: 'kept'}),
			};
			const own = ownChange(serviceOf(before), serviceOf(after), serviceOf(now));
			expect(own.overtaken.length > 0, `seed ${seed}`).toBe(isTheirs);
			if (!isTheirs) {
				const made = (own.patch ? merged(serviceOf(now), own.patch) : serviceOf(now)) as Manifest;
				expect(made.spec, `seed ${seed}`).toEqual({...after, ...(now.extra && {extra: 'kept'})});
				expect(ownChange(serviceOf(before), serviceOf(after), made)).toMatchObject({
					patch: undefined,
					overtaken: [],
				});
			}
		}
	},
);
