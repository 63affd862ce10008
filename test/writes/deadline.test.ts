import {expect, onTestFinished, test} from 'vitest';
import {stepOf} from '../../source/migration/state.js';
import type {SandboxOptions} from '../../source/sandbox/sandbox.js';
import {person} from '../sandbox/person.js';
import {makeRig, type Rig} from './rig.js';
import {podsBehind} from './writer.js';

const decided = {'cut-over': 'identity'};

const rigFor = async (options: SandboxOptions = {}): Promise<Rig> => {
	const rig = await makeRig({entries: 20, ...options});
	onTestFinished(rig.close);
	return rig;
};

/** What a pod says to a write: undefined where it takes it. */
const write = (rig: Rig, pod: string, uid: string): string | undefined => {
	const refusal = rig.sandbox.pod(pod)?.change(person(uid));
	return refusal && JSON.stringify(refusal);
};

const uidsOf = (rig: Rig, pod: string): readonly string[] =>
	(rig.sandbox.pod(pod)?.entries() ?? []).map(({dn}) => /^uid=(?<uid>[^,]+)/v.exec(dn)?.groups?.uid ?? '');

test(
	'a last round that is not through in time is given up: writes are taken again on every replica, clients stay, ' +
		'and the next start can allow more',
	async () => {
		const rig = await rigFor({replicas: 2});
		const gone = await rig.go({
			answers: {...decided, 'freeze-budget': '5m'},
			onEvent(event) {
				// The machine sleeps through the budget.
				if (event.type === 'freeze-begun' && event.step === 'cut-over') {
					rig.sleepFor(600);
				}
			},
		});
		expect(gone.ending, gone.log.join('\n')).toMatchObject({exit: 'blocked'});
		expect(gone.ending.failure, gone.log.join('\n')).toMatchObject({code: 'freeze-over-budget'});
		expect(gone.ending.failure?.means).toContain(
			'Writes are allowed again on pingdirectory-0, pingdirectory-1, which was read back',
		);
		expect(podsBehind(rig.sandbox)).toEqual(['pingdirectory-0', 'pingdirectory-1']);
		expect(write(rig, 'pingdirectory-0', 'after-0')).toBeUndefined();
		expect(write(rig, 'pingdirectory-1', 'after-1')).toBeUndefined();
		expect(gone.state.freezes.at(-1)).toMatchObject({ended: {how: 'expired'}});

		const done = await rig.go({answers: {...decided, 'freeze-budget': '20m'}});
		expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
		expect(done.state.answers['freeze-budget']).toBe('20m');
		const pods = podsBehind(rig.sandbox);
		expect(pods).toHaveLength(2);
		for (const pod of pods) {
			expect(pod).not.toMatch(/^pingdirectory-\d$/v);
			expect(uidsOf(rig, pod)).toEqual(expect.arrayContaining(['after-0', 'after-1']));
		}
	},
	240_000,
);

test(
	'a freeze from the export on has a deadline, too: it is lifted while the run works at something else, and what ' +
		'is written since is carried in rounds',
	async () => {
		const rig = await rigFor();
		const began: string[] = [];
		const stopped = await rig.go({
			answers: {freeze: 'freeze', 'freeze-budget': '30m'},
			onEvent(event) {
				if (event.type === 'freeze-begun') {
					began.push(event.until ?? 'without end');
				} else if (event.type === 'step-verified' && event.step === 'copy-out') {
					expect(write(rig, 'pingdirectory-0', 'refused')).toContain('writability mode');
					rig.sleepFor(3600);
				}
			},
		});
		expect(stopped.ending, stopped.log.join('\n')).toMatchObject({exit: 'unanswered'});
		expect(began[0]).toMatch(/^\d{4}-/v);
		expect(stopped.state.freezes).toMatchObject([{ended: {how: 'expired'}}]);
		expect(stopped.log.join('\n')).toContain('its servers take writes again. Clients stay where they are');
		expect(podsBehind(rig.sandbox)).toEqual(['pingdirectory-0']);
		expect(write(rig, 'pingdirectory-0', 'later')).toBeUndefined();

		const done = await rig.go({answers: {...decided, freeze: 'freeze', 'freeze-budget': '30m'}});
		expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
		const [pod = ''] = podsBehind(rig.sandbox);
		expect(uidsOf(rig, pod)).toContain('later');
		expect(uidsOf(rig, pod)).not.toContain('refused');
		expect(done.state.freezes.map(({ended}) => ended?.how)).toEqual(['expired', 'moved']);
		expect(stepOf(done.state, 'cut-over')?.status).toBe('done');
	},
	240_000,
);

test(
	'the freeze of the way back is bounded as well: when its time is over, clients stay on the new server, which ' +
		'takes writes again, and the old one refuses them',
	async () => {
		const rig = await rigFor();
		const done = await rig.go({answers: {...decided, 'freeze-budget': '5m'}});
		expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
		const [pod = ''] = podsBehind(rig.sandbox);
		expect(write(rig, pod, 'new-side')).toBeUndefined();
		const words = {'carry-back': 'apply', 'roll-back': 'identity'};
		let hasSlept = false;
		const late = await rig.go({
			isRollback: true,
			answers: words,
			onEvent(event) {
				if (event.type === 'freeze-begun' && event.workload.name !== 'pingdirectory' && !hasSlept) {
					hasSlept = true;
					rig.sleepFor(600);
				}
			},
		});
		expect(late.ending.failure, late.log.join('\n')).toMatchObject({code: 'freeze-over-budget'});
		expect(podsBehind(rig.sandbox)).toEqual([pod]);
		expect(write(rig, pod, 'new-side-later')).toBeUndefined();
		expect(write(rig, 'pingdirectory-0', 'directly')).toContain('writability mode');

		const back = await rig.go({isRollback: true, answers: words});
		expect(back.ending, back.log.join('\n')).toEqual({exit: 'done'});
		expect(podsBehind(rig.sandbox)).toEqual(['pingdirectory-0']);
		expect(uidsOf(rig, 'pingdirectory-0')).toEqual(expect.arrayContaining(['new-side', 'new-side-later']));
		expect(write(rig, 'pingdirectory-0', 'again')).toBeUndefined();
	},
	240_000,
);

test(
	'what is written directly to the first old server while changes are carried back to it is counted and kept in ' +
		'a file',
	async () => {
		const rig = await rigFor();
		const done = await rig.go({answers: decided});
		expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
		const [pod = ''] = podsBehind(rig.sandbox);
		expect(write(rig, pod, 'new-side')).toBeUndefined();
		let isWritten = false;
		let refused = 0;
		const attempts = setInterval(() => {
			if (!isWritten && rig.sandbox.pod('pingdirectory-0')) {
				const said = write(rig, 'pingdirectory-0', 'directly');
				isWritten = said === undefined;
				refused += said?.includes('writability mode') ? 1 : 0;
			}
		}, 5);
		const back = await rig.go({isRollback: true, answers: {'carry-back': 'apply', 'roll-back': 'identity'}});
		clearInterval(attempts);
		expect(back.ending, back.log.join('\n')).toEqual({exit: 'done'});
		expect(refused).toBeGreaterThan(0);
		const told = stepOf(back.state, 'cut-over')?.evidence.find(({label}) => label.includes('beside'));
		expect(isWritten).toBe(true);
		expect(told).toMatchObject({holds: true, value: expect.stringContaining('1 entry on pingdirectory-0') as string});
		expect(uidsOf(rig, 'pingdirectory-0')).toContain('new-side');
	},
	240_000,
);
