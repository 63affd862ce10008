import {rm} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {acquireLease} from '../cluster/lease/lease.js';
import type {LeaseHandle} from '../cluster/lease/renewal.js';
import {Failure} from '../failure/failure.js';
import {createClock} from '../machine/clock.js';
import {makeFolder, writeDurably} from '../machine/durable.js';
import {withPath} from '../machine/file-failure.js';
import {openJournal, readJournal} from '../machine/journal.js';
import {isRunning, startMarkOf} from '../machine/processes.js';
import {refuseOpenFolder} from '../machine/run-folder.js';
import {lockRun, type RunLock} from '../machine/run-lock.js';
import {thisMachine} from '../machine/this-machine.js';
import type {Certificate} from '../migration/certificate.js';
import {createEngine, type Engine} from '../migration/engine/engine.js';
import {journalFormat, type JournalEvent} from '../migration/event.js';
import type {Untimed} from '../migration/journal.js';
import type {RunFacts, StepId} from '../migration/step.js';
import {checklist} from '../steps/index.js';
import {readCertificate, rehearsedName} from './certificate.js';
import {connectionFor} from './connect.js';
import {realRuns} from './runs.js';
import type {Surroundings} from './surroundings.js';
import {createWorld} from './world.js';

/** What a session of a run is opened with. */
export type SessionOrder = {
	readonly folder: string;
	readonly kubeconfig?: string;
	readonly context?: string;
	readonly namespace?: string;
	/** Given when the run is new. */
	readonly opening?: {readonly id: string; readonly mode: 'migrate' | 'rehearse'; readonly sandbox: boolean};
	/** What a rehearsal found, for a new run to go by. */
	readonly certificate?: Certificate;
	readonly given: Readonly<Record<string, string>>;
	readonly expected: Readonly<Partial<Record<StepId, number>>>;
};

/** A run that is held: by its lock on this machine, and by its lease in the namespace. */
export type OpenSession = {
	readonly engine: Engine;
	readonly expected: Readonly<Partial<Record<StepId, number>>>;
	/** Resolves when the namespace was lost to somebody else. */
	readonly lost: Promise<Failure>;
	readonly close: () => Promise<void>;
};

/** Files and objects in the cluster are called by it: whatever a journal says, it is no path. */
const isRunId = (id: string): boolean => /^[\w\-]{1,100}$/v.test(id);

type Opened = Extract<JournalEvent, {readonly type: 'run-opened'}>;

const openedOf = (events: readonly JournalEvent[], folder: string): Opened => {
	const [first] = events;
	if (first?.type !== 'run-opened' || !isRunId(first.run)) {
		throw new Failure({
			code: 'journal-corrupt',
			seen: `The journal in ${folder} does not begin with the opening of a run, or calls it by a name that no run has.`,
			means: 'It is not the journal of a run, or its beginning is lost.',
			todo: 'Start a new run; it looks at what is in the cluster.',
			byHand: `head -n 1 ${join(folder, 'journal.jsonl')}`,
		});
	}

	return first;
};

/**
Opens a run, new or known, and holds it. Rejects with a Failure where another process or operator has it.
*/
export const openRun = async (surroundings: Surroundings, order: SessionOrder): Promise<OpenSession> => {
	const {home, program, by, host, pid, options} = surroundings;
	const clock = createClock();
	const known = order.opening ? undefined : openedOf(await readJournal(order.folder), order.folder);
	const {kubeconfig} = order;
	const context = order.context ?? known?.context;
	const namespace = order.namespace ?? known?.namespace;
	const connection = await connectionFor(surroundings, {
		cacheFolder: join(order.folder, 'kubectl-cache'),
		...(kubeconfig !== undefined && {kubeconfig}),
		...(context !== undefined && {context}),
		...(namespace !== undefined && {namespace}),
	});
	const made = await withPath('made', order.folder, async () => makeFolder(order.folder));
	await refuseOpenFolder(order.folder);
	let lock: RunLock | undefined;
	let lease: LeaseHandle | undefined;
	let isBegun = known !== undefined;
	const opening: Untimed<JournalEvent> = order.opening
		? {
				type: 'run-opened',
				format: journalFormat,
				run: order.opening.id,
				mode: order.opening.mode,
				context: connection.context,
				namespace: connection.namespace,
				sandbox: order.opening.sandbox,
				program,
				steps: checklist.map(({id}) => id),
				by,
				...(connection.actsAs && {actsAs: connection.actsAs}),
			}
		: {type: 'run-resumed', program, by, steps: checklist.map(({id}) => id)};
	try {
		const own = await lockRun(order.folder);
		const {machine} = await thisMachine();
		lock = own;
		const run = known?.run ?? order.opening?.id ?? '';
		const now = clock.now().toISOString();
		const held = await acquireLease(connection, {
			holder: {
				run,
				by,
				host,
				machine,
				pid,
				start: await startMarkOf(pid),
				since: now,
			},
			clock,
			takeOver: options.takeOver,
			isRunning,
		});
		lease = held;
		const rehearsed = join(order.folder, rehearsedName);
		if (order.certificate) {
			await writeDurably(rehearsed, `${JSON.stringify(order.certificate, undefined, 2)}\n`, 0o600);
		}

		const certificate = await readCertificate(rehearsed);
		const journal = await openJournal(order.folder);
		const from = held.takenFrom;
		await journal.append({
			at: now,
			...opening,
			...(from && {tookOver: {run: from.run, by: `${from.by} on ${from.host}`}}),
		});
		isBegun = true;
		const history = await readJournal(order.folder);
		const opened = openedOf(history, order.folder);
		const facts: RunFacts = {
			id: opened.run,
			folder: order.folder,
			mode: opened.mode,
			context: connection.context,
			namespace: connection.namespace,
			sandbox: opened.sandbox,
			by,
			...(certificate && {certificate}),
			...(kubeconfig !== undefined && !opened.sandbox && {kubeconfig: resolve(kubeconfig)}),
			...(opened.mode === 'rehearse' && !opened.sandbox && {realRuns: await realRuns(surroundings)}),
		};
		const engine = createEngine({
			steps: checklist,
			world: createWorld(connection, home, held),
			journal,
			run: facts,
			history,
			given: order.given,
		});
		return {
			engine,
			expected: order.expected,
			lost: held.lost,
			async close() {
				await journal.close();
				await held.release();
				await own.release();
			},
		};
	} catch (error) {
		await lease?.release();
		await lock?.release();
		if (made && !isBegun) {
			// A folder without an event is no run: nothing could be resumed from it.
			await rm(order.folder, {recursive: true, force: true});
		}

		throw error;
	}
};
