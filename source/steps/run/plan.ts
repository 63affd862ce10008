import {join} from 'node:path';
import {Failure} from '../../failure/failure.js';
import {containersOf} from '../../manifests/objects/containers.js';
import {secretByHand, secretObject} from '../../manifests/objects/referred.js';
import {planManifests} from '../../manifests/plan.js';
import {sourceSecrets} from '../../manifests/secrets/in-the-clear.js';
import {filled, isMasked, masked} from '../../manifests/secrets/objects.js';
import type {Decisions, ManifestPlan} from '../../manifests/strategy.js';
import type {StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import type {Manifest} from '../../ping/workload.js';
import {deliveryNote} from '../delivery/questions.js';
import {secretsNote} from '../delivery/secrets.js';
import {deliveryDecisions} from '../delivery/ways.js';
import {outcomeIfAny, outcomeOf, type Outcomes} from '../outcomes.js';
import {lookOnce} from '../servers/look.js';
import {controlledKind} from '../servers/workload-pods.js';

/** The question who makes the Secret that the new workload refers to. */
export const secretQuestionId = 'workload-secret';

/** Where the manifests lie. */
export const manifestsFolder = ({run}: Pick<StepContext, 'run'>): string => join(run.folder, 'manifests');

/** The plan as a value: what was shown is what is applied. */
const planFile = (context: Pick<StepContext, 'run'>): string => join(context.run.folder, 'plan.json');

/** The base DNs of all backends but the users', which is userRoot or else the first one. */
const furtherBaseDnsOf = ({workload, backends}: Outcomes['inventory']): readonly string[] => {
	const users = backends.find(({id}) => id === 'userRoot') ?? backends[0];
	return workload.replicas > 1
		? backends.filter(backend => backend !== users).flatMap(({baseDns}) => baseDns.map(({dn}) => dn))
		: [];
};

const decided = (context: Pick<StepContext, 'outcomes'>): Decisions => {
	const {fsGroup, pull, ...rest} = outcomeOf(context, 'strategy');
	const furtherBaseDns = furtherBaseDnsOf(outcomeOf(context, 'inventory'));
	return {...rest, fsGroup: fsGroup ?? undefined, ...(furtherBaseDns.length > 0 && {furtherBaseDns})};
};

/**
What was decided, in the terms of the manifests. The profile is named only where new servers can read it: it was
pushed.
*/
export const decisionsOf = (context: Pick<StepContext, 'outcomes'>): Decisions => {
	const profile = outcomeIfAny(context, 'profile');
	return {
		...decided(context),
		...(profile && profile.url !== null
			? {profile: {url: profile.url, branch: profile.branch, path: profile.path}}
			: {}),
	};
};

/** Makes the plan from the objects of the namespace as they are now. */
export const makePlan = async (
	context: StepContext<'cluster' | 'pods' | 'files' | 'git'>,
	isAnew: boolean,
): Promise<ManifestPlan> => {
	const [{objects}, delivery, note] = await Promise.all([
		lookOnce(context, isAnew),
		deliveryDecisions(context),
		deliveryNote(context),
	]);
	const {workload} = outcomeOf(context, 'inventory');
	const plan = planManifests({workload, objects, decisions: {...decided(context), ...delivery}});
	const secrets = delivery.secrets ? secretsNote(context) : [];
	return {...plan, notes: [...(note === undefined ? [] : [note]), ...secrets, ...plan.notes]};
};

/** The texts of the secrets that the plan was made from: nothing that is shown or kept holds one. */
export const secretsOfPlan = async (context: StepContext<'cluster' | 'pods'>): Promise<readonly string[]> => {
	const {objects} = await lookOnce(context, false);
	return sourceSecrets(outcomeOf(context, 'inventory').workload, objects);
};

/** Keeps the plan and its files, without the texts of these secrets, and gives the plan's path. */
export const keepPlan = async (
	context: StepContext<'files'>,
	plan: ManifestPlan,
	secrets: readonly string[],
): Promise<string> => {
	for (const {name, text} of plan.files) {
		await context.world.files.writeText(join(manifestsFolder(context), name), text);
	}

	const kept = {
		...plan,
		apply: plan.apply.map(object => masked(object, secrets)),
		before: plan.before.map(object => masked(object, secrets)),
	};
	await context.world.files.writeText(planFile(context), `${JSON.stringify(kept, undefined, '\t')}\n`);
	return planFile(context);
};

/** What the plan leaves out, as the workload in the cluster has it now: it is held in memory alone. */
const withSecrets = async (context: StepContext<'files' | 'cluster'>, plan: ManifestPlan): Promise<ManifestPlan> => {
	if (!isMasked([plan.apply, plan.before])) {
		return plan;
	}

	const {workload} = outcomeOf(context, 'inventory');
	const now = await context.world.cluster.get(controlledKind(workload), workload.name);
	return {
		...plan,
		apply: plan.apply.map(object => filled(object, now)),
		before: plan.before.map(object => filled(object, now)),
	};
};

/** Refuses to apply what a secret is missing in. */
export const refuseMasked = (context: Pick<StepContext, 'outcomes'>, objects: readonly unknown[]): void => {
	const {workload} = outcomeOf(context, 'inventory');
	if (isMasked(objects)) {
		throw new Failure({
			code: 'secret-not-seen',
			seen: `A secret that ${workload.kind} ${workload.name} had in the clear is not there any more.`,
			means: 'The plan holds no secrets, and what it leaves out is read from the workload. Nothing was applied.',
			todo: 'Put the variable back into the workload, or refer to a Secret there, then make the plan again.',
			byHand: `kubectl get ${workload.kind.toLowerCase()} ${workload.name} -o yaml`,
			exit: 'blocked',
		});
	}
};

/**
The Secret that the new workload refers to, with what the old one has in the clear; undefined where there is nothing of
the kind, or the operator makes it.
*/
export const secretToMake = async (
	context: StepContext<'cluster' | 'pods'>,
	{secret}: ManifestPlan,
): Promise<Manifest | undefined> => {
	if (!secret || context.answers[secretQuestionId] !== 'make') {
		return undefined;
	}

	const {workload} = outcomeOf(context, 'inventory');
	const {objects} = await lookOnce(context, true);
	const old = objects.find(({kind, metadata}) => kind === workload.kind && metadata.name === workload.name);
	const made =
		old &&
		secretObject(
			secret,
			containersOf(old, workload),
			objects.filter(({kind}) => kind === 'ConfigMap'),
		);
	if (!made) {
		throw new Failure({
			code: 'secret-not-seen',
			seen: `What ${secret.name} is to hold is not in the old workload any more.`,
			means: 'The new workload refers to that Secret, and its pods do not start without it. Nothing was applied.',
			todo: `Make it yourself and answer ${secretQuestionId} with «mine», or go back to the preview.`,
			byHand: secretByHand(secret),
			exit: 'blocked',
			retryable: true,
		});
	}

	return made;
};

/**
The plan as it lies in the run's folder, without secrets. A plan that has changed since is refused: nobody has seen it.
*/
export const planAsKept = async (context: StepContext<'files'>): Promise<ManifestPlan> => {
	const {plan} = outcomeOf(context, 'preview');
	const [now, text] = await Promise.all([
		context.world.files.fingerprint(planFile(context)),
		context.world.files.readText(planFile(context)),
	]);
	if (text === undefined || now?.sha256 !== plan.sha256) {
		throw new Failure({
			code: 'plan-changed',
			seen:
				text === undefined
					? `${planFile(context)} is not there.`
					: `${planFile(context)} has the SHA-256 ${now?.sha256 ?? ''}; ` +
						`the plan that was shown has ${plan.sha256}.`,
			means: 'What would be applied is not what was shown.',
			todo: 'Go back to the preview: the plan is made and shown again.',
			byHand: 'unroot resume',
			exit: 'blocked',
		});
	}

	return JSON.parse(text) as ManifestPlan;
};

/** The plan that was shown, whole: with what it leaves out as the workload has it now. */
export const readPlan = async (context: StepContext<'files' | 'cluster'>): Promise<ManifestPlan> =>
	withSecrets(context, await planAsKept(context));

/** Objects as the cluster takes them: each names its namespace. */
export const inNamespace = (
	{run}: Pick<StepContext, 'run'>,
	objects: readonly Manifest[],
): readonly KubernetesObject[] =>
	objects.map(object => ({...object, metadata: {...object.metadata, namespace: run.namespace}}));

/** An object in a few letters, such as `StatefulSet/pingdirectory`. */
export const objectText = ({kind, metadata}: Pick<Manifest, 'kind' | 'metadata'>): string => `${kind}/${metadata.name}`;
