import {join} from 'node:path';
import {readBackends} from '../../directory/backends.js';
import type {DirectoryServer} from '../../directory/server.js';
import {asWritability, setWritability} from '../../directory/writability.js';
import {changesBetween, countOf} from '../../ldif/changes.js';
import {freezeOf, type Freeze} from '../../migration/freeze.js';
import type {Evidence, Fact, Question, Reporter, StepContext} from '../../migration/step.js';
import {frozenMode} from '../freeze/begin.js';
import {leaveFrozen, liftFreeze, liftServer} from '../freeze/lift.js';
import {oldServers, oldWorkloadOf} from '../freeze/servers.js';
import {outcomeOf, type CopiedFile} from '../outcomes.js';
import {countText} from '../run/words.js';
import {findNewServer, newServers} from '../servers/new-server.js';
import {oldServer} from '../servers/old-server.js';
import {baseLineOf} from './base-line.js';
import {wayTo} from './carry.js';
import {requireFrozen, settleReplicas, underFreeze, type LastRoundNeeds} from './last-round.js';
import {takePicture} from './pictures.js';
import {baseLineAfter, makeRound, type BaseLine} from './round.js';

/** What the rounds from the new side to the old one are called, in notes and file names. */
const back = 'back';

/** What becomes of what clients wrote to the new side. */
export type CarryBack = 'apply' | 'file' | 'leave';

const choiceOf = ({answers}: Pick<StepContext, 'answers'>): CarryBack => {
	const answer = answers['carry-back'];
	return answer === 'file' || answer === 'leave' ? answer : 'apply';
};

/** What is to be decided once clients have moved. */
export const wayBackQuestions = ({run}: Pick<StepContext, 'run'>): readonly Question[] => [
	{
		kind: 'choice',
		id: 'carry-back',
		title: 'What becomes of what clients wrote to the new server?',
		why: 'Clients have been on the new server since the cut-over. The old one does not have what they wrote there.',
		recommended: 'apply',
		options: [
			{
				value: 'apply',
				label: 'Carry it to the old server',
				reason:
					'The new server is frozen, compared with the old one, and what differs is applied and proved before clients go back.',
				cost: 'Clients that write get an error until they are back.',
			},
			{
				value: 'file',
				label: 'Keep it in a file',
				reason:
					'The changes are written to an LDIF in the folder of the run, and counted. The old server stays as it was at the switch.',
				cost: 'What clients wrote is not on the old server until you apply that file.',
			},
			{
				value: 'leave',
				label: 'Leave it on the new server',
				reason: 'The new server does not answer, so that nothing can be taken from it.',
				cost: 'What clients wrote since the cut-over is lost to them, and nobody can say how much it is.',
			},
		],
	},
	{
		kind: 'typed',
		id: 'roll-back',
		title: 'Type the name of the namespace to move the clients back.',
		why: 'Clients are on the new server. Going back moves them to the old one, as it is shown above.',
		expected: run.namespace,
	},
];

/** What going back will do, and what would stay behind, as far as it can be seen without changing anything. */
export const wayBackFacts = async (context: StepContext<LastRoundNeeds>): Promise<readonly Fact[]> => {
	const {pictures} = baseLineOf(context, context.notes);
	const now = await findNewServer(context)
		.then(async server => readBackends(server))
		.catch(() => undefined);
	return [
		{label: 'new server', value: 'is frozen, exported and compared with the old one; what differs is carried back'},
		...pictures.map(({backend, entries}): Fact => ({
			label: `entries of ${backend}`,
			value: now
				? `${now.find(({id}) => id === backend)?.entries ?? 'none'} on the new server now, ${entries ?? 'unknown'} at the switch; entries that were changed are counted once it is frozen`
				: 'the new server does not answer',
			...(!now && {mark: 'bad' as const}),
		})),
	];
};

/** Where the changes are kept that are not applied. */
const changesFile = ({run}: Pick<StepContext, 'run'>, backend: string): string =>
	join(run.folder, `written-since-cut-over-${backend}.ldif`);

const keepChanges = async (
	context: StepContext<LastRoundNeeds>,
	from: DirectoryServer,
	{pictures, isOldUp}: {readonly pictures: readonly CopiedFile[]; readonly isOldUp: boolean},
	reporter: Reporter,
): Promise<readonly Evidence[]> => {
	const {files} = context.world;
	const evidence: Evidence[] = [];
	for (const picture of pictures) {
		const {backend} = picture;
		const wanted = await takePicture(context, from, {backend, picture: 'round', name: 'back-new'}, reporter);
		const held = isOldUp
			? await takePicture(context, oldServer(context), {backend, picture: 'held', name: 'back-old'}, reporter)
			: picture;
		const path = changesFile(context, backend);
		const sink = await files.begin(path);
		const changes = await changesBetween(
			() => files.stream(held.path),
			() => files.stream(wanted.path),
			{onText: sink.write},
		);
		await sink.close();
		await files.shred(wanted.path);
		if (isOldUp) {
			await files.shred(held.path);
		}

		const written = await files.stat(path);
		evidence.push({
			label: `written to ${backend} since the cut-over`,
			value: `${countText(changes.added, 'entry', 'entries')} added, ${changes.removed} removed, ${changes.changed} changed; kept in ${path} (user data, mode 0600), not applied`,
			holds: written !== undefined && (countOf(changes) === 0 || written.bytes > 0),
		});
	}

	return evidence;
};

/** Has the first old server refuse writes again, where the changes could not be carried to it. */
const closeOne = async (context: StepContext<LastRoundNeeds>, {mode, servers}: Freeze): Promise<void> => {
	const free = oldServer({...context, signal: new AbortController().signal});
	const first = servers.find(({pod}) => pod === free.target.pod);
	const backends = first?.global === null ? first.backends.map(({id}) => id) : [undefined];
	for (const backend of backends) {
		await setWritability(free, backend, asWritability(mode));
	}
};

/** Sets the first old server to take the changes; the others get them from it. */
const openOne = async (context: StepContext<LastRoundNeeds>, freeze: Freeze, reporter: Reporter): Promise<void> => {
	const {pod} = oldServer(context).target;
	const first = freeze.servers.find(server => server.pod === pod);
	if (first) {
		await liftServer(context, first, reporter);
	}
};

const applyBack = async (
	context: StepContext<LastRoundNeeds>,
	from: DirectoryServer,
	pictures: readonly CopiedFile[],
	reporter: Reporter,
): Promise<readonly Evidence[]> => {
	const to = oldServer(context);
	const {way, abilities, why} = await wayTo(context, to);
	if (way === 'whole') {
		reporter.log(why);
	}

	const freeze = freezeOf(context.freezes, oldWorkloadOf(context).name);
	if (freeze) {
		await openOne(context, freeze, reporter);
	}

	const before = baseLineAfter(context.notes, {pictures, isSure: false, rounds: []}, back);
	let line: BaseLine;
	try {
		line = await makeRound(
			context,
			{from, to, way, abilities},
			{line: {...before, isSure: false}, backends: pictures.map(({backend}) => backend), isToProve: true, name: back},
			reporter,
		);
		await settleReplicas(context, await oldServers(context), reporter);
	} catch (error) {
		if (freeze) {
			await closeOne(context, freeze);
		}

		throw error;
	}

	const round = line.rounds.at(-1);
	const backends = await readBackends(to);
	return line.pictures.map(({backend, digest, entries}): Evidence => {
		const now = backends.find(({id}) => id === backend)?.entries;
		return {
			label: `${backend} carried back`,
			value: `${countText(round?.added ?? 0, 'entry', 'entries')} added, ${round?.removed ?? 0} removed, ${round?.changed ?? 0} changed; ${now ?? 'none'} entries on the old server, ${entries ?? 'unknown'} on the new one${digest === null ? '; encrypted, so counts are the proof' : `, digest ${digest}`}`,
			holds: now !== undefined && (entries === null || now === entries),
		};
	});
};

/**
Brings what clients wrote to the new side to the old one, or keeps it in a file, and then lets `move` lead the clients back. The new side is frozen before, and stays so. Where anything fails before `move`, it takes writes again, and clients stay on it.

`isOldUp` is false where only the owner can bring the old workload up, in the same change that moves the clients: then the changes go into a file, against the base line.
*/
export const carryBack = async (
	context: StepContext<LastRoundNeeds>,
	reporter: Reporter,
	{isOldUp, move}: {readonly isOldUp: boolean; readonly move: () => Promise<readonly Evidence[]>},
): Promise<readonly Evidence[]> => {
	const choice = choiceOf(context);
	const lift = async (): Promise<readonly Evidence[]> => {
		const freeze = freezeOf(context.freezes, oldWorkloadOf(context).name);
		return freeze ? liftFreeze(context, freeze, reporter) : [];
	};

	if (choice === 'leave') {
		return [...(await move()), ...(await lift())];
	}

	const servers = await newServers(context);
	const {pictures} = baseLineOf(context, context.notes);
	const from = await findNewServer(context);
	const {newName} = outcomeOf(context, 'strategy');
	const {freeze, carried} = await underFreeze(
		context,
		{workload: {kind: oldWorkloadOf(context).kind, name: newName}, servers, mode: frozenMode(servers.length)},
		reporter,
		{
			isKept: false,
			async what(frozen) {
				await settleReplicas(context, servers, reporter);
				const evidence =
					choice === 'file' || !isOldUp
						? await keepChanges(context, from, {pictures, isOldUp}, reporter)
						: await applyBack(context, from, pictures, reporter);
				await requireFrozen(context, frozen, 'After the proof');
				return {freeze: frozen, carried: evidence};
			},
		},
	);
	const moved = await move();
	await requireFrozen(context, freeze, 'After the clients moved back');
	await leaveFrozen(context, freeze, reporter);
	return [...carried, ...moved, ...(await lift())];
};

/** Whether clients may have written to the new side, so that there is something to carry back. */
export const isToCarryBack = (context: Pick<StepContext, 'outcomes'>): boolean =>
	outcomeOf(context, 'strategy').strategy === 'fresh' && baseLineOf(context, []).pictures.length > 0;
