import * as z from 'zod';
import type {JournalEvent} from '../migration/event.js';
import type {StepId} from '../migration/step.js';

/** Every step there is. The compiler sees to it that none is left out. */
const steps: Readonly<Record<StepId, true>> = {
	connect: true,
	inventory: true,
	strategy: true,
	profile: true,
	preview: true,
	apply: true,
	export: true,
	'copy-out': true,
	restart: true,
	import: true,
	prove: true,
	replicas: true,
	'catch-up': true,
	'cut-over': true,
	'clean-up': true,
};

/** Reads one event, or says what is wrong with it. */
export type EventReader = (value: unknown) => {readonly event: JournalEvent} | {readonly problem: string};

/**
The journal's schema, as a function. Fields it does not know are kept, so that a newer program's additions within one
format survive.
*/
export const eventReader = async (): Promise<EventReader> => {
	const text = z.string();
	const step = z.enum(Object.keys(steps) as [StepId, ...StepId[]]);
	const proof = z.looseObject({label: text, value: text, holds: z.boolean()});
	const evidence = z.array(proof);
	const fact = z.looseObject({
		label: text,
		value: text,
		mark: z.enum(['good', 'warning', 'bad']).exactOptional(),
	});
	const note = z.record(text, z.json());
	const failure = z.looseObject({
		code: text,
		seen: text,
		means: text,
		todo: text,
		byHand: text,
		exit: z.enum(['done', 'failed', 'usage', 'blocked', 'unanswered', 'interrupted']).exactOptional(),
		retryable: z.boolean().exactOptional(),
		details: z.array(text).exactOptional(),
	});
	const workload = z.looseObject({kind: z.enum(['StatefulSet', 'Deployment']), name: text});
	const backend = z.looseObject({id: text, was: text});
	const server = z.looseObject({
		pod: text,
		container: text,
		ldapsPort: z.int(),
		global: z.nullable(text),
		backends: z.array(backend),
		lift: text,
	});
	const place = z.union([
		z.looseObject({kind: z.literal('here')}),
		z.looseObject({kind: z.literal('pod'), pod: text, container: text}),
	]);
	const end = z.union([
		z.looseObject({kind: z.literal('removed')}),
		z.looseObject({kind: z.literal('kept'), why: text}),
		z.looseObject({kind: z.literal('left'), why: text, byHand: text}),
	]);
	const tookOver = z.looseObject({run: text, by: text});
	const basis = z.looseObject({
		recommended: text.exactOptional(),
		why: text.exactOptional(),
		isGiven: z.literal(true).exactOptional(),
	});
	const event = <Type extends JournalEvent['type'], Shape extends Record<string, unknown>>(type: Type, shape: Shape) =>
		z.looseObject({type: z.literal(type), at: text, ...shape});
	const schema = z.discriminatedUnion('type', [
		event('run-opened', {
			format: z.int(),
			run: text,
			mode: z.enum(['migrate', 'rehearse']),
			context: text,
			namespace: text,
			sandbox: z.boolean(),
			program: text,
			steps: z.array(step),
			by: text,
			tookOver: tookOver.exactOptional(),
		}),
		event('run-resumed', {
			program: text,
			by: text,
			steps: z.array(step).exactOptional(),
			tookOver: tookOver.exactOptional(),
		}),
		event('cluster-identified', {uid: text, version: text, server: text}),
		event('question-answered', {
			step,
			question: text,
			answer: text,
			typed: z.literal(true).exactOptional(),
			basis: basis.exactOptional(),
		}),
		event('step-started', {step, attempt: z.int()}),
		event('step-noted', {step, note}),
		event('file-listed', {place, path: text}),
		event('file-settled', {place, path: text, end}),
		event('step-performed', {step, outcome: z.json()}),
		event('step-verified', {step, evidence, facts: z.array(fact).exactOptional()}),
		event('step-failed', {step, failure}),
		event('step-skipped', {step, why: text}),
		event('step-reopened', {step, why: text, withdrawn: z.array(text)}),
		event('freeze-begun', {
			step,
			workload,
			mode: text,
			servers: z.array(server),
			until: text.exactOptional(),
			unwatched: z.array(text).exactOptional(),
		}),
		event('freeze-ended', {step, workload: text, how: z.enum(['lifted', 'expired', 'moved'])}),
		event('undo-started', {step}),
		event('undo-done', {step, evidence}),
		event('run-stopped', {why: text}),
		event('run-finished', {}),
		event('run-rolled-back', {}),
	]);
	return value => {
		const read = schema.safeParse(value);
		if (read.success) {
			return {event: read.data};
		}

		const [issue] = read.error.issues;
		return {problem: issue ? `${issue.path.join('.') || 'the event'}: ${issue.message}` : 'not an event'};
	};
};
