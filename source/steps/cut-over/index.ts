import {servicePortsText} from '../../manifests/objects/shape.js';
import type {Step} from '../../migration/step.js';
import {budgetQuestion} from '../freeze/budget.js';
import {hasGate} from '../last-round/index.js';
import {outcomeOf} from '../outcomes.js';
import {isOnlyAskedFor, ownedByCutOver, ownerFacts} from '../owner/index.js';
import {ownerQuestions} from '../owner/questions.js';
import {judgeRepository} from '../questions/paths.js';
import {baseLineOf} from '../rounds/base-line.js';
import {forecastOf} from '../rounds/forecast.js';
import {readPlan} from '../run/plan.js';
import {countText, noteText} from '../run/words.js';
import {bothSides} from '../servers/both-sides.js';
import {isToFreeze} from '../servers/freeze.js';
import {wayBackFacts, wayBackQuestions} from '../way-back/questions.js';
import {moveClients} from './move.js';
import type {Needs} from './needs.js';
import {oldWorkload} from './old-workload.js';
import {movedEvidence} from './proof.js';
import {cutOverQuestions} from './questions.js';
import {previewOf, writesFacts} from './shown.js';
import {isToAskBack, moveBack} from './undo.js';
import {retainedVolumes, keptVolumes} from './volumes.js';

/** What is noted when the clients begin to move: from then on nothing is decided anew. */
const goneOn = new Set(['moving', 'patch', 'upgrade', 'handed-over']);

/** The clients move. */
export const cutOver: Step<Needs> = {
	id: 'cut-over',
	title: 'Cut over',
	why:
		'The client Service keeps its name and its ports; behind it, the new pods take over. The old ' +
		'workload is scaled down and kept, with its volume set to Retain.',
	needs: ['cluster', 'kubectl', 'helm', 'git', 'clock', 'files', 'pods', 'hold', 'transfer'],
	effect: 'cluster',
	keepsDeadline: true,
	renews: ['freeze-budget', 'carry-back'],
	async inspect(context) {
		if (outcomeOf(context, 'strategy').strategy === 'root') {
			return {
				state: 'not-needed',
				facts: [],
				why: 'The workload kept its name, its Services and its ports: clients are on it already.',
			};
		}

		const [plan, owned] = await Promise.all([readPlan(context), ownedByCutOver(context)]);
		return {
			state: 'to-do',
			facts: [
				...plan.switches.map(({name, before, after}) => ({
					label: `Service/${name}`,
					value: `now ${servicePortsText(before)}; after the cut-over ${servicePortsText(after)}`,
				})),
				{
					label: 'old workload',
					value:
						`${oldWorkload(context).name}, ${countText(oldWorkload(context).replicas, 'replica')}, is ` +
						'scaled to 0 and kept',
				},
				...keptVolumes(context).map(name => ({label: 'old volume', value: `${name} is set to Retain`})),
				...ownerFacts(owned),
				...(hasGate(context) ? [...(await writesFacts(context)), ...(await bothSides(context))] : []),
			],
		};
	},
	questions: async context => [
		...(await ownerQuestions(context, await ownedByCutOver(context))),
		...(hasGate(context) && (!isToFreeze(context) || context.answers['freeze-budget'] === undefined)
			? [budgetQuestion(forecastOf(baseLineOf(context, context.notes).rounds))]
			: []),
		...cutOverQuestions(context),
	],
	preview: previewOf,
	perform: moveClients,
	tell: context =>
		keptVolumes(context)
			.filter(name => !retainedVolumes(context).includes(name))
			.map(name => ({
				label: `PersistentVolume/${name}`,
				value: 'could not be set to Retain: do not delete its claim, or let an administrator set it',
				mark: 'warning',
			})),
	verify: movedEvidence,
	judge: async (context, question, answer) =>
		question === 'owner-repository' ? judgeRepository(context, answer) : undefined,
	mayDecideAnew: notes => isOnlyAskedFor(notes) || notes.every(({kind}) => !goneOn.has(noteText(kind))),
	undo: {
		kind: 'can',
		says:
			'The old workload comes up again, and the Services go back to it; what an owner changed, its ' +
			'owner has to undo.',
		async facts(context) {
			return (await isToAskBack(context)) ? wayBackFacts(context) : [];
		},
		async questions(context) {
			return (await isToAskBack(context))
				? wayBackQuestions(context, forecastOf(baseLineOf(context, context.notes).rounds))
				: [];
		},
		run: moveBack,
	},
	rehearsal: {kind: 'same'},
};
