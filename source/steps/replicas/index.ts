import {join} from 'node:path';
import {agreementOf} from '../../directory/converge.js';
import type {DirectoryServer} from '../../directory/server.js';
import {readServer} from '../../directory/topology.js';
import {Failure} from '../../failure/failure.js';
import type {Evidence, Fact, Reporter, Step, StepContext} from '../../migration/step.js';
import {asOutcome, outcomeOf, type ProvedReplica} from '../outcomes.js';
import {countText} from '../run/words.js';
import {digestOn} from '../servers/digest-on.js';
import {provedBackends} from '../servers/moved-data.js';
import {serverIn} from '../servers/new-server.js';
import {holdsDirectoryData} from '../servers/products.js';
import {topologyFacts, topologyRows} from '../servers/topology.js';
import {controlledKind, takesCommands} from '../servers/workload-pods.js';
import {joinReplica} from './join.js';
import {awaitPod, growTo, newPods, readHook, wantedReplicas} from './pods.js';

type Needs = 'pods' | 'clock' | 'cluster' | 'kubectl' | 'files' | 'transfer';

/** Why there is nothing to grow; undefined where there is. */
const isLeftOut = (context: Pick<StepContext, 'outcomes'>): string | undefined => {
	const {workload} = outcomeOf(context, 'inventory');
	if (outcomeOf(context, 'strategy').strategy === 'root') {
		return 'As root the workload keeps its replicas.';
	}

	if (controlledKind(workload) !== 'StatefulSet' || !holdsDirectoryData(workload.product)) {
		return `${workload.product} has no replicas that replicate entries.`;
	}

	return workload.replicas > 1 ? undefined : 'The old workload has one replica, and so has the new one.';
};

const runningServers = async (context: StepContext<Needs>): Promise<readonly DirectoryServer[]> => {
	const pods = await Promise.all(
		newPods(context).map(async pod => ({pod, isRunning: await takesCommands(context, pod)})),
	);
	return pods.filter(({isRunning}) => isRunning).map(({pod}) => serverIn(context, pod));
};

const tableOf = async (context: StepContext<Needs>): Promise<readonly Fact[]> => {
	const servers = await runningServers(context);
	const readings = await Promise.all(servers.map(async server => readServer(server)));
	return topologyFacts(topologyRows(readings));
};

const proveDigests = async (
	context: StepContext<Needs>,
	server: DirectoryServer,
	reporter: Reporter,
): Promise<ProvedReplica['digests']> => {
	const digests: Array<ProvedReplica['digests'][number]> = [];
	for (const {backend, target} of provedBackends(context)) {
		if (target === null) {
			continue;
		}

		const localPath = join(context.run.folder, 'data', `proof-${backend}-${server.target.pod}.ldif`);
		const digest = await digestOn(context, server, {backend, localPath}, reporter);
		await context.world.files.shred(localPath);
		if (digest !== target) {
			throw new Failure({
				code: 'replica-differs',
				seen:
					`${backend} on ${server.target.pod} has the digest ${digest}; the first new server was proved with ` +
					`${target}.`,
				means:
					'The replica says that it has caught up, and does not hold the same entries. Clients are still on ' +
					'the old servers.',
				todo: 'Initialize it from the first new server, then try again: it is exported and compared again.',
				byHand: server.pods.byHand(server.target, ['dsreplication', 'status', '--displayServerTable', '--showAll']),
				retryable: true,
			});
		}

		digests.push({backend, digest});
	}

	return digests;
};

const notedOf = (context: Pick<StepContext<Needs>, 'notes'>): readonly ProvedReplica[] =>
	context.notes.filter(({kind}) => kind === 'replica-proved').map(note => note.replica as unknown as ProvedReplica);

/** Grows by one pod and proves it; one that an earlier try has proved is only read again. */
const proveReplica = async (
	context: StepContext<Needs>,
	ordinal: number,
	reporter: Reporter,
): Promise<ProvedReplica> => {
	const pods = newPods(context).slice(0, ordinal + 1);
	const pod = pods.at(-1)!;
	await growTo(context, ordinal + 1);
	await awaitPod(context, pod, reporter);
	const servers = pods.map(one => serverIn(context, one));
	const server = servers.at(-1)!;
	const hook = await readHook(context, pod, server.target.container);
	reporter.log(
		`${pod}: PD_STATE ${hook.state ?? 'not said'}, enable ${hook.enable ?? 'not said'}, initialize ` +
			`${hook.initialize ?? 'not said'}${hook.wasAlreadyFound ? ', found itself in the topology' : ''}`,
	);
	const {mended} = await joinReplica(context, servers, reporter);
	const known = mended.length === 0 ? notedOf(context).find(one => one.pod === pod) : undefined;
	const proved = known ?? {
		pod,
		hook: {enable: hook.enable, initialize: hook.initialize},
		mended: mended.map(
			({backend, kind}) => `${backend}: ${kind === 'enable' ? 'joined and initialized' : 'initialized'}`,
		),
		digests: await proveDigests(context, server, reporter),
	};
	if (!known) {
		await reporter.note({kind: 'replica-proved', replica: proved});
	}

	return proved;
};

/** The new set grows to the old number, one pod after the other, each proved by itself. */
export const replicas: Step<Needs> = {
	id: 'replicas',
	title: 'Replicas',
	why:
		'The first new server is proved; now the others join it, one by one. A pod that is ready may still lack ' +
		'data, so each is ' +
		'read, compared and exported by itself. No client reaches one before the cut-over.',
	needs: ['pods', 'clock', 'cluster', 'kubectl', 'files', 'transfer'],
	effect: 'cluster',
	async inspect(context) {
		const why = isLeftOut(context);
		if (why !== undefined) {
			return {state: 'not-needed', facts: [], why};
		}

		return {
			state: 'to-do',
			facts: [
				{label: 'to be', value: countText(wantedReplicas(context), 'replica', 'replicas')},
				...(await tableOf(context)),
			],
		};
	},
	questions: async () => [],
	async preview(context) {
		const {newName} = outcomeOf(context, 'strategy');
		const wanted = wantedReplicas(context);
		return {
			summary: [
				`${newName} grows to ${countText(wanted, 'replica', 'replicas')}, one after the other. The next begins ` +
					'only when the one before is proved.',
				'Each must have joined for every backend, with the same generation id, the same entries, backlog 0, ' +
					'and the digest of the first in an export of its own.',
			],
			commands: Array.from({length: wanted - 1}, (_, index) =>
				context.world.kubectl.byHand('scale', 'statefulset', newName, `--replicas=${index + 2}`),
			),
			wayBack: 'Clients are still on the old servers. unroot rollback scales the new workload to 0.',
		};
	},
	async perform(context, reporter) {
		const proved: ProvedReplica[] = [];
		const wanted = wantedReplicas(context);
		for (let ordinal = 1; ordinal < wanted; ordinal++) {
			reporter.progress({what: 'Replicas that are proved', unit: 'pods', done: ordinal, total: wanted});
			proved.push(await proveReplica(context, ordinal, reporter));
		}

		const readings = await Promise.all(newPods(context).map(async pod => readServer(serverIn(context, pod))));
		return asOutcome<'replicas'>({proved, topology: topologyRows(readings)});
	},
	async verify(context) {
		const {proved} = outcomeOf(context, 'replicas');
		const readings = await Promise.all(newPods(context).map(async pod => readServer(serverIn(context, pod))));
		const {restless} = agreementOf(readings);
		const proofs = provedBackends(context);
		return [
			...readings.map((reading): Evidence => {
				const reasons = restless.find(({pod}) => pod === reading.pod)?.reasons ?? [];
				return {
					label: `replica ${reading.pod}`,
					value:
						reasons.length > 0
							? reasons.join('; ')
							: `${reading.backends.map(({id, entries}) => `${id} ${countText(entries, 'entry', 'entries')}`).join(', ')}; ` +
								'backlog 0, generation ' +
								reading.replicas.map(({generationId}) => generationId ?? 'not said').join(', '),
					holds: reasons.length === 0,
				};
			}),
			...proved.flatMap(({pod, digests}) =>
				digests.map(({backend, digest}): Evidence => ({
					label: `digest of ${backend} on ${pod}`,
					value: digest,
					holds: proofs.some(proof => proof.backend === backend && proof.target === digest),
				})),
			),
		];
	},
	tell: context => topologyFacts(outcomeOf(context, 'replicas').topology, 'after'),
	// From then on the new servers are written to.
	verifiedUntil: ['catch-up', 'cut-over'],
	undo: {kind: 'cannot', says: 'Its pods end with the new workload, which the undo of «Apply» scales to 0.'},
	rehearsal: {kind: 'same'},
};
