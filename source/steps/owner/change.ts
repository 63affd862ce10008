import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import {objectText} from '../run/plan.js';
import {handOver, handOverFiles, handOverText, ownerCommands, type Direction} from './hand-over.js';
import {rollBackRelease, upgradeRelease, upgradeText} from './helm.js';
import {awaitOwner, differencesNow, ownedEvidence} from './wait.js';
import {makerOf, objectsText, ownersText, type Owned} from './index.js';

/** What is used of the world where objects may have an owner. */
export type OwnerNeeds = 'cluster' | 'kubectl' | 'helm' | 'git' | 'files' | 'clock';

/** What is shown before a change of owned objects is made. */
export type OwnerPreview = {
	readonly summary: readonly string[];
	readonly commands: readonly string[];
	readonly files: readonly string[];
	readonly wayBack: string;
};

/**
Shows who makes the change, where it is written down, and the command. Undefined where unroot makes it by a patch.
*/
export const previewOwner = async (
	context: StepContext<OwnerNeeds>,
	owned: Owned,
): Promise<OwnerPreview | undefined> => {
	const maker = makerOf(context, owned);
	if (maker === 'patch') {
		return undefined;
	}

	const shared = {commands: ownerCommands(context, owned, 'there'), files: handOverFiles(context, owned, 'there')};
	return maker === 'upgrade'
		? {
				...shared,
				summary: [...handOverText(context, owned), ...(await upgradeText(context, owned)), 'Then helm upgrade is run.'],
				wayBack: 'unroot rollback runs helm rollback to the revision that the release has now.',
			}
		: {
				...shared,
				summary: [
					...handOverText(context, owned),
					`It is left to ${ownersText(owned)}. unroot waits until the cluster shows it and changes nothing of ` +
						`${objectsText(owned)} itself; stop it and resume it as you like.`,
				],
				wayBack:
					`unroot rollback commits the change that takes it back, and waits until ${ownersText(owned)} has made ` +
					'that.',
			};
};

/**
Writes down that objects of an owner are about to be patched, as was decided: from here on the change is unroot's.
*/
export const notePatch = async ({changes}: Owned, reporter: Reporter): Promise<void> => {
	if (changes.length > 0) {
		await reporter.note({kind: 'patch', objects: changes.map(({before}) => objectText(before))});
	}
};

const handOverAndWait = async (
	context: StepContext<OwnerNeeds>,
	owned: Owned,
	direction: Direction,
	reporter: Reporter,
): Promise<void> => {
	await handOver(context, owned, direction, reporter);
	const commands = ownerCommands(context, owned, direction);
	for (const command of commands) {
		reporter.log(command);
	}

	await awaitOwner(context, owned, direction, {commands, reporter});
};

/** Has a change of owned objects made by whoever was chosen; not for a patch. */
export const changeThroughOwner = async (
	context: StepContext<OwnerNeeds>,
	owned: Owned,
	reporter: Reporter,
): Promise<void> => {
	if (makerOf(context, owned) === 'upgrade') {
		await upgradeRelease(context, owned, reporter);
		return;
	}

	await handOverAndWait(context, owned, 'there', reporter);
};

/** Has a change of owned objects taken back by whoever made it; not for a patch. */
export const changeBackThroughOwner = async (
	context: StepContext<OwnerNeeds>,
	owned: Owned,
	reporter: Reporter,
): Promise<readonly Evidence[]> => {
	if (makerOf(context, owned) === 'upgrade') {
		return rollBackRelease(context, owned, reporter);
	}

	const isAskedFor = context.notes.some(({kind}) => kind === 'handed-over');
	const left = await differencesNow(context, owned, 'back');
	if (isAskedFor && left.length > 0) {
		await handOverAndWait(context, owned, 'back', reporter);
	}

	const evidence = await ownedEvidence(context, owned, 'back');
	if (left.length === 0 && isAskedFor) {
		reporter.log(`The change is still on its branch: tell ${ownersText(owned)} that it is not wanted any more.`);
	}

	return evidence;
};
