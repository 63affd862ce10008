import {readBackends} from '../../directory/backends.js';
import type {DirectoryServer} from '../../directory/server.js';
import {Failure} from '../../failure/failure.js';
import {freezeOf, type Frozen} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {freezeAgain} from '../freeze/begin.js';
import {liftServer} from '../freeze/lift.js';
import {oldServers, oldWorkloadOf} from '../freeze/servers.js';
import {whileClientsOnNew} from '../last-round/clients.js';
import type {LastRoundNeeds} from '../last-round/needs.js';
import {settleReplicas} from '../last-round/settle-replicas.js';
import type {CopiedFile} from '../outcomes.js';
import {wayTo, type Sides} from '../rounds/carry.js';
import {baseLineAfter, makeRound} from '../rounds/round.js';
import {countText} from '../run/words.js';
import {oldServer} from '../servers/old-server.js';
import {createDirectWrites} from './direct-writes.js';

/** What the rounds from the new side to the old one are called, in notes and file names. */
const back = 'back';

/**
Has the first old server take writes for as long as changes are applied to it, and no longer: the others get them from
it, and what it holds is looked at while it refuses writes again.
*/
const openFor =
	(context: StepContext<LastRoundNeeds>, freeze: Frozen | undefined, reporter: Reporter): Sides['change'] =>
	async make => {
		const first = freeze?.servers.find(({pod}) => pod === oldServer(context).target.pod);
		await whileClientsOnNew(context)(async () => {
			if (!freeze || !first) {
				await make();
				return;
			}

			try {
				await liftServer(context, first, reporter);
				await make();
			} finally {
				// What was stopped must not leave it open.
				await freezeAgain({...context, signal: new AbortController().signal}, freeze, reporter);
			}
		});
	};

const refused = (evidence: readonly Evidence[]): Failure =>
	new Failure({
		code: 'old-side-open',
		seen: evidence.map(({label, value}) => `${label}: ${value}`).join('; '),
		means: 'What is written there directly would be lost under what is carried back. Nothing was carried.',
		todo: 'Find out who lets it take writes, then run the rollback again.',
		byHand: 'unroot rollback',
		retryable: true,
	});

/**
All entries imported into one of several old replicas would part it from the others, whose topology is not
unroot's to rebuild.
*/
const notWhole = (replicas: number, why: string): Failure =>
	new Failure({
		code: 'way-back-whole',
		seen: `${why} The old side has ${replicas} replicas, which would not get that from each other.`,
		means: 'What clients wrote to the new server cannot be carried back change by change. Nothing was changed.',
		todo: 'Run the rollback again with {"answers": {"carry-back": "file"}}: it keeps the changes as LDIF.',
		byHand: 'unroot rollback --answers FILE',
		retryable: true,
	});

/** Carries what clients wrote to the new side to the old one, and proves it. */
export const applyBack = async (
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

	const olds = await oldServers(context);
	if (way === 'whole' && olds.length > 1) {
		throw notWhole(olds.length, why);
	}

	const freeze = freezeOf(context.freezes, oldWorkloadOf(context).name);
	if (freeze) {
		// An earlier try that was cut off may have left the first one open.
		const seen = await freezeAgain(context, freeze, reporter);
		const open = seen.filter(({holds}) => !holds);
		if (open.length > 0) {
			throw refused(open);
		}
	}

	await settleReplicas(context, await oldServers(context), reporter);
	const direct = createDirectWrites(context, reporter);
	const before = baseLineAfter(context.notes, {pictures, isSure: false, rounds: []}, back);
	const line = await makeRound(
		context,
		{from, to, way, abilities, change: openFor(context, freeze, reporter), onLeft: direct.keep},
		{line: {...before, isSure: false}, backends: pictures.map(({backend}) => backend), isToProve: true, name: back},
		reporter,
	);
	await settleReplicas(context, await oldServers(context), reporter);
	const round = line.rounds.at(-1);
	const backends = await readBackends(to);
	const carried = line.pictures.map(({backend, digest, entries}): Evidence => {
		const now = backends.find(({id}) => id === backend)?.entries;
		return {
			label: `${backend} carried back`,
			value:
				`${countText(round?.added ?? 0, 'entry', 'entries')} added, ${round?.removed ?? 0} removed, ` +
				`${round?.changed ?? 0} changed; ${now ?? 'none'} entries on the old server, ` +
				`${entries ?? 'unknown'} on the new one` +
				(digest === null ? '; encrypted, so counts are the proof' : `, digest ${digest}`),
			holds: now !== undefined && (entries === null || now === entries),
		};
	});
	return [...carried, ...(await direct.evidence())];
};
