import {expect, test} from 'vitest';
import {Failure} from '../../../source/failure/failure.js';
import {frozenNow, type Frozen} from '../../../source/migration/freeze.js';
import type {StepContext} from '../../../source/migration/step.js';
import {beginFreeze} from '../../../source/steps/freeze/begin.js';
import {oldServers, oldWorkloadOf} from '../../../source/steps/freeze/servers.js';
import type {LastRoundNeeds} from '../../../source/steps/last-round/needs.js';
import {requireFrozen, underFreeze} from '../../../source/steps/last-round/under-freeze.js';
import {openStand} from './stand.js';

type Stand = Awaited<ReturnType<typeof openStand>>;

const enable = ['dsconfig', 'set-global-configuration-prop', '--set', 'writability-mode:enabled', '--no-prompt'];

/** Does something under a freeze. */
const under = async (stand: Stand, what: (context: StepContext<LastRoundNeeds>) => Promise<void>, kept?: Frozen) => {
	const context = stand.context() as unknown as StepContext<LastRoundNeeds>;
	return underFreeze(
		context,
		{workload: oldWorkloadOf(context), servers: await oldServers(context), mode: 'disabled'},
		stand.reporter,
		{
			kept,
			async what(freeze) {
				await what(context);
				await requireFrozen(context, freeze, 'After the proof');
			},
		},
	);
};

test('a freeze that somebody lifts meanwhile ends what was done under it, and is taken back everywhere', async () => {
	const stand = await openStand(2);
	const lifted = under(stand, async () => {
		await stand.run('pingdirectory-1', enable);
	});
	await expect(lifted).rejects.toMatchObject({
		parts: {
			code: 'freeze-lifted',
			seen: expect.stringContaining('After the proof') as string,
			means: expect.stringContaining('Writes are allowed again on pingdirectory-0, pingdirectory-1') as string,
		},
	});
	expect(frozenNow(stand.freezes())).toBeUndefined();
	expect(await stand.write('pingdirectory-0')).not.toContain('writability mode');
});

test('a freeze that was to last stays, whatever ends what was done under it', async () => {
	const stand = await openStand(1);
	const first = stand.context();
	const order = {workload: oldWorkloadOf(first), servers: await oldServers(first), mode: 'disabled'} as const;
	const {freeze} = await beginFreeze(first, order, stand.reporter);
	const cause = new Failure({code: 'cause', seen: 'It failed.', means: 'Means.', todo: 'Do.', byHand: 'by hand'});
	const failing = async (): Promise<never> => {
		throw cause;
	};

	await expect(under(stand, failing, freeze)).rejects.toBe(cause);
	expect(await stand.write('pingdirectory-0')).toContain('writability mode');
});

test('a freeze that cannot be taken back is told first of all, with the command that lifts it', async () => {
	const stand = await openStand(1);
	const stuck = under(stand, async context => {
		// From here on the server takes every command, and changes nothing.
		const {pods} = context.world;
		Object.assign(context.world, {
			pods: {
				...pods,
				async script(...words: Parameters<typeof pods.script>) {
					const isChange = words[2]?.some(word => word.startsWith('writability-mode:')) ?? false;
					return isChange ? {exitCode: 0, stdout: '', stderr: ''} : pods.script(...words);
				},
			},
		});
		throw new Error('the round failed');
	});
	await expect(stuck).rejects.toMatchObject({
		parts: {code: 'freeze-not-lifted', byHand: expect.stringContaining('writability-mode:enabled') as string},
	});
	expect(frozenNow(stand.freezes())).toBeDefined();
});
