import {Failure} from '../failure/failure.js';
import {isUnprivileged} from '../ping/side.js';
import type {Manifest, Workload} from '../ping/workload.js';
import {valuesFile} from './files/helm/values.js';
import {freshDrafts} from './fresh/index.js';
import {protocolEdits} from './objects/container-edits.js';
import {containersOf} from './objects/containers.js';
import {objectOf, type Drafts} from './objects/draft.js';
import {applyEdits} from './objects/edit.js';
import {numberedFiles} from './objects/print.js';
import {withoutServerFields} from './objects/server-fields.js';
import {switchOf} from './objects/services.js';
import {isSame} from './objects/value.js';
import {rootDrafts} from './root/index.js';
import {secretsInTheClear, sourceSecrets} from './secrets/in-the-clear.js';
import {masked} from './secrets/objects.js';
import type {ManifestPlan, PlanInput} from './strategy.js';

/** What does not run as root is never made to. */
const refuseRoot = (workload: Workload): void => {
	const {kind, name, identity} = workload;
	if (isUnprivileged(workload)) {
		throw new Failure({
			code: 'not-root',
			seen: `${name} runs as uid ${identity?.uid ?? 'unknown'}, not as root.`,
			means: 'Making it root would take away what it has already. Nothing was planned.',
			todo: 'Choose a fresh deployment, or change its image alone.',
			byHand: `kubectl get ${kind.toLowerCase()} ${name} -o yaml`,
			exit: 'blocked',
		});
	}
};

const refuseImmutable = ({kind, name}: Workload): void => {
	if (kind === 'Job' || kind === 'Pod') {
		throw new Failure({
			code: 'template-immutable',
			seen: `${name} is a ${kind}, whose template cannot be changed.`,
			means: 'It cannot be made to run as root in place. Nothing was planned.',
			todo: `Change the manifest that makes the ${kind}, then create it again.`,
			byHand: `kubectl get ${kind.toLowerCase()} ${name} -o yaml`,
			exit: 'blocked',
		});
	}
};

/**
The edits a strategy makes. Rejects with a Failure where the workload is not among the objects or cannot be planned.
*/
export const draftsOf = (input: PlanInput): Drafts => {
	const {
		workload: {kind, name},
		objects,
		decisions,
	} = input;
	const workload = objects.find(object => object.kind === kind && object.metadata.name === name);
	if (!workload) {
		throw new Failure({
			code: 'workload-not-seen',
			seen: `${kind} ${name} is not among the objects that were read.`,
			means: 'Without it nothing can be planned.',
			todo: 'Check that it is still there and can be read.',
			byHand: `kubectl get ${kind.toLowerCase()} ${name}`,
		});
	}

	switch (decisions.strategy) {
		case 'fresh': {
			return freshDrafts(workload, input);
		}

		case 'root': {
			return rootDrafts(workload, input);
		}
	}
};

/** A server-side apply to an old cluster must name the protocol of a port, which is part of its key. */
const withProtocols = (object: Manifest): Manifest =>
	applyEdits(
		object,
		containersOf(object, {container: '', image: ''}).flatMap(place => protocolEdits(place)),
	);

/** What is left out of the files, and what becomes of it. */
const maskNotes = (objects: readonly Manifest[]): readonly string[] => {
	const places = objects.flatMap(object => secretsInTheClear(object)).map(({place}) => place);
	return places.length === 0
		? []
		: [
				`These hold a secret in the clear: ${[...new Set(places)].join(', ')}. It is never shown, and left out ` +
					'of the files and of git; the new workload gets it as the old one has it. Put it into a Secret and ' +
					'refer to that instead.',
			];
};

/** Where else a secret stands that the new workload refers to a Secret for. */
const repeatNotes = (objects: readonly Manifest[], secrets: readonly string[]): readonly string[] => {
	const places = objects
		.filter(object => !isSame(masked(object), masked(object, secrets)))
		.map(({kind, metadata}) => `${kind}/${metadata.name}`);
	return places.length === 0
		? []
		: [
				`These repeat a secret of the old workload elsewhere, such as in arguments: ${places.join(', ')}. It is left ` +
					'out of the files and of git there, too; the new workload gets it as the old one has it.',
			];
};

const find = (objects: readonly Manifest[], {kind, metadata: {name}}: Manifest): Manifest | undefined =>
	objects.find(object => object.kind === kind && object.metadata.name === name);

/**
What a strategy does to the live objects of one workload. The files hold what is applied, numbered in order; what moves
at the cut-over lies in the folder `cut-over`, so that applying the folder does not move it, and values for the Helm
release that owns the workload in `helm`.
@throws Failure `new-name`, `name-taken`, `volume-not-fresh`, `template-immutable`, `workload-not-seen`
*/
export const planManifests = (input: PlanInput): ManifestPlan => {
	if (input.decisions.strategy === 'root') {
		refuseImmutable(input.workload);
		refuseRoot(input.workload);
	}

	const {drafts, moves, notes, secret} = draftsOf(input);
	const apply = drafts.map(draft => withProtocols(withoutServerFields(objectOf(draft))));
	const values = valuesFile(input.workload, input.decisions);
	const secrets = sourceSecrets(input.workload, input.objects);
	const switches = moves.map(({service, edits}) => switchOf(service, edits));
	return {
		apply,
		before: apply.flatMap(object => {
			const now = find(input.objects, object);
			return now ? [withoutServerFields(now)] : [];
		}),
		switches,
		...(secret && {secret}),
		files: [
			...numberedFiles(apply.map(object => masked(object, secrets))),
			...numberedFiles(
				switches.map(({after}) => after),
				'cut-over/',
			),
			...(values ? [values] : []),
		],
		notes: [
			...notes,
			...maskNotes(apply),
			...repeatNotes(apply, secrets),
			...(values ? [`${values.name} holds the same change as values of the release, to be given after its own.`] : []),
		],
	};
};
