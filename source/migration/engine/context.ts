import type {JsonObject} from '../json.js';
import {stepOf} from '../state.js';
import type {Reporter, Step, StepContext} from '../step.js';
import {createMeter} from './progress.js';
import type {Session} from './session.js';

/** The part of a session that a step sees. */
export type Seen = Pick<Session, 'world' | 'run' | 'state' | 'stopping'> & Partial<Pick<Session, 'secrets'>>;

/** What a step sees, as of now. */
export const contextOf = (session: Seen, step: Step): StepContext => {
	const state = session.state();
	const known = stepOf(state, step.id);
	return {
		world: session.world,
		run: session.run,
		answers: state.answers,
		secrets: session.secrets ?? new Map(),
		outcomes: Object.fromEntries(
			state.steps.filter(({outcome}) => outcome !== undefined).map(({id, outcome}) => [id, outcome]),
		),
		attempts: known?.attempts ?? 0,
		notes: known?.notes ?? [],
		freezes: state.freezes,
		listed: state.files,
		signal: session.stopping,
	};
};

/** Runs what a step does with a reporter, and a heartbeat that shows when nothing moves. */
export const withReporter = async <Result>(
	session: Session,
	step: Step,
	what: (reporter: Reporter) => Promise<Result>,
): Promise<Result> => {
	const meter = createMeter(step.id);
	const {clock} = session.world;
	const over = new AbortController();

	const heartbeat = async (): Promise<void> => {
		while (!over.signal.aborted) {
			await clock.sleep(1000, over.signal).catch(() => undefined);
			const event = over.signal.aborted ? undefined : meter.tick(clock.now().getTime());
			if (event) {
				session.show(event);
			}
		}
	};

	const beating = heartbeat();
	try {
		return await what({
			progress(progress) {
				const event = meter.report(progress, clock.now().getTime());
				if (event) {
					session.show(event);
				}
			},
			log(line) {
				session.show({type: 'logged', step: step.id, line});
			},
			async frozen(begun) {
				await session.record({type: 'freeze-begun', step: step.id, ...begun});
			},
			async thawed(workload, how) {
				await session.record({type: 'freeze-ended', step: step.id, workload, how});
			},
			async note(note: JsonObject) {
				await session.record({type: 'step-noted', step: step.id, note});
			},
			async settle({place, path}, end) {
				await session.record({type: 'file-settled', place, path, end});
			},
		});
	} finally {
		over.abort();
		await beating;
	}
};
