import {setWritability, writabilityCommand, type Writability} from '../../directory/backends.js';
import {readData} from '../../directory/data.js';
import type {JsonObject} from '../../migration/json.js';
import type {Evidence, Question, Reporter, StepContext} from '../../migration/step.js';
import {outcomeOf, type FrozenBackend} from '../outcomes.js';
import {noteText} from '../run/words.js';
import {oldServer} from './old-server.js';

/** Replication is an internal operation: with several servers it must go on. */
export const frozenMode = (replicas: number): Writability => (replicas > 1 ? 'internal-only' : 'disabled');

/** Whether writes are to be refused from the export to the cut-over. */
export const freezeQuestion = (replicas: number): Question => ({
	kind: 'choice',
	id: 'freeze',
	title: 'Are writes to be frozen until the cut-over?',
	why: 'What is written to the old server after the export is not on the new one. A freeze makes the servers refuse writes; reads and logins go on.',
	recommended: 'freeze',
	options: [
		{
			value: 'freeze',
			label: 'Freeze writes before the export',
			reason: `${writabilityCommand('userRoot', frozenMode(replicas)).join(' ')}, on ${replicas === 1 ? 'its pod' : `each of the ${replicas} pods`}.`,
			cost: 'Clients that write get an error until the cut-over. Logins that must write (last login time, failed tries) may fail too.',
			wayBack: 'unroot rollback lifts the freeze.',
		},
		{
			value: 'open',
			label: 'Go on taking writes',
			reason: 'Nobody writes, or what is written meanwhile may be lost.',
			cost: 'Entries written after the export are missing on the new server, and no proof can show it.',
		},
	],
});

/** Whether the operator chose the freeze. */
export const isToFreeze = (context: Pick<StepContext, 'answers'>): boolean => context.answers.freeze === 'freeze';

/** Freezes each backend on each pod; what its mode was is noted before it is changed. */
export const freezeAll = async (
	context: StepContext<'pods'>,
	reporter: Reporter,
): Promise<readonly FrozenBackend[]> => {
	const {workload} = outcomeOf(context, 'inventory');
	const frozen: FrozenBackend[] = [];
	for (const pod of workload.pods) {
		const server = oldServer(context, pod);
		const {backends, empty} = await readData(server);
		// An empty backend is frozen too: nobody would notice what is written to it.
		for (const {id, writability} of [...backends, ...empty]) {
			const earlier = frozenSoFar(context).find(one => one.pod === pod && one.backend === id);
			const one = earlier ?? {pod, backend: id, was: writability};
			if (!earlier) {
				await reporter.note({kind: 'freeze', ...one});
			}

			reporter.log(`${pod}: ${writabilityCommand(id, frozenMode(workload.replicas)).join(' ')}`);
			await setWritability(server, id, frozenMode(workload.replicas));
			frozen.push(one);
		}
	}

	return frozen;
};

/** What was frozen, from the notes: an interrupted try has no outcome yet, but its freeze must be lifted all the same. */
export const frozenSoFar = ({notes}: {readonly notes: readonly JsonObject[]}): readonly FrozenBackend[] =>
	notes
		.filter(note => note.kind === 'freeze')
		.map(({pod, backend, was}) => ({pod: noteText(pod), backend: noteText(backend), was: noteText(was)}));

const writabilityBefore = (was: string): Writability =>
	was === 'disabled' || was === 'internal-only' ? was : 'enabled';

/** Lifts a freeze: each backend gets back the mode it had. */
export const liftFreeze = async (
	context: StepContext<'pods'>,
	frozen: readonly FrozenBackend[],
	reporter: Reporter,
): Promise<readonly Evidence[]> => {
	for (const {pod, backend, was} of frozen) {
		reporter.log(`${pod}: ${writabilityCommand(backend, writabilityBefore(was)).join(' ')}`);
		await setWritability(oldServer(context, pod), backend, writabilityBefore(was));
	}

	return frozen.map(({pod, backend, was}) => ({
		label: `writes to ${backend} on ${pod}`,
		value: writabilityBefore(was),
		holds: true,
	}));
};
