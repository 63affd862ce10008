import {fitsObjects, isPlaceFree} from '../../manifests/fresh/bundle.js';
import {containersOf} from '../../manifests/objects/containers.js';
import type {Decisions, ProfileFiles} from '../../manifests/strategy.js';
import type {StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {controlledKind} from '../servers/workload-pods.js';
import {committedProfile} from './committed.js';
import {providedSecrets} from './secrets.js';

/** How a new server gets its profile. */
export type DeliveryWay = 'clone' | 'config-map' | 'secret' | 'claim' | 'none';

/** The questions' ids. */
export const deliveryIds = {way: 'profile-delivery', url: 'profile-clone-url', claim: 'profile-claim'} as const;

type Needs = 'cluster' | 'files' | 'git';

/** The ways that are open, the recommended one first, and the files that would be mounted. */
export type Delivery = {readonly ways: readonly DeliveryWay[]; readonly files: ProfileFiles};

/** Notes for people that are committed beside a profile and that no image reads. */
const notes = new Set(['variables.txt', 'configuration-archive.txt']);

/** Whether a pod could clone an address: not a folder of this machine, but for the sandbox, whose pods are on it. */
const canClone = (url: string, {sandbox}: Pick<StepContext['run'], 'sandbox'>): boolean =>
	sandbox || (/^(?:[+a-z]+:\/\/|[^\s\/]+:)/iv.test(url) && !/^file:/iv.test(url));

const serverOf = (workload: KubernetesObject, context: Pick<StepContext, 'outcomes'>) =>
	containersOf(workload, outcomeOf(context, 'inventory').workload).find(({role}) => role === 'server');

/**
The ways that are open to a fresh deployment whose profile was saved; undefined where there is nothing to deliver.
*/
export const deliveryOf = async (context: StepContext<Needs>): Promise<Delivery | undefined> => {
	const profile = outcomeIfAny(context, 'profile');
	if (!profile || outcomeOf(context, 'strategy').strategy === 'root') {
		return undefined;
	}

	const {workload} = outcomeOf(context, 'inventory');
	const [all, object] = await Promise.all([
		committedProfile(context),
		context.world.cluster.get(controlledKind(workload), workload.name),
	]);
	const files = new Map([...(all ?? [])].filter(([path]) => !notes.has(path)));
	if (files.size === 0) {
		return undefined;
	}

	const server = object && serverOf(object, context);
	const isMountable = server !== undefined && isPlaceFree(server, 'ConfigMap') && fitsObjects(files);
	return {
		ways: [
			...(profile.url !== null && canClone(profile.url, context.run) ? (['clone'] as const) : []),
			...(isMountable ? (['config-map', 'secret'] as const) : []),
			...(server !== undefined && isPlaceFree(server, 'claim') ? (['claim'] as const) : []),
			'none',
		],
		files,
	};
};

/**
The way that was chosen, or the recommended one while nobody was asked; undefined where there is nothing to deliver.
*/
export const wayOf = (answers: StepContext['answers'], {ways}: Delivery): DeliveryWay =>
	ways.find(way => way === answers[deliveryIds.way]) ?? ways[0] ?? 'none';

/** Where the new server finds its profile. */
const profileDecisions = (context: StepContext<Needs>, delivery: Delivery): Pick<Decisions, 'profile' | 'mounted'> => {
	const {answers} = context;
	const {url, branch, path} = outcomeOf(context, 'profile');
	switch (wayOf(answers, delivery)) {
		case 'clone': {
			return {profile: {url: answers[deliveryIds.url] ?? url ?? '', branch, path}};
		}

		case 'config-map': {
			return {mounted: {kind: 'ConfigMap', files: delivery.files}};
		}

		case 'secret': {
			return {mounted: {kind: 'Secret', files: delivery.files}};
		}

		case 'claim': {
			return {mounted: {kind: 'claim', name: answers[deliveryIds.claim] ?? ''}};
		}

		case 'none': {
			return {};
		}
	}
};

/** What the plan is to do for it. */
export const deliveryDecisions = async (
	context: StepContext<Needs>,
): Promise<Pick<Decisions, 'profile' | 'mounted' | 'secrets'>> => {
	const delivery = await deliveryOf(context);
	if (!delivery) {
		return {};
	}

	const way = wayOf(context.answers, delivery);
	const secrets = way === 'none' ? undefined : providedSecrets(context, way === 'claim');
	return {...profileDecisions(context, delivery), ...(secrets && {secrets})};
};
