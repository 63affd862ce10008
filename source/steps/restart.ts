import type {Step} from '../migration/step.js';
import {bringUp} from './bring-up.js';
import type {OwnerNeeds} from './owner/change.js';

/** As root the workload itself takes the new image. */
export const restart: Step<OwnerNeeds | 'pods'> = {
	...bringUp('restart'),
	title: 'Restart',
	why:
		'As root the workload keeps its name and its volume, and its pods restart with the new image. The entries ' +
		'are on this machine by now: they are the way back if the newer server changes what it finds.',
};
