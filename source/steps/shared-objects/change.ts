import {Failure} from '../../failure/failure.js';
import {ownChange, type OwnChange, type Overtaken} from '../../manifests/objects/own-change.js';
import type {JsonObject} from '../../migration/json.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {Kind, KubernetesObject} from '../../migration/world.js';
import type {Manifest} from '../../ping/workload.js';
import {objectText} from '../run/plan.js';

/*
Services, volumes and workloads belong to others, too. A change of one is made on the object as the plan saw it or not
at all: what is there is read, held against the plan, and patched on condition that it is still what was read.
*/

type Needs = 'cluster' | 'kubectl';

/** A planned change of an object that others may change, too. */
export type SharedChange = {
	/** The object as the plan saw it. */
	readonly from: Manifest;
	/** The object as the plan makes it. */
	readonly to: Manifest;
	/**
	What becomes of fields that the plan leaves alone and somebody else has changed since: the change stops for them, or
	keeps them and says so. `unseen` where `from` holds only the fields that change: then nothing is known of the others.
	*/
	readonly besides: 'stop' | 'keep' | 'unseen';
};

/** Where a planned change stands. `overtaken` is what somebody else made of the object meanwhile. */
export type Standing = {
	readonly state: 'made' | 'open' | 'overtaken' | 'gone';
	/** What somebody else changed beside it, in a few words; empty where nobody did. */
	readonly beside: string;
};

/**
Status updates change an object's version, too: so often a change is held against what is there before it is given up.
*/
const mostTries = 10;

/** Fields whose values may be secrets of the workload: only that they changed is told. */
const untold = /(?:^|\.)(?:annotations|args|command|data|env|envFrom|stringData)(?:\.|\[|$)/v;

/** A value that holds such a field. */
const holdsUntold = /"(?:annotations|args|command|data|env|envFrom|stringData)":/v;

const fieldText = ({field, planned, was, now}: Overtaken): string => {
	if (untold.test(field) || [planned, was, now].some(value => holdsUntold.test(value))) {
		return `${field}: not as it was seen then`;
	}

	return planned === was
		? `${field}: seen then ${was}, seen now ${now}`
		: `${field}: planned ${planned}, seen then ${was}, seen now ${now}`;
};

/** The Failure of an object that is not as the plan saw it. Nothing of it was changed by this. */
export const changedMeanwhile = (
	{world}: StepContext<'kubectl'>,
	object: Pick<Manifest, 'kind' | 'metadata'>,
	fields: readonly Overtaken[],
): Failure =>
	new Failure({
		code: 'changed-meanwhile',
		seen:
			fields.length === 0
				? `${objectText(object)} is not there any more; the plan saw it.`
				: `${objectText(object)} is not as the plan saw it: ${fields.map(({field}) => field).join(', ')}.`,
		means: 'Somebody else changed it since the plan was made. unroot overwrites nothing of theirs, so it stopped here.',
		todo:
			'Find out who changed it and why. Put it back to what the plan saw, or make the planned change by hand. ' +
			'Then try again: unroot looks at what is there.',
		byHand: world.kubectl.byHand('get', object.kind.toLowerCase(), object.metadata.name, '-o', 'yaml'),
		exit: 'blocked',
		retryable: true,
		details: fields.map(field => fieldText(field)),
	});

/**
Changes an object on condition that nobody changes it between the look and the change. `decide` gives the merge patch
for what it is shown, or undefined where nothing is to be done; it is asked anew where somebody was faster.
*/
export const changeSeen = async (
	{world, signal}: StepContext<Needs>,
	{kind, name}: {readonly kind: Kind; readonly name: string},
	decide: (now: KubernetesObject | undefined) => JsonObject | undefined,
): Promise<void> => {
	for (let tried = 1; ; tried++) {
		signal.throwIfAborted();
		const now = await world.cluster.get(kind, name);
		const patch = decide(now);
		if (!patch) {
			return;
		}

		try {
			await world.kubectl.mergePatch(kind, name, patch, now?.metadata.resourceVersion ?? '');
			return;
		} catch (error) {
			if (tried === mostTries || !(error instanceof Failure && error.parts.code === 'object-changed')) {
				throw error;
			}
		}
	}
};

const stoppedBy = ({besides}: SharedChange, {overtaken, beside}: OwnChange): readonly Overtaken[] => [
	...overtaken,
	...(besides === 'stop' ? beside : []),
];

/**
Makes a planned change of an object's specification. Nothing happens where it is made already. Rejects with the Failure
`changed-meanwhile` where somebody else changed the same fields since the plan saw them, and takes neither side.
*/
export const changeShared = async (
	context: StepContext<Needs>,
	change: SharedChange,
	reporter: Pick<Reporter, 'log'>,
): Promise<void> => {
	const {from, to} = change;
	const {
		kind,
		metadata: {name},
	} = to;
	await changeSeen(context, {kind: kind as Kind, name}, now => {
		if (!now) {
			throw changedMeanwhile(context, to, []);
		}

		const own = ownChange(from, to, now);
		const stops = stoppedBy(change, own);
		if (stops.length > 0 && (own.patch !== undefined || own.overtaken.length > 0)) {
			throw changedMeanwhile(context, to, stops);
		}

		for (const field of own.patch === undefined || change.besides === 'unseen' ? [] : own.beside) {
			reporter.log(`${objectText(to)}: changed by somebody else and left as it is: ${fieldText(field)}`);
		}

		return own.patch as JsonObject | undefined;
	});
};

const besideText = (beside: readonly Overtaken[]): string =>
	beside.length === 0 ? '' : `changed by somebody else and kept: ${beside.map(({field}) => field).join(', ')}`;

/** Looks where a planned change stands in the cluster; changes nothing. */
export const standingOf = async (
	{world}: StepContext<'cluster'>,
	{from, to}: Pick<SharedChange, 'from' | 'to'>,
): Promise<Standing> => {
	const now = await world.cluster.get(to.kind as Kind, to.metadata.name);
	if (!now) {
		return {state: 'gone', beside: ''};
	}

	const {patch, overtaken, beside} = ownChange(from, to, now);
	return {
		state: overtaken.length > 0 ? 'overtaken' : patch === undefined ? 'made' : 'open',
		beside: besideText(beside),
	};
};

/**
The objects with the versions that were read, so that the API server refuses them where somebody was faster. Rejects
with `changed-meanwhile` as `changeShared` does. Undefined where all is as it is to be.
*/
export const asSeen = async (
	context: StepContext<Needs>,
	changes: readonly SharedChange[],
): Promise<readonly KubernetesObject[] | undefined> => {
	const looks = await Promise.all(
		changes.map(async change => {
			const {from, to} = change;
			const now = await context.world.cluster.get(to.kind as Kind, to.metadata.name);
			if (!now) {
				throw changedMeanwhile(context, to, []);
			}

			const own = ownChange(from, to, now);
			const stops = stoppedBy(change, own);
			if (stops.length > 0 && (own.patch !== undefined || own.overtaken.length > 0)) {
				throw changedMeanwhile(context, to, stops);
			}

			const {resourceVersion} = now.metadata;
			return {
				isOpen: own.patch !== undefined,
				object: {...to, metadata: {...to.metadata, ...(resourceVersion !== undefined && {resourceVersion})}},
			};
		}),
	);
	return looks.some(({isOpen}) => isOpen) ? looks.map(({object}) => object) : undefined;
};
