import {Failure} from '../../failure/failure.js';
import type {Manifest} from '../../ping/workload.js';

/** The label by which an object that was made here is known again. */
export const ownMark = {key: 'app.kubernetes.io/managed-by', value: 'unroot'} as const;

/** The name of a copy: the workload's name in it becomes the new one, and where there is none it goes in front. */
export const renamed = (name: string, oldName: string, newName: string): string => {
	const isPart = name === oldName || name.startsWith(`${oldName}-`) || name.startsWith(`${oldName}.`);
	return isPart ? newName + name.slice(oldName.length) : `${newName}-${name}`;
};

/** The name of the headless Service of the new pods. */
export const headlessName = (oldService: string | undefined, oldName: string, newName: string): string => {
	const name = oldService ? renamed(oldService, oldName, newName) : newName;
	return name === newName || name.length > 63 ? `${newName}-cluster` : name;
};

/**
Refuses a name that cannot be a StatefulSet's, or is the old one. 52 characters leave room for what controllers add to
it.
*/
export const checkNewName = (newName: string, workload: Manifest): void => {
	if (newName === workload.metadata.name || !/^[a-z](?:[\d\-a-z]{0,50}[\da-z])?$/v.test(newName)) {
		throw new Failure({
			code: 'new-name',
			seen:
				newName === workload.metadata.name
					? `The new ${workload.kind} was to be called ${newName}, as the old one is.`
					: `«${newName}» cannot be the name of a ${workload.kind}.`,
			means:
				'A fresh deployment needs a name of its own: with the old name it would take over the old pods and ' +
				'claims. Nothing was planned.',
			todo: 'Choose another name: small letters, digits and hyphens, at most 52 characters.',
			byHand: `kubectl get ${workload.kind.toLowerCase()}`,
			exit: 'usage',
		});
	}
};

/** Refuses to plan over an object that is there already and was not made here. */
export const checkFree = (planned: readonly Manifest[], objects: readonly Manifest[]): void => {
	for (const {
		kind,
		metadata: {name},
	} of planned) {
		const taken = objects.find(object => object.kind === kind && object.metadata.name === name);
		if (taken && taken.metadata.labels?.[ownMark.key] !== ownMark.value) {
			throw new Failure({
				code: 'name-taken',
				seen: `There is a ${kind} ${name} already, and it was not made by unroot.`,
				means: 'The new object would overwrite it. Nothing was planned.',
				todo: 'Choose another name for the new workload, or look at what that object is for.',
				byHand: `kubectl get ${kind.toLowerCase()} ${name} -o yaml`,
				exit: 'blocked',
			});
		}
	}
};
