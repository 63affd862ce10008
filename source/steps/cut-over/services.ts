import {servicePortsText} from '../../manifests/objects/shape.js';
import type {Switch} from '../../manifests/strategy.js';
import type {Evidence, StepContext} from '../../migration/step.js';
import {movedServices} from '../last-round/clients.js';
import {standingOf, type SharedChange} from '../shared-objects/change.js';
import type {Needs} from './needs.js';

/**
A Service's switch, there or back, on condition that its selector and targets are as the plan saw or made them.
What somebody else added meanwhile stops the way there, where it would lead to pods nobody thought of; on the
way back it is kept.
*/
export const switched = ({before, after}: Switch, direction: 'there' | 'back'): SharedChange =>
	direction === 'there' ? {from: before, to: after, besides: 'stop'} : {from: after, to: before, besides: 'keep'};

/**
Whether the Services select what their switches say; other fields may have been changed meanwhile, and are
named.
*/
export const switchEvidence = async (
	context: StepContext<'cluster'>,
	switches: readonly Switch[],
	direction: 'there' | 'back',
): Promise<readonly Evidence[]> =>
	Promise.all(
		switches.map(async one => {
			const {state, beside} = await standingOf(context, switched(one, direction));
			const [pods, ports] = direction === 'there' ? ['new', one.after] : ['old', one.before];
			const leads =
				state === 'made' ? `selects the ${pods} pods, ${servicePortsText(ports)}` : `does not select the ${pods} pods`;
			return {
				label: `Service/${one.name}`,
				value: beside === '' ? leads : `${leads}; ${beside}`,
				holds: state === 'made',
			};
		}),
	);

/**
Whether some client Service leads to the new pods already: then clients may have written there, and the old side
is the baseline no more.
*/
export const isMoved = async (context: StepContext<Needs>): Promise<boolean> => {
	const moved = await movedServices(context);
	return moved.length > 0;
};
