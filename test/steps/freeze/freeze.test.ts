import {expect, test} from 'vitest';
import {frozenNow} from '../../../source/migration/freeze.js';
import {beginFreeze} from '../../../source/steps/freeze/begin.js';
import {leaveFrozen, liftFreeze} from '../../../source/steps/freeze/lift.js';
import {frozenEvidence, thawedEvidence} from '../../../source/steps/freeze/look.js';
import {oldServers, oldWorkloadOf} from '../../../source/steps/freeze/servers.js';
import {openStand} from './stand.js';

type Stand = Awaited<ReturnType<typeof openStand>>;

const begin = async (stand: Stand, mode: 'internal-only' | 'disabled' = 'internal-only') => {
	const context = stand.context();
	return beginFreeze(
		context,
		{workload: oldWorkloadOf(context), servers: await oldServers(context), mode},
		stand.reporter,
	);
};

const holding = (evidence: ReadonlyArray<{readonly holds: boolean}>): readonly boolean[] =>
	evidence.map(({holds}) => holds);

test('a freeze covers every backend of every replica, is written down first of all, and each server is read back', async () => {
	const stand = await openStand();
	const {names, sandbox} = stand;
	expect(await stand.write('pingdirectory-1')).toContain('dc=example,dc=com');
	await stand.run('pingdirectory-1', [
		'dsconfig',
		'set-backend-prop',
		'--backend-name',
		'userRoot',
		'--set',
		'writability-mode:internal-only',
		'--no-prompt',
	]);

	const {freeze, evidence} = await begin(stand);
	expect(holding(evidence)).toEqual([true, true]);
	expect(evidence[0]).toMatchObject({
		label: 'writes on pingdirectory-0',
		value: expect.stringMatching(/^refused \(server internal-only, .*userRoot enabled/v) as string,
	});
	for (const pod of names) {
		expect(await stand.write(pod)).toContain('writability mode internal-only');
	}

	expect(stand.freezes()).toMatchObject([
		{
			workload: {name: 'pingdirectory'},
			mode: 'internal-only',
			servers: [
				{pod: 'pingdirectory-0', global: 'enabled'},
				{pod: 'pingdirectory-1', global: 'enabled'},
			],
		},
	]);
	const [, second] = freeze.servers;
	expect(second?.backends).toContainEqual({id: 'userRoot', was: 'internal-only'});
	expect(stand.kept).toEqual([expect.stringContaining('pingdirectory-0, pingdirectory-1') as string]);
	expect(await stand.annotation()).toMatchObject({
		run: 'r',
		mode: 'internal-only',
		pods: names,
		lift: [expect.stringMatching(/exec pingdirectory-0 .*writability-mode:enabled/v) as string, expect.any(String)],
	});

	// A stricter mode later on is the same freeze, and what was there before it stands.
	await begin(stand, 'disabled');
	expect(stand.freezes()).toHaveLength(1);
	expect(frozenNow(stand.freezes())).toMatchObject({mode: 'disabled', servers: [{global: 'enabled'}, {}]});
	expect(await stand.write('pingdirectory-0')).toContain('writability mode disabled');

	const lifted = await liftFreeze(stand.context(), freeze, stand.reporter);
	expect(holding(lifted)).toEqual([true, true]);
	expect(await stand.write('pingdirectory-0')).not.toContain('writability mode');
	// It refused writes before the freeze, and does so again.
	expect(await stand.write('pingdirectory-1')).toContain('writability mode internal-only');
	expect(frozenNow(stand.freezes())).toBeUndefined();
	expect(stand.freezes()).toMatchObject([{ended: {how: 'lifted'}}]);
	expect(stand.kept.at(-1)).toBeUndefined();
	expect(await stand.annotation()).toBeUndefined();
	expect(sandbox.objects('StatefulSet', 'identity')[0]?.metadata.annotations).not.toHaveProperty('unroot/freeze');
});

test('a server that somebody lets take writes again is evidence against the freeze', async () => {
	const stand = await openStand();
	const {freeze} = await begin(stand);
	await stand.run('pingdirectory-1', [
		'dsconfig',
		'set-global-configuration-prop',
		'--set',
		'writability-mode:enabled',
		'--no-prompt',
	]);
	const seen = await frozenEvidence(stand.context(), freeze);
	expect(seen).toMatchObject([{holds: true}, {holds: false, value: expect.stringContaining('taken by') as string}]);
	expect(holding(await thawedEvidence(stand.context(), freeze))).toEqual([false, true]);
	const gone = {...freeze, servers: freeze.servers.map(server => ({...server, pod: `${server.pod}0`}))};
	expect(await frozenEvidence(stand.context(), gone)).toMatchObject([
		{holds: false, value: expect.stringContaining('unknown') as string},
		{holds: false},
	]);
	// Not every server can be let go: the freeze is not written down as over.
	expect(
		holding(
			await liftFreeze(stand.context(), {...freeze, servers: [...freeze.servers, ...gone.servers]}, stand.reporter),
		),
	).toEqual([true, true, false, false]);
	expect(frozenNow(stand.freezes())).toBeDefined();
});

test('once clients have moved nobody is refused, and the old servers go on refusing until the way back', async () => {
	const stand = await openStand(1);
	const {freeze} = await begin(stand, 'disabled');
	await leaveFrozen(stand.context(), freeze, stand.reporter);
	expect(frozenNow(stand.freezes())).toBeUndefined();
	expect(stand.kept.at(-1)).toBeUndefined();
	expect(await stand.annotation()).toMatchObject({clientsMovedAt: expect.any(String) as string});
	expect(await stand.write('pingdirectory-0')).toContain('writability mode');
	await liftFreeze(stand.context(), freeze, stand.reporter);
	expect(stand.freezes()).toMatchObject([{ended: {how: 'lifted'}}]);
	expect(await stand.write('pingdirectory-0')).not.toContain('writability mode');
	expect(await stand.annotation()).toBeUndefined();
});
