import {Failure} from '../../failure/failure.js';
import {productWith} from '../../ping/catalogue/index.js';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest, Workload} from '../../ping/workload.js';
import {podSpecPathOf, type ContainerPlace} from './containers.js';
import {isRemoval, remove, set, type Edit} from './edit.js';
import {at, without} from './value.js';

/** What a fresh deployment does to the volumes of a pod template. */
export type VolumeEdits = {
	readonly edits: readonly Edit[];
	/** New claims for volumes that are claimed by name and have no claim template. */
	readonly claims: readonly Manifest[];
	readonly notes: readonly string[];
};

/** Kinds of volumes that begin empty or hold no data of the server. */
const harmless = new Set(['emptyDir', 'configMap', 'secret', 'projected', 'downwardAPI', 'ephemeral', 'image', 'name']);

/**
Where the images keep what outlives a restart: pingidentity-docker-builds, tag 2103, pingbase/Dockerfile, OUT_DIR.
*/
const dataPath = '/opt/out';

const mountPathsOf = (places: readonly ContainerPlace[], volume: string): readonly string[] =>
	places.flatMap(({container}) =>
		listOf(mapOf(container).volumeMounts)
			.filter(mount => textOf(mapOf(mount).name) === volume)
			.map(mount => textOf(mapOf(mount).mountPath) ?? ''),
	);

const holdsServerData = (path: string): boolean =>
	path === '/' || path === '/opt' || path === dataPath || path.startsWith(`${dataPath}/`);

const claimLike = (claim: Manifest, name: string): Manifest => ({
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: {name, ...(claim.metadata.namespace !== undefined && {namespace: claim.metadata.namespace})},
	spec: without(claim.spec, ['volumeName', 'dataSource', 'dataSourceRef']),
});

const notFresh = (object: Manifest, volume: string, type: string): Failure =>
	new Failure({
		code: 'volume-not-fresh',
		seen:
			`Volume ${volume} of ${object.kind} ${object.metadata.name} is ${type} and is mounted where the server ` +
			'keeps its data.',
		means: 'A new pod would be given the old data, so this would be no fresh deployment. Nothing was planned.',
		todo: `Give ${object.metadata.name} a claim template for ${dataPath}, or choose to run as root.`,
		byHand: `kubectl get ${object.kind.toLowerCase()} ${object.metadata.name} -o yaml`,
		exit: 'blocked',
	});

/** The volumes on which a workload keeps its data, by name. */
export const dataVolumesOf = ({volumes}: Workload): readonly string[] =>
	volumes.filter(({mountPath, isEphemeral}) => !isEphemeral && holdsServerData(mountPath)).map(({name}) => name);

/** What dies with a pod that mounts no volume for its data; nothing where the product keeps none, and in a job. */
export const lossWithPod = (workload: Workload): readonly string[] => {
	const data = productWith(workload.product)?.data;
	return !data?.isLostWithVolume || ['Job', 'CronJob'].includes(workload.kind) || dataVolumesOf(workload).length > 0
		? []
		: [
				`${workload.name} has no volume for ${dataPath} that outlives its pods. What dies with each of them: ` +
					`${data.what}.`,
			];
};

/**
Edits after which a claim template is no longer bound to a volume that somebody made by hand, which is the old one.
*/
const letGoEdits = (
	template: unknown,
	index: number,
): {readonly edits: readonly Edit[]; readonly note: readonly string[]} => {
	const pins = ['volumeName', 'selector'].filter(field => at(template, ['spec', field]) !== undefined);
	if (pins.length === 0) {
		return {edits: [], note: []};
	}

	const isStatic = at(template, ['spec', 'storageClassName']) === '';
	const left = [...pins, ...(isStatic ? ['storageClassName'] : [])];
	const name = textOf(at(template, ['metadata', 'name'])) ?? index;
	return {
		edits: left.map(field => remove(['spec', 'volumeClaimTemplates', index, 'spec', field])),
		note: [
			`The claim template ${name} is bound to the old volume by ${left.join(', ')}, which ` +
				`${left.length === 1 ? 'was' : 'were'} left ` +
				`out.${isStatic ? ' The new claim takes the default storage class; name another where the cluster has none.' : ''}`,
		],
	};
};

/** Edits after which the new pods mount no claim of the old ones. */
export const freshVolumeEdits = (
	object: Manifest,
	places: readonly ContainerPlace[],
	claims: readonly Manifest[],
	newName: string,
	facts: Workload,
): VolumeEdits => {
	const path = [...podSpecPathOf(object.kind), 'volumes'];
	const templates = listOf(at(object, ['spec', 'volumeClaimTemplates']));
	const templateNames = new Set(templates.map(template => textOf(at(template, ['metadata', 'name']))));
	const edits: Edit[] = [];
	const made: Manifest[] = [];
	const notes: string[] = [];
	for (const [index, volume] of listOf(at(object, path)).entries()) {
		const name = textOf(mapOf(volume).name) ?? '';
		const claimName = textOf(at(volume, ['persistentVolumeClaim', 'claimName']));
		const isReadOnly = at(volume, ['persistentVolumeClaim', 'readOnly']) === true;
		if (claimName !== undefined && templateNames.has(name)) {
			edits.push(remove([...path, index]));
			notes.push(
				`The volume ${name} named the claim ${claimName} beside a claim template of the same name; the ` +
					'template is what counts, so the volume was left out.',
			);
		} else if (claimName !== undefined && !isReadOnly) {
			const newClaim = `${newName}-${name}`;
			const old = claims.find(({metadata}) => metadata.name === claimName);
			edits.push(set([...path, index, 'persistentVolumeClaim', 'claimName'], newClaim));
			if (old) {
				made.push(claimLike(old, newClaim));
			}

			notes.push(
				old
					? `The volume ${name} gets a new claim ${newClaim} like ${claimName}, which stays with the old pods.`
					: `The volume ${name} now names the claim ${newClaim}, which has to be made: ${claimName} was not ` +
							'seen, so its size and storage class are not known. The pod stays Pending until then.',
			);
		} else if (claimName === undefined) {
			const type = Object.keys(mapOf(volume)).find(key => !harmless.has(key));
			const isData = mountPathsOf(places, name).some(mountPath => holdsServerData(mountPath));
			if (type !== undefined && isData) {
				throw notFresh(object, name, type);
			}
		}
	}

	for (const [index, template] of templates.entries()) {
		const {edits: letGo, note} = letGoEdits(template, index);
		edits.push(...letGo);
		notes.push(...note);
	}

	notes.push(
		...lossWithPod(facts).map(
			loss =>
				`${loss} No volume was added; add ` +
				`${object.kind === 'StatefulSet' ? 'a claim template' : 'a volume with a claim'} if that is not meant.`,
		),
	);

	const volumes = listOf(at(object, path));
	const removed = edits.filter(edit => isRemoval(edit) && edit.path.length === path.length + 1);
	return {
		edits:
			volumes.length > 0 && removed.length === volumes.length
				? [...edits.filter(edit => !removed.includes(edit)), remove(path)]
				: edits,
		claims: made,
		notes,
	};
};
