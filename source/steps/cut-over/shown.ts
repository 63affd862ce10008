import {frozenNow} from '../../migration/freeze.js';
import type {Fact, Preview, StepContext} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';
import {runName} from '../../migration/words/run-name.js';
import {frozenEvidence} from '../freeze/look.js';
import {hasGate} from '../last-round/index.js';
import {previewOwner} from '../owner/change.js';
import {patchedText} from '../owner/questions.js';
import {baseLineOf} from '../rounds/base-line.js';
import {roundText} from '../rounds/figures.js';
import {forecastOf} from '../rounds/forecast.js';
import {isToFreeze} from '../servers/freeze.js';
import type {Needs} from './needs.js';
import {oldWorkload} from './old-workload.js';
import {ownShare} from './share.js';
import {retain, keptVolumes} from './volumes.js';

/**
What is known of writes before the last round: whether a freeze that was to last still does, and what the rounds
foretell.
*/
export const writesFacts = async (context: StepContext<Needs>): Promise<readonly Fact[]> => {
	const freeze = isToFreeze(context) ? frozenNow(context.freezes) : undefined;
	const evidence = freeze ? await frozenEvidence(context, freeze) : [];
	const open = evidence.filter(({holds}) => !holds);
	const {rounds} = baseLineOf(context, context.notes);
	const forecast = forecastOf(rounds);
	return [
		...open.map(({label, value}): Fact => ({
			label,
			value: `${value}: the freeze was lifted. The last round freezes again and carries what came in`,
			mark: 'warning',
		})),
		...rounds.slice(-3).map(round => ({label: 'caught up', value: roundText(round)})),
		...(forecast === undefined
			? []
			: [{label: 'freeze', value: `about ${durationText(forecast)} for the last round, by the rounds before it`}]),
	];
};

/** What happens before the clients move. */
const gateSummary = (context: Pick<StepContext, 'answers' | 'freezes'>): readonly string[] => [
	isToFreeze(context)
		? 'Writes stay frozen on every old replica; that is read back.'
		: 'Writes are frozen on every old replica, and that is read back.',
	'The old server is exported once more, what differs is carried to the new one, and both are proved ' +
		'to hold the same.',
	...(context.answers.encryption === 'passphrase'
		? [
				'The exports are encrypted: all entries are imported once more under freeze, and counts and ' +
					'the hash of the file are the only proof. Entries cannot be compared.',
			]
		: []),
	'Where that fails, writes are allowed again and nothing moves.',
];

/** What the cut-over will do, with its commands. */
export const previewOf = async (context: StepContext<Needs>): Promise<Preview> => {
	const {owned, switches, isScaling} = await ownShare(context);
	const owner = await previewOwner(context, owned);
	const {kind, name, replicas} = oldWorkload(context);
	return {
		summary: [
			...(hasGate(context) ? gateSummary(context) : []),
			'The old volumes are set to Retain, the Services move, then the old workload is scaled to 0.',
			...(owner?.summary ?? (owned.changes.length > 0 ? [patchedText(owned)] : [])),
		],
		...(owner && {files: owner.files}),
		commands: [
			...keptVolumes(context).map(volume =>
				context.world.kubectl.byHand(
					'patch',
					'persistentvolume',
					volume,
					'--type=merge',
					'--patch',
					JSON.stringify(retain),
				),
			),
			...switches.map(({name: service, patch}) =>
				context.world.kubectl.byHand('patch', 'service', service, '--type=merge', '--patch', JSON.stringify(patch)),
			),
			...(owner?.commands ?? []),
			...(isScaling
				? [
						context.world.kubectl.byHand(
							'scale',
							`${kind.toLowerCase()}/${name}`,
							`--current-replicas=${replicas}`,
							'--replicas=0',
						),
					]
				: []),
		],
		wayBack:
			`${owner ? `${owner.wayBack} With it, ` : ''}unroot rollback ${runName(context.run)}: the old ` +
			'workload comes up again, the Services go back to it, what clients wrote to the new server is ' +
			'carried back, and writes are allowed again.',
	};
};
