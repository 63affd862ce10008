import process from 'node:process';
import {expect, onTestFinished, test} from 'vitest';
import {randomFrom} from '../seeded.js';
import {makeRig, type Gone, type Rig} from './rig.js';
import {podsBehind, startWriter, type Writer} from './writer.js';

/** As many as fit into the time of `npm test`; a night has more of it. */
const count = Number(process.env.LEDGER_SEEDS ?? '4');
const first = Number(process.env.LEDGER_FIRST ?? '1');
const seeds = Array.from({length: count}, (_, index) => first + index);

const decided = {'cut-over': 'identity', 'roll-back': 'identity', 'carry-back': 'apply'};

/** Goes on until the run is over, stopped by the operator now and then, and resumed. */
const goOn = async (rig: Rig, random: () => number, answers: Readonly<Record<string, string>>): Promise<Gone> => {
	for (let stops = 0; ; stops++) {
		const at = stops < 2 && random() < 0.6 ? Math.floor(random() * 120) : Infinity;
		let seen = 0;
		const gone = await rig.go({
			answers,
			onEvent(_event, engine) {
				seen += 1;
				if (seen === at) {
					engine.send({type: 'stop'});
				}
			},
		});
		if (gone.ending.exit !== 'interrupted') {
			return gone;
		}
	}
};

const endWriter = async (writer: Writer, rig: Rig): Promise<readonly string[]> => {
	await writer.stop();
	return writer.missing(podsBehind(rig.sandbox)[0] ?? 'none');
};

test.each(seeds)(
	'every acknowledged write is there at the end, and nothing else is (seed %i)',
	async seed => {
		const random = randomFrom(seed * 7919);
		const rig = await makeRig({entries: 30});
		onTestFinished(rig.close);
		const writer = startWriter(rig.sandbox, seed);
		onTestFinished(writer.stop);
		const answers = {...decided, freeze: random() < 0.7 ? 'catch-up' : 'freeze'};
		const gone = await goOn(rig, random, answers);
		expect(gone.ending, `seed ${seed}: ${gone.log.slice(-20).join('\n')}`).toEqual({exit: 'done'});
		expect(podsBehind(rig.sandbox)[0]).not.toBe('pingdirectory-0');
		if (random() < 0.5) {
			const back = await rig.go({isRollback: true, answers});
			expect(back.ending, `seed ${seed}: ${back.log.slice(-20).join('\n')}`).toEqual({exit: 'done'});
			expect(podsBehind(rig.sandbox)).toEqual(['pingdirectory-0']);
		}

		expect(writer.counts().acknowledged).toBeGreaterThan(20);
		await expect(endWriter(writer, rig), `seed ${seed}`).resolves.toEqual([]);
	},
	300_000,
);
