import {mapOf, textOf, listOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {containersOf, type ContainerPlace} from '../objects/containers.js';
import type {Drafts} from '../objects/draft.js';
import {set, settle} from '../objects/edit.js';
import {environmentEdits, unseenSources} from '../objects/environment.js';
import {managerNotes} from '../objects/manager-notes.js';
import {referenceEdits, secretNote} from '../objects/referred.js';
import {missingCapabilities, rootSecurityEdits} from '../objects/security.js';
import {isHeadless} from '../objects/services.js';
import {rootStartNotes, suspendEdits} from '../objects/start-notes.js';
import {at} from '../objects/value.js';
import {dataVolumesOf, lossWithPod} from '../objects/volumes.js';
import type {PlanInput} from '../strategy.js';
import {rootWishes} from '../wishes.js';

const notesOfRoot = (server: ContainerPlace | undefined, restricted: Manifest | undefined): readonly string[] => [
	'Running as root is a debt: a volume that a new pod used as root has new files of root and is no easier to ' +
		'hand over later.',
	server && missingCapabilities(server.container).length > 0
		? 'The container drops capabilities; what root needs is added back: ' +
			`${missingCapabilities(server.container).join(', ')}.`
		: 'The container drops no capability that root needs, so none is added.',
	...(restricted
		? [
				`Namespace ${restricted.metadata.name} enforces the restricted Pod Security level, which refuses root: ` +
					'it must be baseline first.',
			]
		: []),
];

/** The drafts of staying root: the same workload, its template alone changed. What is not root goes on as it is. */
export const rootDrafts = (
	workload: Manifest,
	{workload: facts, objects, decisions, refers = false}: PlanInput,
): Drafts => {
	const places = containersOf(workload, facts);
	const ours = places.filter(({role}) => role !== 'foreign');
	const server = places.find(({role}) => role === 'server');
	const restricted = objects.find(
		({kind, metadata}) =>
			kind === 'Namespace' && metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted',
	);
	const {name} = workload.metadata;
	const isRoot = decisions.identity.uid === 0;
	const configMaps = objects.filter(({kind}) => kind === 'ConfigMap');
	const onDelete = at(workload, ['spec', 'updateStrategy', 'type']) === 'OnDelete';
	const partition = at(workload, ['spec', 'updateStrategy', 'rollingUpdate', 'partition']);
	const volumes = dataVolumesOf(facts);
	const leftovers = listOf(mapOf(server?.container).envFrom)
		.map(entry => textOf(at(entry, ['configMapRef', 'name'])))
		.filter(map => map !== undefined)
		.filter(map =>
			Object.keys(mapOf(objects.find(({kind, metadata}) => kind === 'ConfigMap' && metadata.name === map)?.data)).some(
				key => key.startsWith('PING_CONTAINER_'),
			),
		);
	const hiding = objects.find(
		service =>
			service.kind === 'Service' &&
			service.metadata.name === textOf(at(workload, ['spec', 'serviceName'])) &&
			isHeadless(service) &&
			at(service, ['spec', 'publishNotReadyAddresses']) !== true,
	);
	const environment = server
		? environmentEdits(server.path, server.container, rootWishes(decisions, facts.product), []).edits
		: [];
	const references = referenceEdits({
		places: refers ? places : [],
		configMaps,
		copied: new Set(),
		besides: environment,
		secretName: `${name}-secrets`,
	});
	const edits = settle(workload, [
		...suspendEdits(workload),
		...(isRoot ? rootSecurityEdits(workload, places) : []),
		...ours
			.filter(({container}) => textOf(mapOf(container).image) !== decisions.image)
			.map(({path}) => set([...path, 'image'], decisions.image)),
		...references.edits,
	]);
	return {
		drafts: [{kind: 'edited', source: workload, edits}],
		moves: [],
		...(references.secret && {secret: references.secret}),
		notes: [
			...(references.secret ? [secretNote(references.secret)] : []),
			...rootStartNotes(facts),
			...(onDelete ? [`${name} updates on delete: the pods change only when they are deleted.`] : []),
			...(typeof partition === 'number' && partition > 0
				? [`${name} has an update partition of ${partition}: pods below that number keep the old image.`]
				: []),
			...(volumes.length > 0
				? [
						`The new image starts on the old data (${volumes.join(', ')}) and upgrades the server there: the ` +
							'old image may not start on it again.',
					]
				: lossWithPod(facts).map(loss => `${loss} Applying it restarts them.`)),
			...unseenSources(mapOf(server?.container), configMaps).map(
				source => `${source} was not seen: what it may set is set in the container itself, which wins.`,
			),
			...(isRoot ? notesOfRoot(server, restricted) : []),
			...(facts.product === 'pingdirectory' && hiding
				? [
						`Service ${hiding.metadata.name} hides pods that are not ready yet: set publishNotReadyAddresses: ` +
							'true on it before a pod is added, since a new server of 8.2 or later does not set itself up ' +
							'otherwise.',
					]
				: []),
			...leftovers.map(
				map =>
					`ConfigMap ${map} sets PING_CONTAINER_ variables, which the new image does not read; it was left as ` +
					'it is, for the way back.',
			),
			'A profile that sets ports itself (env_vars, setup-arguments.txt) wins over the environment set here.',
			...managerNotes(facts.manager, name),
		],
	};
};
