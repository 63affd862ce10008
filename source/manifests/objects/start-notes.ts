import type {Manifest, Workload} from '../../ping/workload.js';
import {set, type Edit} from './edit.js';

/** Edits after which a Job does not begin by being applied: it was run once, for a purpose of its own. */
export const suspendEdits = ({kind}: Manifest): readonly Edit[] =>
	kind === 'Job' ? [set(['spec', 'suspend'], true)] : [];

const resumed = (name: string): string =>
	`It is written suspended and begins when you say so: kubectl patch job ${name} --type merge -p ` +
	`'{"spec":{"suspend":false}}'.`;

/** What happens when a workload is applied that goes on as root under its old name. */
export const rootStartNotes = ({kind, name, replicas}: Workload): readonly string[] => {
	switch (kind) {
		case 'StatefulSet':
		case 'Deployment':
		case 'DaemonSet': {
			return [
				`Applying it restarts the pods of ${name} at ` +
					`once${replicas > 1 ? `, one after the other, ${replicas} of them` : ''}: do it after the export is ` +
					'proved.',
			];
		}

		case 'Job': {
			return [
				`${name} is a Job: the template of one that was made cannot be changed, so delete it before this one ` +
					`is applied. ${resumed(name)}`,
			];
		}

		case 'CronJob': {
			return [`${name} is a CronJob: applying it restarts nothing, and its next run uses the new image.`];
		}

		case 'Pod': {
			return [
				`${name} is a Pod, whose template cannot be changed: delete it, after the export is proved, and apply ` +
					'this one.',
			];
		}
	}
};

/** What happens when a new workload is applied beside the old one. */
export const freshStartNotes = ({kind, name, replicas}: Workload, newName: string): readonly string[] => {
	switch (kind) {
		case 'StatefulSet': {
			return [
				`${name} stays as it is and goes on serving; ${newName} is deployed beside it and begins empty.`,
				'One pod first: the profile and the import need a single server.' +
					(replicas > 1
						? ` Once the import is proved, ${newName} grows to ${replicas}, pod by pod: a run of unroot does that.`
						: ''),
			];
		}

		case 'Deployment':
		case 'DaemonSet':
		case 'Pod': {
			return [`${name} stays as it is and goes on serving; ${newName} is deployed beside it and begins empty.`];
		}

		case 'Job': {
			return [`${name} stays as it is; ${newName} is a Job of its own. ${resumed(newName)}`];
		}

		case 'CronJob': {
			return [`${name} stays as it is. ${newName} is suspended; start it when ${name} is suspended.`];
		}
	}
};
