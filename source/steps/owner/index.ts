import {replicaValues, valuesFile} from '../../manifests/files/helm/values.js';
import {startTraits} from '../../manifests/objects/shape.js';
import type {ManifestFile} from '../../manifests/strategy.js';
import type {JsonObject} from '../../migration/json.js';
import type {Fact, StepContext} from '../../migration/step.js';
import {managerOf} from '../../ping/inventory/manager.js';
import type {Manager, Manifest, Workload} from '../../ping/workload.js';
import {outcomeOf} from '../outcomes.js';
import {decisionsOf, objectText, readPlan} from '../run/plan.js';
import {controlledKind} from '../servers/workload-pods.js';

/** Somebody who applies an object's manifests and would take back what is changed behind him. */
export type Owner = Exclude<Manager, {readonly kind: 'nobody'}>;

/**
A change of objects which others may own. `apply` is that of the image, in the step «Restart»: it is called as its
question and its folder always were.
*/
export type OwnedStep = 'apply' | 'cut-over';

/** A change of an object that has an owner, and the change that takes it back. */
export type OwnedChange = {
	readonly owner: Owner;
	readonly before: Manifest;
	readonly after: Manifest;
	/** What of the object is looked at; everything the migration cares about where nothing is said. */
	readonly only?: readonly string[];
};

/** What a step changes of objects that have an owner. */
export type Owned = {
	readonly step: OwnedStep;
	readonly changes: readonly OwnedChange[];
	/** The same change as values of the release, where its chart has values for it. */
	readonly values?: ManifestFile;
	/** What the owner's tool has no words for; undefined where it can make the whole change. */
	readonly cannot?: string;
};

/** Who makes the change: unroot by a patch, unroot by `helm upgrade`, or the owner while unroot waits. */
export type Maker = 'patch' | 'upgrade' | 'wait';

/** An owner as a reader knows him. */
export const ownerText = (owner: Owner): string =>
	owner.kind === 'helm'
		? `Helm release ${owner.release}`
		: `${owner.tool === 'argocd' ? 'the Argo CD application' : 'the Flux application'} ${owner.application}`;

/** The objects of a change in one line. */
export const objectsText = ({changes}: Pick<Owned, 'changes'>): string =>
	changes.map(({before}) => objectText(before)).join(', ');

/** The owners of a change in one line. */
export const ownersText = ({changes}: Pick<Owned, 'changes'>): string =>
	[...new Set(changes.map(({owner}) => ownerText(owner)))].join(', ');

/** Who owns what a step changes, as an inspection shows it; nothing where nobody does. */
export const ownerFacts = (owned: Owned): readonly Fact[] =>
	owned.changes.length > 0
		? [{label: 'owner', value: `${ownersText(owned)} owns ${objectsText(owned)}`, mark: 'warning'}]
		: [];

const ownerOf = (object: Manifest): readonly Owner[] => {
	const manager = managerOf(object);
	return manager.kind === 'nobody' ? [] : [manager];
};

/**
The release that all of a change belongs to; undefined where it belongs to more than one owner, or to none that is a
release.
*/
export const releaseOf = ({changes}: Pick<Owned, 'changes'>): string | undefined => {
	const releases = new Set(changes.map(({owner}) => (owner.kind === 'helm' ? owner.release : undefined)));
	return releases.size === 1 ? [...releases][0] : undefined;
};

/** The chart that an object was made from, whoever installs it; undefined where it bears no mark of one. */
const chartOf = ({metadata: {labels}}: Manifest): string | undefined => labels?.['helm.sh/chart'] ?? labels?.chart;

const chartText = (owner: Owner | undefined): string =>
	owner?.kind === 'helm' ? (owner.chart ?? 'a chart that no label names') : '';

const unknownChart = (owner: Owner | undefined): string =>
	`unroot knows the values of the chart ping-devops, and the release was made from ${chartText(owner)}: which ` +
	'of its values make this change it cannot say.';

/** A workload as its release's, where a GitOps tool installs a chart: the values are the same. */
const asReleased = (workload: Workload, {owner, before}: OwnedChange): Workload => {
	const chart = chartOf(before);
	return owner.kind === 'gitops' && chart !== undefined
		? {...workload, manager: {kind: 'helm', release: owner.application, chart}}
		: workload;
};

/** As root the workload itself changes. */
const ownedInPlace = async (context: StepContext<'files' | 'cluster'>): Promise<Owned> => {
	const plan = await readPlan(context);
	const changes = plan.apply.flatMap(after => {
		const before = plan.before.find(object => objectText(object) === objectText(after));
		return before ? ownerOf(before).map((owner): OwnedChange => ({owner, before, after})) : [];
	});
	const [first] = changes;
	const values = first && valuesFile(asReleased(outcomeOf(context, 'inventory').workload, first), decisionsOf(context));
	return {
		step: 'apply',
		changes,
		...(values && {values}),
		...(first?.owner.kind === 'helm' && !values && {cannot: unknownChart(first.owner)}),
	};
};

/**
What the new image changes of objects that have an owner. A fresh deployment makes objects of its own.
*/
export const ownedByApply = async (context: StepContext<'files' | 'cluster'>): Promise<Owned> =>
	outcomeOf(context, 'strategy').strategy === 'root' ? ownedInPlace(context) : {step: 'apply', changes: []};

const withReplicas = (object: Manifest, replicas: number): Manifest => ({
	...object,
	spec: {...(object.spec as object), replicas},
});

/** Why a Service that a chart made cannot move by values. */
const serviceOfChart = (services: readonly OwnedChange[]): string | undefined => {
	const service = services.find(({owner, before}) => owner.kind === 'helm' || chartOf(before) !== undefined);
	return (
		service &&
		`The chart's templates give ${objectText(service.before)} its selector; no value of the chart leads it to ` +
			'other pods, and an upgrade of the release puts the selector back.'
	);
};

/**
What the cut-over changes of objects that have an owner: the Services that move, and the old workload that is scaled
down.
*/
export const ownedByCutOver = async (context: StepContext<'files' | 'cluster'>): Promise<Owned> => {
	const {workload} = outcomeOf(context, 'inventory');
	const [plan, old] = await Promise.all([
		readPlan(context),
		context.world.cluster.get(controlledKind(workload), workload.name),
	]);
	const services = plan.switches.flatMap(({before, after}) =>
		ownerOf(before).map((owner): OwnedChange => ({owner, before, after})),
	);
	const scaled = old
		? ownerOf(old).map((owner): OwnedChange => ({
				owner,
				before: withReplicas(old, workload.replicas),
				after: withReplicas(old, 0),
				only: ['replicas'],
			}))
		: [];
	const replicas = replicaValues(workload, 0);
	const values = services.length === 0 ? replicas : undefined;
	const cannot =
		serviceOfChart(services) ??
		(scaled.some(({owner}) => owner.kind === 'helm') && !replicas
			? `No value that unroot knows of sets the replicas of ${workload.name} to 0 in ${chartText(scaled[0]?.owner)}.`
			: undefined);
	return {
		step: 'cut-over',
		changes: [...services, ...scaled],
		...(values && {values}),
		...(cannot !== undefined && {cannot}),
	};
};

/** The same changes but for the replicas, which may change again as soon as the server is up. */
export const withoutReplicas = (owned: Owned): Owned => ({
	...owned,
	changes: owned.changes.map(change => ({...change, only: startTraits})),
});

/** The question that asks who makes a step's change. */
export const makerQuestionOf = ({step}: Pick<Owned, 'step'>): string => `${step}-owner`;

/**
Who makes the change. Where nobody was asked, nobody owns the objects, or an earlier version patched them without
asking.
*/
export const makerOf = ({answers}: Pick<StepContext, 'answers'>, owned: Owned): Maker => {
	const answer = answers[makerQuestionOf(owned)];
	return owned.changes.length > 0 && (answer === 'wait' || answer === 'upgrade') ? answer : 'patch';
};

/** Whether an object is left to its owner. */
export const isLeftToOwner = (owned: Owned, {kind, metadata: {name}}: Pick<Manifest, 'kind' | 'metadata'>): boolean =>
	owned.changes.some(({before}) => before.kind === kind && before.metadata.name === name);

/**
Whether a step has only asked the owner for its change, by what it noted: then somebody else may still be chosen to make
it.
*/
export const isOnlyAskedFor = (notes: readonly JsonObject[]): boolean => {
	const kinds = new Set(notes.map(({kind}) => kind));
	return kinds.has('handed-over') && !kinds.has('upgrade') && !kinds.has('patch');
};
