import {expect, onTestFinished, test} from 'vitest';
import {acquireLease, readLease, type LeaseRequest} from '../../../source/cluster/lease/lease.js';
import type {LeaseHolder} from '../../../source/cluster/lease/record.js';
import type {LeaseHandle} from '../../../source/cluster/lease/renewal.js';
import {refusal} from '../api/api-server.js';
import {createFastClock, createHandClock, type HandClock} from '../hand-clock.js';
import {startLeaseServer, type LeaseServer} from './lease-server.js';

const ada: LeaseHolder = {
	run: 'run-1',
	by: 'ada',
	host: 'bastion-1',
	machine: 'm1',
	pid: 100,
	start: '7',
	since: '2026-11-24T10:00:00.000Z',
};
const bob: LeaseHolder = {
	run: 'run-2',
	by: 'bob',
	host: 'bastion-2',
	machine: 'm2',
	pid: 200,
	start: '8',
	since: '2026-11-24T09:00:00.000Z',
};

const heldBy = (
	server: LeaseServer,
	{run, by, host, machine, pid, start, since}: LeaseHolder,
	renewTime: string,
): void => {
	server.put({
		annotations: {
			'unroot/run': run,
			'unroot/by': by,
			'unroot/host': host,
			'unroot/machine': machine,
			'unroot/pid': String(pid),
			'unroot/start': start,
			'unroot/since': since,
		},
		spec: {holderIdentity: `${run}/${host}/${pid}`, renewTime, leaseDurationSeconds: 45},
	});
};

/** Acquires, and gives back when the test is over. */
const acquire = async (
	server: LeaseServer,
	clock: HandClock,
	more: Partial<LeaseRequest> = {},
): Promise<LeaseHandle> => {
	const handle = await acquireLease(server.connection, {
		holder: ada,
		clock,
		isRunning: async () => true,
		...more,
	});
	onTestFinished(async () => handle.release());
	return handle;
};

test('a free namespace is taken, and the lease says by whom', async () => {
	const server = await startLeaseServer();
	await acquire(server, createHandClock());
	expect(server.lease()).toMatchObject({
		metadata: {
			name: 'unroot',
			annotations: {
				'unroot/run': 'run-1',
				'unroot/by': 'ada',
				'unroot/host': 'bastion-1',
				'unroot/pid': '100',
				'unroot/since': '2026-11-24T10:00:00.000Z',
			},
		},
		spec: {
			holderIdentity: 'run-1/bastion-1/100',
			leaseDurationSeconds: 45,
			renewTime: '2026-11-24T10:00:00.000000Z',
			acquireTime: '2026-11-24T10:00:00.000000Z',
		},
	});
	expect(await readLease(server.connection, createHandClock())).toMatchObject({holder: ada});
	expect(server.seen[0]?.path).toBe('/apis/coordination.k8s.io/v1/namespaces/identity/leases/unroot');
});

test('a namespace that another run holds is refused, and the failure says whose it is and how to take it', async () => {
	const server = await startLeaseServer();
	heldBy(server, bob, '2026-11-24T09:59:30.000000Z');
	await expect(acquire(server, createHandClock())).rejects.toMatchObject({
		parts: {
			code: 'namespace-held',
			exit: 'blocked',
			seen: 'The namespace «identity» is held by the run run-2 of bob on bastion-2 since 2026-11-24T09:00:00.000Z.',
			todo: expect.stringContaining('--take-over') as string,
		},
	});
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-2/bastion-2/200'}});
});

test('it can be taken over deliberately, and the other run learns that it lost it', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	const first = await acquire(server, clock, {holder: bob});
	const {takenFrom} = await acquire(server, clock, {takeOver: true});
	expect(takenFrom).toMatchObject({run: 'run-2', by: 'bob', host: 'bastion-2'});
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
	clock.advance(10_000);
	const lost = await first.lost;
	expect(lost.parts).toMatchObject({
		code: 'lease-lost',
		exit: 'blocked',
		seen: 'The namespace «identity» was taken over by the run run-1 of ada on bastion-1.',
	});
	await first.release();
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
});

test('the same run on the same machine takes it at once when its process is dead', async () => {
	const server = await startLeaseServer();
	heldBy(server, {...ada, pid: 99}, '2026-11-24T09:59:59.000000Z');
	await expect(acquire(server, createHandClock())).rejects.toMatchObject({parts: {code: 'namespace-held'}});
	await acquire(server, createHandClock(), {isRunning: async pid => pid !== 99});
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
});

test('the number of a process that ended, which another has by now, does not keep it', async () => {
	const server = await startLeaseServer();
	heldBy(server, {...ada, pid: 99, start: '1'}, '2026-11-24T09:59:59.000000Z');
	await acquire(server, createHandClock(), {isRunning: async (pid, start) => pid === 99 && start !== '1'});
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
});

test('two machines of one name are told apart: the processes of the other are not looked for here', async () => {
	const server = await startLeaseServer();
	heldBy(server, {...ada, machine: 'another', pid: 99}, '2026-11-24T09:59:59.000000Z');
	await expect(acquire(server, createHandClock(), {isRunning: async () => false})).rejects.toMatchObject({
		parts: {code: 'namespace-held'},
	});
});

test('another run of the same machine is not taken for dead by its process', async () => {
	const server = await startLeaseServer();
	heldBy(server, {...bob, host: ada.host, machine: ada.machine}, '2026-11-24T09:59:59.000000Z');
	await expect(acquire(server, createHandClock(), {isRunning: async () => false})).rejects.toMatchObject({
		parts: {code: 'namespace-held'},
	});
});

test('a lease that ran out on this machine is taken at once', async () => {
	const server = await startLeaseServer();
	heldBy(server, {...bob, host: ada.host, machine: ada.machine}, '2026-11-24T09:59:14.000000Z');
	await acquire(server, createHandClock());
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
});

test('a lease of another machine that seems to have run out is watched first, since clocks differ', async () => {
	const server = await startLeaseServer();
	heldBy(server, bob, '2026-11-24T09:30:00.000000Z');
	const clock = createHandClock();
	const refused = acquire(server, clock);
	await clock.untilAsleep();
	heldBy(server, bob, '2026-11-24T09:30:10.000000Z');
	clock.advance(15_000);
	await expect(refused).rejects.toMatchObject({parts: {code: 'namespace-held'}});
	const taken = acquire(server, clock);
	await clock.untilAsleep();
	clock.advance(15_000);
	await taken;
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
});

test('of two that want it at the same moment, one gets it', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	const tries = await Promise.allSettled([acquire(server, clock), acquire(server, clock, {holder: bob})]);
	expect(tries.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
	const loser = tries.find(({status}) => status === 'rejected');
	expect(loser).toMatchObject({reason: {parts: {code: 'namespace-held'}}});
});

/**
Between two renewals. While one goes on, the time that it may take is slept as well: a clock that is moved then is moved
too early.
*/
const waitsToRenew = async (clock: HandClock): Promise<void> => expect.poll(() => clock.sleeping()).toEqual([10_000]);

test('the hold is renewed every ten seconds', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	const handle = await acquire(server, clock);
	for (let round = 1; round <= 3; round++) {
		await waitsToRenew(clock);
		clock.advance(10_000);
		await expect.poll(() => server.lease()?.spec.renewTime).toBe(`2026-11-24T10:00:${round}0.000000Z`);
	}

	await handle.release();
	expect(server.lease()).toBeUndefined();
});

test('a lease that somebody removed is made again, and one that was written meanwhile is renewed on top', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	await acquire(server, clock);
	server.remove();
	await waitsToRenew(clock);
	clock.advance(10_000);
	await expect.poll(() => server.lease()?.spec.renewTime).toBe('2026-11-24T10:00:10.000000Z');
	heldBy(server, ada, '2026-11-24T10:00:10.000000Z');
	await waitsToRenew(clock);
	clock.advance(10_000);
	await expect.poll(() => server.lease()?.spec.renewTime).toBe('2026-11-24T10:00:20.000000Z');
});

test('a server that cannot be asked is borne until the lease would have run out, then the hold is lost', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	const handle = await acquire(server, clock);
	server.fail(() => refusal(403, 'Forbidden', 'leases is forbidden'));
	for (const _ of [10, 20, 30, 40]) {
		const asked = server.seen.length;
		clock.advance(10_000);
		// It asked, in vain, and sleeps again: nothing is lost yet.
		await expect.poll(() => [server.seen.length > asked, clock.sleeping()]).toEqual([true, [10_000]]);
	}

	clock.advance(10_000);
	const lost = await handle.lost;
	expect(lost.parts).toMatchObject({code: 'lease-lost', seen: expect.stringContaining('for 45 seconds') as string});
	// Nobody else was seen: a server that does not answer is no operator.
	expect(lost.parts.means).toContain('Nothing says that anybody else is at work.');
});

test('a server that does not answer does not hide that the hold is over', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	const handle = await acquire(server, clock);
	server.fail(() => 'silent');
	clock.advance(10_000);
	await expect.poll(() => clock.sleeping()).toEqual([35_000]);
	clock.advance(35_000);
	const lost = await handle.lost;
	expect(lost.parts).toMatchObject({code: 'lease-lost', seen: expect.stringContaining('does not answer') as string});
	server.fail(undefined);
});

test('a server that does not answer keeps nobody from ending', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	const handle = await acquire(server, clock);
	server.fail(() => 'silent');
	clock.advance(10_000);
	await expect.poll(() => clock.sleeping()).toEqual([35_000]);
	const released = handle.release();
	await expect.poll(() => clock.sleeping()).toEqual([5000]);
	clock.advance(5000);
	await expect(released).resolves.toBeUndefined();
	server.fail(undefined);
});

test('a server that answers again in time makes no difference', async () => {
	const server = await startLeaseServer();
	const clock = createHandClock();
	await acquire(server, clock);
	server.fail(() => refusal(403, 'Forbidden', 'leases is forbidden'));
	const asked = server.seen.length;
	clock.advance(10_000);
	await expect.poll(() => [server.seen.length > asked, clock.sleeping()]).toEqual([true, [10_000]]);
	server.fail(undefined);
	clock.advance(10_000);
	await expect.poll(() => server.lease()?.spec.renewTime).toBe('2026-11-24T10:00:20.000000Z');
});

test('where leases are forbidden, the failure names the right', async () => {
	const server = await startLeaseServer();
	server.fail(() => refusal(403, 'Forbidden', 'leases.coordination.k8s.io "unroot" is forbidden'));
	await expect(acquire(server, createHandClock())).rejects.toMatchObject({
		parts: {
			code: 'forbidden',
			means: expect.stringContaining('get leases.coordination.k8s.io in the namespace «identity»') as string,
		},
	});
});

test("a lease that nobody holds is nobody's", async () => {
	const server = await startLeaseServer();
	expect(await readLease(server.connection, createHandClock())).toBeUndefined();
	server.put({spec: {holderIdentity: ''}});
	expect(await readLease(server.connection, createHandClock())).toBeUndefined();
	await acquire(server, createHandClock());
	expect(server.lease()).toMatchObject({spec: {holderIdentity: 'run-1/bastion-1/100'}});
});

test('a lease that changes each time it is to be taken is left to whoever is faster', async () => {
	const server = await startLeaseServer();
	let calls = 0;
	server.fail(() =>
		calls++ % 2 === 0
			? refusal(404, 'NotFound', 'leases "unroot" not found')
			: refusal(409, 'AlreadyExists', 'leases "unroot" already exists'),
	);
	await expect(
		acquireLease(server.connection, {holder: ada, clock: createFastClock(), isRunning: async () => true}),
	).rejects.toMatchObject({
		parts: {code: 'lease-contended'},
	});
});
