import {fieldOf, integerOf, joinField, listOf, textOf} from '../fields.js';
import {managerOf} from '../inventory/manager.js';
import type {VolumeUse} from '../workload.js';
import type {Rule, Seen} from './finding.js';
import {hasClaim, type Look, type PingContainer, type WorkloadLook} from './look.js';

const kubernetes =
	'Kubernetes documentation, Configure a Security Context (fsGroup, fsGroupChangePolicy, CSIDriver fsGroupPolicy)';

/** What is said of volumes. */
export const volumeRules = {
	'volume-of-root': {
		severity: 'blocks',
		means:
			'The files on the volume belong to root. No code in the new images hands them over, and fsGroup changes ' +
			'their group alone: what only an owner may do fails (chmod: Operation not permitted).',
		todo: 'Deploy afresh with new claims and import the data, or stay root. Ping documents no other way.',
		source:
			'pingidentity-docker-builds 23360617 (fixPermissions removed); pingidentity-devops-getting-started ' +
			'docs/how-to/migratingRootToUnprivileged.md',
	},
	'volume-ignores-fsgroup': {
		severity: 'blocks',
		means: "This kind of volume does not take part in fsGroup: it stays root's, and user 9031 cannot write to it.",
		todo: 'Use a volume whose driver applies fsGroup, or make the folder writable for 9031 where it is kept.',
		source: kubernetes,
	},
	'volume-nfs': {
		severity: 'warns',
		means:
			'Whether fsGroup is applied depends on the server and its driver, and Ping supports no NFS or EFS below ' +
			'PingDirectory.',
		todo: 'Try one write as 9031 on a claim of this class before anything depends on it.',
		source: 'pingidentity-devops-getting-started docs/how-to/awsStorage.md',
	},
	'volume-half-owned': {
		severity: 'blocks',
		means:
			'With OnRootMismatch the kubelet looks at the top folder only: where that has the right group it leaves ' +
			'the rest as it is, and files of root below stay closed.',
		todo: 'Set fsGroupChangePolicy to Always for the first start, or use a new claim.',
		source: kubernetes,
	},
	'volume-on-root-mismatch': {
		severity: 'warns',
		means:
			'With OnRootMismatch the kubelet looks at the top folder only, so files of root below it may stay closed ' +
			'on a volume that was used before.',
		todo: 'Use a new claim, or set fsGroupChangePolicy to Always for the first start.',
		source: kubernetes,
	},
	'data-dies-with-pod': {
		severity: 'blocks',
		means:
			'It has no volume that outlives the pod: any change of the pod template, of its image too, starts a new ' +
			'pod with none of the data.',
		todo: 'Export the data before anything is applied, and give the new workload a claim for /opt/out.',
		source:
			'pingidentity-devops-getting-started 2102 20-kubernetes/01-standalone/pingdirectory/pingdirectory.yaml; ' +
			'Kubernetes API, StatefulSet',
	},
	'claim-twice': {
		severity: 'informs',
		means:
			'The claim template wins: the volume of the same name is not mounted, and its claim is not the one with ' +
			'the data.',
		todo: 'Remove the volume, so that nobody exports from the wrong claim.',
		source:
			'Kubernetes API, StatefulSet volumeClaimTemplates; pingidentity-devops-getting-started 2102 ' +
			'20-kubernetes/12-pingdirectory-upgrade/1-inital.yaml',
	},
	'reclaim-delete': {
		severity: 'warns',
		means: 'When the claim goes, the volume and all data on it go with it, and there is no way back to the old server.',
		todo: "Set the persistent volume's reclaim policy to Retain before the cut-over.",
		source: 'Kubernetes documentation, Persistent Volumes, Reclaiming',
	},
	'old-bits-stay': {
		severity: 'warns',
		means:
			"On a restart with /opt/out on a volume, neither the product's files nor the profile are copied again: a " +
			'new image changes the user and nothing else.',
		todo: 'Deploy afresh from the exported configuration and its key, with a new claim or with none.',
		source: 'pingidentity-docker-builds 2103 pingcommon/opt/staging/hooks (the run plan RESTART)',
	},
	'sync-state': {
		severity: 'warns',
		means:
			'The position of the synchronisation is in sync-state.ldif on this volume. A fresh deployment starts ' +
			'without it and may miss or repeat changes.',
		todo: 'Stop the synchronisation, carry sync-state.ldif over, and set the start point before it is started again.',
		source: 'helm-charts docs/release-notes/previousReleases.md:330',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof volumeRules;
type Found = ReadonlyArray<Seen<Code>>;

const mountField = ({main}: WorkloadLook, {name}: VolumeUse): string => {
	const index = listOf(main?.container.spec.volumeMounts).findIndex(mount => fieldOf(mount, 'name') === name);
	return `${main?.container.path}.volumeMounts[${Math.max(index, 0)}]`;
};

const isData = ({type, mountPath}: VolumeUse): boolean =>
	!['configMap', 'secret', 'projected', 'downwardAPI', 'image'].includes(type) && mountPath.startsWith('/opt/');

const named = ({name, mountPath, claim}: VolumeUse): string =>
	`${name} at ${mountPath}${claim === undefined ? '' : ` (claim ${claim})`}`;

const onVolume = (look: WorkloadLook, volume: VolumeUse): Found => {
	const {object, pod, workload, main} = look;
	if (!main || !workload) {
		return [];
	}

	const at = {on: object, field: mountField(look, volume)};
	const rootFiles = volume.owners.filter(({uid}) => uid === 0).reduce((sum, {files}) => sum + files, 0);
	const otherFiles = volume.owners.filter(({uid}) => uid !== 0).reduce((sum, {files}) => sum + files, 0);
	const policy = textOf(fieldOf(pod.spec, 'securityContext', 'fsGroupChangePolicy'));
	const found: Array<Seen<Code>> =
		volume.reclaimPolicy === 'Delete' && workload.side !== 'new'
			? [
					{
						...at,
						code: 'reclaim-delete',
						seen:
							`${named(volume)} on ${volume.persistentVolume ?? `class ${volume.storageClass ?? '?'}`}, whose ` +
							'reclaim policy is Delete',
					},
				]
			: [];
	if (main.willBeRoot) {
		return found;
	}

	const runsAsRoot = workload.identity === undefined || workload.identity.uid === 0;
	if (volume.type === 'hostPath' || volume.fsGroupPolicy === 'None') {
		found.push({
			...at,
			code: 'volume-ignores-fsgroup',
			seen:
				`${named(volume)} is ` +
				(volume.type === 'hostPath' ? 'a hostPath' : 'of a CSI driver with fsGroupPolicy None'),
		});
	} else if (volume.type === 'nfs') {
		found.push({...at, code: 'volume-nfs', seen: `${named(volume)} is NFS`});
	}

	if (policy === 'OnRootMismatch' && rootFiles > 0 && otherFiles > 0) {
		found.push({
			...at,
			code: 'volume-half-owned',
			seen:
				`${named(volume)}: ${rootFiles} files of root and ${otherFiles} of others, with fsGroupChangePolicy ` +
				'OnRootMismatch',
		});
	} else if (
		policy === 'OnRootMismatch' &&
		look.strategy === undefined &&
		volume.claim !== undefined &&
		workload.side !== 'new' &&
		volume.owners.length === 0
	) {
		found.push({
			...at,
			code: 'volume-on-root-mismatch',
			seen: `${named(volume)} with fsGroupChangePolicy OnRootMismatch`,
		});
	}

	if (
		look.strategy === undefined &&
		(rootFiles > 0 ||
			(runsAsRoot && workload.side === 'old' && volume.claim !== undefined && volume.owners.length === 0))
	) {
		found.push({
			...at,
			code: 'volume-of-root',
			seen:
				`${named(volume)}: ` + (rootFiles > 0 ? `${rootFiles} files of root` : 'written by an image that runs as root'),
		});
	}

	return found;
};

/**
The ping-devops chart always writes both, and the claim template wins (helm-charts templates/pinglib/_workload.tpl):
nobody there could remove the volume.
*/
const isOfChart = (object: WorkloadLook['object']): boolean => {
	const manager = managerOf(object);
	return manager.kind === 'helm' && manager.chart?.startsWith('ping-devops-') === true;
};

const claimTwice = ({object, pod}: WorkloadLook): Found =>
	isOfChart(object)
		? []
		: listOf(pod.spec.volumes).flatMap((volume, index): Found => {
				const name = textOf(fieldOf(volume, 'name'));
				const isTwice =
					name !== undefined &&
					listOf(fieldOf(object, 'spec', 'volumeClaimTemplates')).some(
						template => fieldOf(template, 'metadata', 'name') === name,
					);
				return isTwice
					? [
							{
								code: 'claim-twice',
								on: object,
								field: joinField(pod.path, 'volumes', index),
								seen: `${name} is a volume and a claim template`,
							},
						]
					: [];
			});

const isScaledDown = ({object}: WorkloadLook): boolean => integerOf(fieldOf(object, 'spec', 'replicas')) === 0;

/**
What a workload without a claim loses with its pod. Of the products whose configuration a profile brings back that is
what was changed since; their engines are given theirs by the console.
*/
const dyingWithPod = (
	{workload}: WorkloadLook,
	{product, variables}: PingContainer,
): ReadonlyArray<Pick<Seen<Code>, 'code' | 'seen' | 'severity' | 'means' | 'todo'>> => {
	const {data, id, title} = product;
	const isNew = workload?.side === 'new';
	const seen = `${title} without a volume claim; what is in the container: ${data.what}`;
	if (['pingdirectory', 'pingdatasync'].includes(id)) {
		return [{code: 'data-dies-with-pod', seen, ...(isNew && {severity: 'warns'})}];
	}

	if (!data.isLostWithVolume || isNew || variables.get('OPERATIONAL_MODE')?.value === 'CLUSTERED_ENGINE') {
		return [];
	}

	return [
		{
			code: 'data-dies-with-pod',
			seen,
			...(['pingfederate', 'pingaccess'].includes(id)
				? {
						severity: 'informs',
						means:
							'It has no volume that outlives the pod: a new pod starts from the server profile, without what ' +
							'was changed in the console since that was made.',
						todo: 'Export the configuration into the profile before anything is applied.',
					}
				: {
						severity: 'warns',
						means:
							'It has no volume that outlives the pod: what no external database holds is gone with any change ' +
							'of the pod template, of its image too.',
						todo: `Before anything is applied: ${data.carriedBy}.`,
					}),
		},
	];
};

const claimTemplateTodo =
	'Export the data before anything is applied. Claim templates cannot be added to a StatefulSet: the new one ' +
	'needs another name.';

const onData = (look: WorkloadLook): Found => {
	const {object, workload, main} = look;
	if (!main || !workload || !['StatefulSet', 'Deployment', 'Pod', 'DaemonSet'].includes(workload.kind)) {
		return [];
	}

	const {id} = main.product;
	const at = {on: object, field: joinField(main.container.path, 'volumeMounts')};
	const claim = workload.volumes.find(volume => volume.claim !== undefined && isData(volume));
	if (!hasClaim(look)) {
		return isScaledDown(look) || (main.willBeRoot && workload.side === 'new')
			? []
			: dyingWithPod(look, main).map(seen => ({
					...at,
					...seen,
					...(workload.kind === 'StatefulSet' && seen.todo === undefined && {todo: claimTemplateTodo}),
				}));
	}

	if (main.willBeRoot) {
		return [];
	}

	if (!claim || look.strategy !== undefined || workload.side === 'new') {
		return [];
	}

	if (id === 'pingdatasync') {
		return [{...at, code: 'sync-state', seen: named(claim)}];
	}

	return ['pingfederate', 'pingaccess', 'pingcentral'].includes(id)
		? [{...at, code: 'old-bits-stay', seen: `${main.product.title} with ${named(claim)}`}]
		: [];
};

/** Findings about volumes and the data on them. */
export const volumeFindings = ({workloads}: Look): Found =>
	workloads
		.filter(({main}) => main !== undefined)
		.flatMap(look => [
			...(look.workload?.volumes.filter(volume => isData(volume)).flatMap(volume => onVolume(look, volume)) ?? []),
			...claimTwice(look),
			...onData(look),
		]);
