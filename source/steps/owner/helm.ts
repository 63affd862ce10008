import {Failure} from '../../failure/failure.js';
import {isSame} from '../../manifests/objects/value.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import type {HelmOrder, HelmRelease, KubernetesObject} from '../../migration/world.js';
import {objectText} from '../run/plan.js';
import {handOver} from './hand-over.js';
import {differencesAmong, differencesNow, ownedEvidence} from './wait.js';
import {releaseOf, type Owned} from './index.js';

type Needs = 'helm' | 'kubectl' | 'git' | 'files' | 'cluster';

const nameOf = (owned: Owned): string => releaseOf(owned) ?? '';

const foundRelease = async ({world}: StepContext<'helm'>, owned: Owned): Promise<HelmRelease> => {
	const name = nameOf(owned);
	const release = await world.helm.release(name);
	if ('missing' in release) {
		throw new Failure({
			code: 'release-missing',
			seen: release.missing,
			means: `The Helm release ${name} cannot be changed from here. Nothing was done.`,
			todo:
				'Put the helm on the PATH that the release was made with, and look that it finds the release, then try ' +
				'again.',
			byHand: world.helm.byHand('status', name),
			retryable: true,
		});
	}

	return release;
};

const otherChart = ({world}: StepContext<'helm'>, {release, chart, version}: HelmOrder, seen: string): Failure =>
	new Failure({
		code: 'chart-other',
		seen,
		means:
			'Another chart, or another version of it, may change fields that cannot be changed, and more than this ' +
			'migration is about. Nothing was done.',
		todo: 'Go back and name the chart that the release was made from, in the same version.',
		byHand: world.helm.byHand('get', 'metadata', release),
		exit: 'blocked',
		retryable: true,
		details: [`asked for ${chart}, version ${version}`],
	});

/**
What Helm says an upgrade would give. Rejects where the chart is another one, or where its values do not bring the
change about.
*/
const rehearse = async (
	context: StepContext<Needs>,
	owned: Owned,
): Promise<{readonly order: HelmOrder; readonly objects: readonly KubernetesObject[]}> => {
	const {world} = context;
	const now = await foundRelease(context, owned);
	const order = {release: nameOf(owned), chart: context.answers['helm-chart'] ?? '', version: now.version};
	const values = owned.values?.text ?? '';
	const {chart, version, objects} = await world.helm.dryRun(order, values);
	if (chart !== now.chart || version !== now.version) {
		throw otherChart(
			context,
			order,
			`${order.chart} is ${chart} ${version}; the release ${order.release} was made from ${now.chart} ${now.version}.`,
		);
	}

	const left = differencesAmong(objects, owned, 'there');
	if (left.length > 0) {
		throw new Failure({
			code: 'values-without-effect',
			seen: `With the values, Helm would still not give what is wanted: ${left.join('; ')}.`,
			means: 'Other values of the release, or its chart, stand against them. Nothing was done.',
			todo: "Look at the release's own values; or go back and let the owner make the change.",
			byHand: world.helm.byHand('get', 'values', order.release),
			exit: 'blocked',
			retryable: true,
			details: left,
		});
	}

	return {order, objects};
};

/** What an upgrade would do, one sentence each. Reads only. */
export const upgradeText = async (context: StepContext<Needs>, owned: Owned): Promise<readonly string[]> => {
	const left = await differencesNow(context, owned, 'there');
	if (left.length === 0) {
		return ['The cluster is as it is to be already; helm upgrade is not run.'];
	}

	const {order, objects} = await rehearse(context, owned);
	const before = await context.world.helm.manifest(order.release);
	const changed = objects.filter(object =>
		before.every(one => !(objectText(one) === objectText(object) && isSame(one, object))),
	);
	return [
		`Helm renders ${objects.length} objects of ${order.release} in a dry run; of these change: ` +
			`${changed.map(object => objectText(object)).join(', ') || 'none'}.`,
	];
};

const refusePending = ({world}: StepContext<Needs>, owned: Owned, {status, revision}: HelmRelease): void => {
	if (status.startsWith('pending')) {
		throw new Failure({
			code: 'release-pending',
			seen: `Revision ${revision} of the release ${nameOf(owned)} is ${status}.`,
			means:
				'Helm is at work on it, or was ended in the middle, by unroot or by somebody else. Helm refuses ' +
				'another upgrade until that is settled.',
			todo:
				'Look whether a helm still runs. If none does, roll the release back to the revision before, then try ' +
				'again.',
			byHand: world.helm.byHand('rollback', nameOf(owned), String(revision - 1)),
			retryable: true,
		});
	}
};

const movedOn = ({world}: StepContext<Needs>, owned: Owned, release: HelmRelease, from: number): Failure =>
	new Failure({
		code: 'release-moved-on',
		seen:
			`The release ${nameOf(owned)} is at revision ${release.revision}; it was at ${from} before unroot upgraded ` +
			'it.',
		means:
			'Somebody has upgraded it since. A rollback to the revision before would take that back, too, so unroot ' +
			'does not do it.',
		todo:
			'Look at the history of the release, take the values back by hand, then run the rollback again: it looks ' +
			'at the cluster.',
		byHand: world.helm.byHand('history', nameOf(owned)),
		exit: 'blocked',
		retryable: true,
	});

/**
Changes a release by `helm upgrade`, after a dry run that proves that the values do it. Run again where it was cut off,
it first looks at what the release and the cluster say.
*/
export const upgradeRelease = async (context: StepContext<Needs>, owned: Owned, reporter: Reporter): Promise<void> => {
	const {files} = await handOver(context, owned, 'there', reporter);
	const release = await foundRelease(context, owned);
	refusePending(context, owned, release);
	const before = await differencesNow(context, owned, 'there');
	if (before.length === 0) {
		reporter.log(`${nameOf(owned)} is at revision ${release.revision}, and the cluster is as it is to be`);
		return;
	}

	const {order} = await rehearse(context, owned);
	await reporter.note({kind: 'upgrade', release: order.release, from: release.revision});
	await context.world.helm.upgrade(order, files[0] ?? '');
	reporter.log(`helm upgrade of ${order.release} is through`);
	const after = await foundRelease(context, owned);
	if (after.revision > release.revision + 1) {
		throw movedOn(context, owned, after, release.revision);
	}

	const left = await differencesNow(context, owned, 'there');
	if (left.length > 0) {
		throw new Failure({
			code: 'upgrade-incomplete',
			seen: `helm upgrade ended well, but ${left.join('; ')}.`,
			means: 'The cluster does not show what the release says: something else changes the objects, too.',
			todo: 'Look at who else changes them, then try again.',
			byHand: context.world.helm.byHand('status', order.release),
			retryable: true,
			details: left,
		});
	}
};

/**
Takes an upgrade back by `helm rollback`, unless somebody has changed the release since.
*/
export const rollBackRelease = async (
	context: StepContext<Needs>,
	owned: Owned,
	reporter: Reporter,
): Promise<readonly Evidence[]> => {
	const revisions = context.notes.filter(note => note.kind === 'upgrade').map(({from}) => Number(from));
	const [first] = revisions;
	const before = await differencesNow(context, owned, 'back');
	if (first === undefined) {
		reporter.log(`unroot did not upgrade the Helm release ${nameOf(owned)}, so there is nothing to take back`);
		return [];
	}

	if (before.length === 0) {
		return ownedEvidence(context, owned, 'back');
	}

	const release = await foundRelease(context, owned);
	refusePending(context, owned, release);
	if (release.revision > first + revisions.length) {
		throw movedOn(context, owned, release, first);
	}

	await context.world.helm.rollback(nameOf(owned), first);
	reporter.log(`helm rollback of ${nameOf(owned)} to revision ${first} is through`);
	const left = await differencesNow(context, owned, 'back');
	return [
		{
			label: `Helm release ${nameOf(owned)}`,
			value: left.length === 0 ? `is as in revision ${first}` : left.join('; '),
			holds: left.length === 0,
		},
	];
};
