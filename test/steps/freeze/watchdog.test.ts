import {setTimeout} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {createClock} from '../../../source/machine/clock.js';
import type {StepContext} from '../../../source/migration/step.js';
import {beginFreeze} from '../../../source/steps/freeze/begin.js';
import {liftFreeze} from '../../../source/steps/freeze/lift.js';
import {oldServers, oldWorkloadOf} from '../../../source/steps/freeze/servers.js';
import {armAll, disarmAll, unarmedOn} from '../../../source/steps/freeze/watch.js';
import type {LastRoundNeeds} from '../../../source/steps/last-round/needs.js';
import {takeOver} from '../../../source/steps/last-round/take-over.js';
import {openStand} from './stand.js';

type Stand = Awaited<ReturnType<typeof openStand>>;

/** A stand whose clock is the real one: watchdogs count real seconds. */
const open = async (replicas = 1): Promise<Stand> => openStand(replicas, createClock());

const orderOf = async (stand: Stand) => {
	const context = stand.context();
	return {workload: oldWorkloadOf(context), servers: await oldServers(context), mode: 'disabled' as const};
};

const isRefused = async (stand: Stand, pod: string): Promise<boolean> => {
	const said = await stand.write(pod);
	return said.includes('writability mode');
};

/** Whether the process of a watchdog runs in the first pod. */
const watchdogs = async (stand: Stand): Promise<number> => {
	const {stdout} = await stand.run('pingdirectory-0', [
		'sh',
		'-c',
		'for file in /tmp/unroot.freeze.r/pid.*; do kill -0 "$(cat "$file")" 2>/dev/null && echo runs; done',
	]);
	return stdout.split('\n').filter(Boolean).length;
};

/** Waits until a pod takes writes. Nothing here waits for so many seconds: the watchdog decides. */
const untilTaken = async (stand: Stand, pod: string): Promise<void> => {
	while (await isRefused(stand, pod)) {
		await setTimeout(100);
	}
};

test('with nobody left to lift it, each pod lifts the freeze at the deadline, and the run finds that it did', async () => {
	const stand = await open(2);
	const {freeze, evidence} = await beginFreeze(stand.context(), await orderOf(stand), stand.reporter);
	expect(evidence.map(({holds}) => holds)).toEqual([true, true]);
	const until = new Date(Date.now() + 3000).toISOString();
	expect(await armAll(stand.context(), freeze.servers, {until, seconds: 3}, stand.reporter)).toEqual([]);
	// From here on the program does nothing, as one that was killed.
	for (const pod of stand.names) {
		await untilTaken(stand, pod);
	}

	const over = {...freeze, until};
	expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
	await expect(disarmAll(stand.context(), over)).rejects.toMatchObject({parts: {code: 'freeze-over-budget'}});
});

test('a watchdog that was called off lifts nothing, and one that cannot be left there is said', async () => {
	const stand = await open();
	const until = new Date(Date.now() + 15_000).toISOString();
	const {freeze} = await beginFreeze(stand.context(), {...(await orderOf(stand)), until}, stand.reporter);
	expect(freeze).toMatchObject({until, unwatched: []});
	expect(await disarmAll(stand.context(), freeze)).toMatchObject([{value: 'called off', holds: true}]);
	// It wakes at the deadline, finds that it was called off, and ends.
	while ((await watchdogs(stand)) > 0) {
		await setTimeout(200);
	}

	expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until) - 1000);
	expect(await isRefused(stand, 'pingdirectory-0')).toBe(true);

	// A file in the place of its folder.
	await stand.run('pingdirectory-0', ['sh', '-c', 'rm -rf /tmp/unroot.freeze.r && : >/tmp/unroot.freeze.r']);
	const later = new Date(Date.now() + 600_000).toISOString();
	const {freeze: again} = await beginFreeze(stand.context(), {...(await orderOf(stand)), until: later}, stand.reporter);
	expect(again).toMatchObject({unwatched: ['pingdirectory-0']});
	expect(stand.lines.join('\n')).toContain('pingdirectory-0: no watchdog could be left there');
});

test('a watchdog is called off though the answer to arming it was lost, and one that stays stops the switch', async () => {
	const stand = await open(2);
	const until = new Date(Date.now() + 600_000).toISOString();
	const {freeze} = await beginFreeze(stand.context(), {...(await orderOf(stand)), until}, stand.reporter);
	const context = stand.context() as unknown as StepContext<LastRoundNeeds>;
	const {pods} = stand.world;
	const deaf = {
		...pods,
		async script(...words: Parameters<typeof pods.script>) {
			const isOff = words[0].pod === 'pingdirectory-1' && words[1].includes('disarmed.$2');
			return isOff ? {exitCode: 0, stdout: 'armed\n', stderr: ''} : pods.script(...words);
		},
	};
	await expect(
		takeOver({...context, world: {...context.world, pods: deaf}}, freeze, stand.reporter),
	).rejects.toMatchObject({
		parts: {code: 'watchdog-not-called-off', seen: expect.stringContaining('pingdirectory-1 still armed') as string},
	});
	expect(stand.freezes().at(-1)).not.toHaveProperty('isMoving');

	await armAll(stand.context(), freeze.servers, {until, seconds: 600}, stand.reporter);
	const lost = {...freeze, unwatched: ['pingdirectory-0']};
	expect(await disarmAll(stand.context(), lost)).toMatchObject([{value: 'called off'}, {value: 'called off'}]);
	expect(await takeOver(context, lost, stand.reporter)).toMatchObject({isMoving: true});
});

test('a server that goes on refusing writes when the freeze is lifted keeps its watchdog', async () => {
	const stand = await open(2);
	const until = new Date(Date.now() + 600_000).toISOString();
	const {freeze} = await beginFreeze(stand.context(), {...(await orderOf(stand)), until}, stand.reporter);
	const {pods} = stand.world;
	const context = stand.context();
	const busy = {
		...pods,
		async script(...words: Parameters<typeof pods.script>) {
			const isLift = words[0].pod === 'pingdirectory-1' && words[2]?.includes('writability-mode:enabled');
			return isLift ? {exitCode: 1, stdout: '', stderr: 'The server is busy.'} : pods.script(...words);
		},
	};
	const evidence = await liftFreeze({...context, world: {...context.world, pods: busy}}, freeze, stand.reporter);
	expect(evidence.map(({holds}) => holds)).toEqual([true, false]);
	expect(await unarmedOn(stand.context(), freeze)).toEqual(['pingdirectory-0']);
	expect(stand.freezes().at(-1)).not.toHaveProperty('ended');

	await liftFreeze(stand.context(), freeze, stand.reporter);
	expect(await unarmedOn(stand.context(), freeze)).toEqual(stand.names);
	expect(stand.freezes().at(-1)).toMatchObject({ended: {how: 'lifted'}});
});
