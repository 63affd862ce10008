import {writabilityCommand} from '../../directory/writability.js';
import type {Question, StepContext} from '../../migration/step.js';
import {frozenMode} from '../freeze/begin.js';

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
			reason: `${writabilityCommand(undefined, frozenMode(replicas)).join(' ')}, on ${replicas === 1 ? 'its pod' : `each of the ${replicas} pods`}.`,
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
