import type {Step} from '../migration/step.js';
import {bringUp} from './bring-up.js';
import type {OwnerNeeds} from './owner/change.js';

/** The new server of a fresh deployment comes up. */
export const apply: Step<OwnerNeeds | 'pods'> = {
	...bringUp('apply'),
	title: 'Apply',
	why:
		'The new server comes up beside the old one, empty, before anything is exported: an image that cannot be ' +
		'pulled costs no client anything now. Clients stay where they are.',
};
