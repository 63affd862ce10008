import process from 'node:process';
import {expect, test} from 'vitest';
import {randomFrom} from '../seeded.js';
import {makeRig, type Gone, type Rig} from './rig.js';
import {podsBehind, startWriter} from './writer.js';

/** As many as fit into the time of `npm test`; a night has more of it. */
const count = Number(process.env.LEDGER_SEEDS ?? '12');
const first = Number(process.env.LEDGER_FIRST ?? '1');
const seeds = Array.from({length: count}, (_, index) => first + index);

const words = {'cut-over': 'identity', 'roll-back': 'identity', 'carry-back': 'apply'};

/** How a move of the ledger goes: what the seed decides. */
type Plot = {
	readonly replicas: number;
	readonly freeze: 'catch-up' | 'freeze';
	/** Whether the machine sleeps through the budget of the last round, or of the freeze from the export on. */
	readonly oversleeps: 'freeze' | 'last-round' | undefined;
	/** When it goes back: before the clients move, after it, or not at all. */
	readonly back: 'after' | 'before' | undefined;
	/** How often the program is stopped or killed at most. */
	readonly breaks: number;
};

const plotOf = (seed: number, random: () => number): Plot => {
	// The first dozen has every kind of move; the others are left to chance.
	const pick = (among: number, shift: number): number =>
		seed <= 12 ? (seed + shift) % among : Math.floor(random() * among);
	const freeze = pick(3, 0) === 0 ? 'freeze' : 'catch-up';
	const oversleeps = pick(4, 1) === 0 ? (freeze === 'freeze' ? 'freeze' : 'last-round') : undefined;
	return {
		replicas: seed % 10 === 5 ? 3 : ([1, 1, 2, 1, 1][pick(5, 3)] ?? 1),
		freeze,
		oversleeps,
		back: (['after', undefined, 'before', 'after'] as const)[pick(4, 2)],
		breaks: pick(3, 2),
	};
};

/** What breaks a program off, at an event of its own choice: the operator, or SIGKILL. */
const breaker = (random: () => number, most: number) => {
	let broken = 0;
	return (): {readonly at: number; readonly isKill: boolean} => {
		broken += 1;
		return {at: broken <= most ? Math.floor(random() * 260) : Infinity, isKill: random() < 0.6};
	};
};

type Drive = {
	readonly rig: Rig;
	readonly plot: Plot;
	readonly nextBreak: ReturnType<typeof breaker>;
	readonly answers: Readonly<Record<string, string>>;
	readonly isRollback: boolean;
};

/**
Goes on until the run is over or waits for a word, broken off now and then. A budget that was too small is made larger.
*/
const goOn = async ({rig, plot, nextBreak, answers, isRollback}: Drive): Promise<Gone> => {
	let given = answers;
	const machine = {hasSlept: false};
	for (let tries = 0; ; tries++) {
		const {at, isKill} = nextBreak();
		let seen = 0;
		const gone = await rig.go({
			answers: given,
			isRollback,
			onEvent(event, engine, kill) {
				seen += 1;
				const isOurs =
					plot.oversleeps === 'freeze'
						? event.type === 'step-verified' && event.step === 'copy-out'
						: plot.oversleeps === 'last-round' && event.type === 'freeze-begun' && event.step === 'cut-over';
				if (isOurs && !machine.hasSlept) {
					machine.hasSlept = true;
					rig.sleepFor(7200);
				} else if (seen === at && isKill) {
					kill();
				} else if (seen === at) {
					engine.send({type: 'stop'});
				}
			},
		});
		const isOver = gone.ending.failure?.code === 'freeze-over-budget';
		given = isOver ? {...given, 'freeze-budget': '4h'} : given;
		const isBroken = gone.ending.exit === 'interrupted' || gone.isKilled || isOver;
		if (!isBroken || tries > 8) {
			return gone;
		}
	}
};

const expectEnd = (gone: Gone, exit: string, seed: number): void => {
	expect(
		gone.ending,
		`seed ${seed} (LEDGER_FIRST=${seed} LEDGER_SEEDS=1): ${gone.log.slice(-25).join('\n')}`,
	).toMatchObject({
		exit,
	});
};

const isOldPod = (pod: string): boolean => /^pingdirectory-\d$/v.test(pod);

test.concurrent.each(seeds)(
	'every acknowledged write is there at the end, and nothing else is (seed %i)',
	async seed => {
		const random = randomFrom(seed * 7919);
		const plot = plotOf(seed, random);
		const rig = await makeRig({entries: 20, replicas: plot.replicas});
		const writer = startWriter(rig.sandbox, seed);
		try {
			const nextBreak = breaker(random, plot.breaks);
			const answers = {...words, freeze: plot.freeze, 'freeze-budget': plot.freeze === 'freeze' ? '1h' : '20m'};
			const {'cut-over': _, ...undecided} = answers;
			const there = await goOn({
				rig,
				plot,
				nextBreak,
				answers: plot.back === 'before' ? undecided : answers,
				isRollback: false,
			});
			expectEnd(there, plot.back === 'before' ? 'unanswered' : 'done', seed);
			expect(podsBehind(rig.sandbox).every(pod => isOldPod(pod) === (plot.back === 'before'))).toBe(true);
			if (plot.back !== undefined) {
				const back = await goOn({rig, plot, nextBreak, answers, isRollback: true});
				expectEnd(back, 'done', seed);
				expect(podsBehind(rig.sandbox).every(pod => isOldPod(pod))).toBe(true);
			}

			await writer.stop();
			expect(writer.counts().acknowledged).toBeGreaterThan(20);
			const behind = podsBehind(rig.sandbox);
			expect(behind).toHaveLength(plot.replicas);
			for (const pod of behind) {
				expect(writer.missing(pod), `seed ${seed} (LEDGER_FIRST=${seed} LEDGER_SEEDS=1) on ${pod}`).toEqual([]);
			}
		} finally {
			await writer.stop();
			await rig.close();
		}
	},
	600_000,
);
