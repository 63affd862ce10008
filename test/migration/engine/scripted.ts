import {expect} from 'vitest';
import {createEngine, type Engine, type EngineOptions} from '../../../source/migration/engine/engine.js';
import type {Intent, JournalEvent} from '../../../source/migration/event.js';
import type {Preview, RunFacts, Step, StepId} from '../../../source/migration/step.js';
import type {Clock, World} from '../../../source/migration/world.js';

/** A clock that moves when it is told to. */
export type ScriptedClock = Clock & {readonly advance: (milliseconds: number) => void};

export const scriptedClock = (): ScriptedClock => {
	let at = Date.parse('2026-03-01T10:00:00.000Z');
	const sleepers = new Set<{readonly until: number; readonly wake: () => void}>();
	return {
		now: () => new Date(at),
		async sleep(milliseconds, signal) {
			const {promise, resolve, reject} = Promise.withResolvers<void>();
			const sleeper = {until: at + milliseconds, wake: resolve};
			sleepers.add(sleeper);
			signal?.addEventListener('abort', () => {
				sleepers.delete(sleeper);
				reject(new Error('aborted'));
			});
			return promise;
		},
		advance(milliseconds) {
			at += milliseconds;
			for (const sleeper of sleepers) {
				if (!(sleeper.until <= at)) {
					continue;
				}

				sleepers.delete(sleeper);
				sleeper.wake();
			}
		},
	};
};

export const preview = (changes: Partial<Preview> = {}): Preview => ({
	summary: ['Does what it says.'],
	commands: ['kubectl get pods'],
	wayBack: 'Nothing to undo.',
	...changes,
});

/** A step that does nothing and proves one thing, but for what a test says of it. */
export const step = (id: StepId, changes: Partial<Step> = {}): Step => ({
	id,
	title: `Title of ${id}`,
	why: `Why ${id} is there.`,
	needs: [],
	effect: 'none',
	inspect: async () => ({state: 'to-do', facts: []}),
	questions: async () => [],
	preview: async () => preview(),
	perform: async () => ({}),
	verify: async () => [{label: `${id} checked`, value: 'as it should be', holds: true}],
	undo: {kind: 'cannot', says: 'It leaves nothing.'},
	rehearsal: {kind: 'same'},
	...changes,
});

export const runFacts: RunFacts = {
	id: 'run-1',
	folder: '/runs/run-1',
	mode: 'migrate',
	context: 'staging',
	namespace: 'ping',
	sandbox: false,
};

export type ScriptedOptions = Partial<Omit<EngineOptions, 'steps' | 'run'>> & {
	readonly run?: Partial<RunFacts>;
	/** Which cluster the context leads to now. */
	readonly uid?: string;
	readonly clock?: ScriptedClock;
};

export type Scripted = {
	readonly engine: Engine;
	readonly journal: JournalEvent[];
	readonly clock: ScriptedClock;
};

/** A real engine over literal steps, a journal in memory and a clock that is moved by hand. */
export const scripted = (steps: readonly Step[], options: ScriptedOptions = {}): Scripted => {
	const clock = options.clock ?? scriptedClock();
	const run = {...runFacts, ...options.run};
	const {id, folder, ...where} = run;
	const opened: JournalEvent = {
		type: 'run-opened',
		at: clock.now().toISOString(),
		format: 1,
		run: id,
		...where,
		program: '0.1.0',
		steps: steps.map(line => line.id),
		by: 'ann@host',
	};
	const journal: JournalEvent[] = [...(options.history ?? [opened])];
	// The engine itself uses nothing of the world but the clock and the cluster's identity.
	const world = {
		clock,
		cluster: {identity: async () => ({uid: options.uid ?? 'uid-1', version: 'v1.32.0', server: 'https://cluster'})},
	} as unknown as World;
	const engine = createEngine({
		steps,
		world,
		run,
		history: [...journal],
		journal: options.journal ?? {
			async append(event) {
				journal.push(event);
			},
		},
		...(options.given && {given: options.given}),
	});
	return {engine, journal, clock};
};

/** Waits until the engine accepts an intent, then sends it. */
export const send = async (engine: Engine, intent: Intent): Promise<void> => {
	await expect.poll(() => engine.view().next).toContain(intent.type);
	engine.send(intent);
};
