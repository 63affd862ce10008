import {Failure, type FailureParts} from '../../failure/failure.js';
import type {JsonObject} from '../json.js';
import {stepOf, type StepState} from '../state.js';
import type {Evidence, Fact, Inspection, Step} from '../step.js';
import {Undecided} from '../undecided.js';
import {whileFrozen} from '../words/freeze.js';
import {runName} from '../words/run-name.js';
import {askAll, hasOpen, type Turn} from './ask.js';
import {goBack, withBack} from './back.js';
import {contextOf, withReporter} from './context.js';
import {tellFailure} from './said.js';
import type {Ending, Session} from './session.js';

const settled = new Set<StepState['status']>(['done', 'skipped']);

const nextStep = (session: Session): Step | undefined =>
	session.steps.find(step => {
		const known = stepOf(session.state(), step.id);
		return known !== undefined && !settled.has(known.status);
	});

const skipStep = async (session: Session, step: Step, why: string): Promise<void> =>
	session.record({type: 'step-skipped', step: step.id, why});

/** Shows what the step is about to do and waits for the word, where it does anything or is to be read. */
const previewed = async (session: Session, step: Step): Promise<Turn> => {
	if (step.effect === 'none' && !step.isRead) {
		return 'on';
	}

	session.show({type: 'preview-shown', step: step.id, preview: await step.preview(contextOf(session, step))});
	const intent = await session.take(withBack(session, step.skip ? ['start', 'skip'] : ['start']));
	switch (intent.type) {
		case 'stop': {
			return 'stopped';
		}

		case 'back': {
			await goBack(session, intent.question);
			return 'again';
		}

		case 'skip': {
			await skipStep(session, step, step.skip ?? '');
			return 'again';
		}

		case 'start':
		case 'answer':
		case 'retry': {
			return 'on';
		}
	}
};

const unverified = (step: Step, evidence: readonly Evidence[]): Failure => {
	const broken = evidence.filter(({holds}) => !holds);
	return new Failure({
		code: 'unverified',
		seen: `«${step.title}» ended, but ${broken.map(({label, value}) => `${label}: ${value}`).join('; ')}.`,
		means: 'The step is not done: what the cluster shows is not what it should show.',
		todo: 'Look at the evidence, then try again; the step looks for what is already there.',
		byHand: 'unroot resume',
		retryable: true,
		details: evidence.map(({label, value, holds}) => `${holds ? '✓' : '✗'} ${label}: ${value}`),
	});
};

const verified = async (session: Session, step: Step): Promise<readonly Evidence[]> => {
	session.show({type: 'step-verifying', step: step.id});
	return step.verify(contextOf(session, step));
};

/** What a step tells beside its evidence, where it does. */
const toldBy = (session: Session, step: Step): {readonly facts?: readonly Fact[]} => {
	const facts = step.tell?.(contextOf(session, step)) ?? [];
	return facts.length > 0 ? {facts} : {};
};

/** The connect step names the cluster; the engine keeps it, so that a resume can refuse another one. */
const identified = async (session: Session, outcome: JsonObject): Promise<void> => {
	const {cluster} = outcome as {
		readonly cluster?: {readonly uid: string; readonly version: string; readonly server: string};
	};
	if (cluster && session.state().cluster?.uid !== cluster.uid) {
		await session.record({
			type: 'cluster-identified',
			uid: cluster.uid,
			version: cluster.version,
			server: cluster.server,
		});
	}
};

/** Performs a step. One that looks after the deadline of a freeze by itself is left alone with it. */
const performed = async (session: Session, step: Step): Promise<JsonObject> => {
	const perform = async (): Promise<JsonObject> =>
		withReporter(session, step, async reporter => step.perform(contextOf(session, step), reporter));
	if (!step.keepsDeadline) {
		return perform();
	}

	await session.deadline.pause();
	try {
		return await perform();
	} finally {
		session.deadline.goOn();
	}
};

const performAndVerify = async (session: Session, step: Step): Promise<void> => {
	const known = stepOf(session.state(), step.id);
	if (known?.status === 'performed') {
		const evidence = await verified(session, step);
		if (evidence.every(({holds}) => holds)) {
			await session.record({type: 'step-verified', step: step.id, evidence, ...toldBy(session, step)});
			return;
		}
	}

	await session.record({type: 'step-started', step: step.id, attempt: (known?.attempts ?? 0) + 1});
	const outcome = await performed(session, step);
	session.stopping.throwIfAborted();
	await session.record({type: 'step-performed', step: step.id, outcome});
	await identified(session, outcome);
	const evidence = await verified(session, step);
	if (evidence.some(({holds}) => !holds)) {
		throw unverified(step, evidence);
	}

	await session.record({type: 'step-verified', step: step.id, evidence, ...toldBy(session, step)});
};

/** What was seen, and that the step came with a newer version of the program where it did. */
const told = (session: Session, step: Step, inspection: Inspection): Inspection =>
	stepOf(session.state(), step.id)?.isNew
		? {
				...inspection,
				facts: [
					{label: 'new step', value: 'the version of unroot that began this run did not have it', mark: 'warning'},
					...inspection.facts,
				],
			}
		: inspection;

const tryStep = async (session: Session, step: Step): Promise<Turn> => {
	session.show({type: 'step-entered', step: step.id});
	if (session.run.mode === 'rehearse' && step.rehearsal.kind === 'skip') {
		await skipStep(session, step, step.rehearsal.why);
		return 'on';
	}

	const inspection = told(session, step, await step.inspect(contextOf(session, step)));
	session.show({type: 'step-inspected', step: step.id, inspection});
	if (inspection.state === 'blocked') {
		throw new Failure({exit: 'blocked', ...inspection.failure});
	}

	if (inspection.state === 'not-needed') {
		await skipStep(session, step, inspection.why);
		return 'on';
	}

	const asked = await askAll(session, step);
	if (asked !== 'on') {
		return asked;
	}

	const agreed = await previewed(session, step);
	if (agreed !== 'on') {
		return agreed;
	}

	try {
		await performAndVerify(session, step);
		return 'on';
	} catch (error) {
		if (error instanceof Undecided && (await hasOpen(session, step))) {
			return 'again';
		}

		throw error;
	}
};

/** One try of a step. A secret that was typed for it is forgotten afterwards: a wrong one is asked for again. */
const walkStep = async (session: Session, step: Step): Promise<Turn> => {
	try {
		return await tryStep(session, step);
	} finally {
		session.secrets.clear();
	}
};

/** Waits for what the operator wants after a failure. */
const afterFailure = async (session: Session, step: Step): Promise<Turn> => {
	const intent = await session.take(withBack(session, step.skip ? ['retry', 'skip'] : ['retry']));
	switch (intent.type) {
		case 'stop': {
			return 'stopped';
		}

		case 'skip': {
			await skipStep(session, step, step.skip ?? '');
			return 'on';
		}

		case 'back': {
			await goBack(session, intent.question);
			return 'on';
		}

		case 'start':
		case 'answer':
		case 'retry': {
			return 'on';
		}
	}
};

/**
Walks the checklist, one step at a time, to its end or to where the operator stops it.
*/
export const walk = async (session: Session): Promise<Ending | 'stopped'> => {
	let failure: FailureParts | undefined;
	for (;;) {
		const step = nextStep(session);
		if (!step) {
			if (session.state().status !== 'finished') {
				await session.record({type: 'run-finished'});
			}

			return {exit: 'done'};
		}

		let turn: Turn;
		try {
			turn = await walkStep(session, step);
			failure = undefined;
		} catch (error) {
			if (session.stopping.aborted) {
				return 'stopped';
			}

			const parts = await tellFailure(session, step, error);
			failure = whileFrozen(parts, session.state(), runName(session.run));
			await session.record({type: 'step-failed', step: step.id, failure});
			turn = await afterFailure(session, step);
		}

		if (turn === 'stopped') {
			if (failure) {
				await session.record({type: 'run-stopped', why: failure.seen});
				return {exit: failure.exit ?? 'failed', failure};
			}

			return 'stopped';
		}
	}
};
