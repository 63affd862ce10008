import process from 'node:process';
import {expect, onTestFinished, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import type {Engine} from '../../source/migration/engine/engine.js';
import type {RunEvent} from '../../source/migration/event.js';
import {randomFrom} from '../seeded.js';
import {makeRig, type Gone, type Rig} from '../writes/rig.js';
import {podsBehind, startWriter} from '../writes/writer.js';
import {createLiar, type Liar} from './liar.js';
import {startProxy} from './proxy.js';

/** As many as fit into the time of `npm test`; a night has more of it. */
const count = Number(process.env.LIES_SEEDS ?? '5');
const first = Number(process.env.LIES_FIRST ?? '1');
const seeds = Array.from({length: count}, (_, index) => first + index);

/** More tries than a run needs that meets this many lies. */
const mostTries = 40;

const decided = {'cut-over': 'identity', 'roll-back': 'identity', 'carry-back': 'apply', restart: 'identity'};

const again = (seed: number, liar: Liar): string =>
	`LIES_FIRST=${seed} LIES_SEEDS=1 npx vitest run test/lies\n${liar.told().join('\n')}`;

/** A rig behind a proxy that lies. */
const liedTo = async (liar: Liar): Promise<Rig> => {
	const rig = await makeRig({entries: 20}, async url => {
		const proxy = await startProxy(url, liar);
		onTestFinished(proxy.close);
		return proxy.url;
	});
	onTestFinished(rig.close);
	return rig;
};

/** Goes on until it is done, whatever stops it; it is killed now and then. Gives the codes of what stopped it. */
const goOn = async (rig: Rig, random: () => number, go: Parameters<Rig['go']>[0]): Promise<readonly string[]> => {
	const codes: string[] = [];
	for (;;) {
		const at = random() < 0.4 ? Math.floor(random() * 260) : Infinity;
		let seen = 0;
		const onEvent = (_: RunEvent, __: Engine, kill: () => void): void => {
			seen += 1;
			if (seen === at) {
				kill();
			}
		};

		const gone: Gone | Failure = await rig.go({...go, onEvent}).catch((error: unknown) => {
			if (error instanceof Failure) {
				return error;
			}

			throw error;
		});
		if (!(gone instanceof Failure) && gone.isKilled) {
			codes.push('killed');
			continue;
		}

		const failure = gone instanceof Failure ? gone.parts : gone.ending.failure;
		if (failure === undefined) {
			expect(gone).toMatchObject({ending: {exit: 'done'}});
			return codes;
		}

		codes.push(`${failure.code}: ${failure.seen}`);
		expect(failure.code).not.toBe('defect');
		expect(codes.length, codes.join('\n')).toBeLessThan(mostTries);
	}
};

test.each(seeds)(
	'a run that is lied to ends right, or stops and goes on, and never says that it did what it did not (seed %i)',
	async seed => {
		const random = randomFrom(seed * 6151);
		const liar = createLiar(seed, {share: 0.05, most: 10});
		const rig = await liedTo(liar);
		const writer = startWriter(rig.sandbox, seed);
		onTestFinished(writer.stop);
		const isRoot = random() < 0.3;
		const answers = {
			...decided,
			strategy: isRoot ? 'root' : 'fresh',
			freeze: random() < 0.7 ? 'catch-up' : 'freeze',
		};
		try {
			await goOn(rig, random, {answers});
			const [behind = 'none'] = podsBehind(rig.sandbox);
			expect(behind === 'pingdirectory-0').toBe(isRoot);
			if (random() < 0.4) {
				await goOn(rig, random, {isRollback: true, answers});
				expect(podsBehind(rig.sandbox)).toEqual(['pingdirectory-0']);
			}

			await writer.stop();
			expect(writer.missing(podsBehind(rig.sandbox)[0] ?? 'none')).toEqual([]);
		} catch (error) {
			throw new Error(`Run it again: ${again(seed, liar)}`, {cause: error});
		}

		expect(liar.told().length).toBeGreaterThan(0);
	},
	600_000,
);
