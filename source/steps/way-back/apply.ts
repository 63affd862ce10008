import {readBackends} from '../../directory/backends.js';
import type {DirectoryServer} from '../../directory/server.js';
import {asWritability, setWritability} from '../../directory/writability.js';
import {freezeOf, type Freeze} from '../../migration/freeze.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {liftServer} from '../freeze/lift.js';
import {oldServers, oldWorkloadOf} from '../freeze/servers.js';
import type {LastRoundNeeds} from '../last-round/needs.js';
import {settleReplicas} from '../last-round/settle-replicas.js';
import type {CopiedFile} from '../outcomes.js';
import {wayTo} from '../rounds/carry.js';
import {baseLineAfter, makeRound, type BaseLine} from '../rounds/round.js';
import {countText} from '../run/words.js';
import {oldServer} from '../servers/old-server.js';

/** What the rounds from the new side to the old one are called, in notes and file names. */
const back = 'back';

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
			value:
				`${countText(round?.added ?? 0, 'entry', 'entries')} added, ${round?.removed ?? 0} removed, ` +
				`${round?.changed ?? 0} changed; ${now ?? 'none'} entries on the old server, ` +
				`${entries ?? 'unknown'} on the new ` +
				`one${digest === null ? '; encrypted, so counts are the proof' : `, digest ${digest}`}`,
			holds: now !== undefined && (entries === null || now === entries),
		};
	});
};
