import {Buffer, isUtf8} from 'node:buffer';
import {Failure} from '../../failure/failure.js';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {podSpecPathOf, type ContainerPlace} from '../objects/containers.js';
import {set, type Edit} from '../objects/edit.js';
import {ownMark} from '../objects/names.js';
import {at} from '../objects/value.js';
import {committedAnnotation} from '../secrets/in-the-clear.js';
import type {Decisions, MountedProfile, ProfileFiles, ProvidedSecrets} from '../strategy.js';

/**
Where the images look for a profile that is mounted: pingidentity-docker-builds, tag 2103, pingbase/Dockerfile, IN_DIR.
*/
export const mountedAt = '/opt/in';

/**
The most that one ConfigMap or Secret holds is 1 MiB (kubernetes, release-1.35, pkg/apis/core/types.go, MaxSecretSize);
some of it is left for names.
*/
const mostBytes = 900 * 1024;

const volumeName = 'server-profile';
const keyVolumeName = 'server-key';

/** What is mounted into the new server, and the objects it comes from. */
export type BundleEdits = {readonly objects: readonly Manifest[]; readonly edits: readonly Edit[]};

type BundleFile = {readonly path: string; readonly key: string; readonly bytes: Uint8Array};

/** Whether each file of a profile fits into an object. */
export const fitsObjects = (files: ProfileFiles): boolean =>
	files.values().every(bytes => bytes.byteLength <= mostBytes);

/** The files with a key of an object for each, in as few objects as they fit into. */
const shelves = (files: ProfileFiles): ReadonlyArray<readonly BundleFile[]> => {
	const all: BundleFile[][] = [];
	let room = 0;
	for (const [index, [path, bytes]] of [...files].entries()) {
		if (bytes.byteLength > room) {
			all.push([]);
			room = mostBytes;
		}

		room -= bytes.byteLength;
		all.at(-1)?.push({path, bytes, key: `${index + 1}-${path.replaceAll(/[^\w\-.]/gv, '_').slice(-200)}`});
	}

	return all;
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const isText = (bytes: Uint8Array): boolean => isUtf8(bytes) && !bytes.includes(0);

const dataOf = (kind: 'ConfigMap' | 'Secret', files: readonly BundleFile[]): Readonly<Record<string, unknown>> => {
	const data = (chosen: readonly BundleFile[], write: (bytes: Uint8Array) => string) =>
		Object.fromEntries(chosen.map(({key, bytes}) => [key, write(bytes)]));
	if (kind === 'Secret') {
		return {type: 'Opaque', data: data(files, base64)};
	}

	const binary = files.filter(({bytes}) => !isText(bytes));
	return {
		data: data(
			files.filter(({bytes}) => isText(bytes)),
			bytes => Buffer.from(bytes).toString('utf8'),
		),
		...(binary.length > 0 && {binaryData: data(binary, base64)}),
	};
};

/** The places below the one where the images look at which a container has something mounted already. */
const takenIn = ({container}: Pick<ContainerPlace, 'container'>): readonly string[] =>
	listOf(mapOf(container).volumeMounts)
		.map(mount => (textOf(mapOf(mount).mountPath) ?? '').replace(/\/$/v, ''))
		.filter(path => path === mountedAt || path.startsWith(`${mountedAt}/`));

/**
Whether a profile can be mounted into a container: nothing covers the whole place, and a volume that must be mounted
whole meets no other mount.
*/
export const isPlaceFree = (server: Pick<ContainerPlace, 'container'>, kind: MountedProfile['kind']): boolean => {
	const taken = takenIn(server);
	return kind === 'claim' ? taken.length === 0 : !taken.includes(mountedAt);
};

/**
The mounts of the files of objects. They are made by sub-path: the images copy what `find -type f` finds, and in a
ConfigMap or Secret that is mounted as a whole every name is a link, so that nothing would arrive. Where something is
mounted beside them already, each file has a mount of its own, since no mount can be made inside a read-only one.
@see pingidentity-docker-builds, pingcommon/opt/staging/hooks/pingcommon.lib.sh, tags 2103:359 and 2606:432
(copy_files)
*/
const mountsOf = (
	paths: readonly string[],
	taken: readonly string[],
): ReadonlyArray<Readonly<Record<string, unknown>>> => {
	const wanted =
		taken.length === 0
			? [...new Set(paths.map(path => path.split('/', 1)[0] ?? path))]
			: paths.filter(path => taken.every(other => `${mountedAt}/${path}/`.startsWith(`${other}/`) === false));
	return wanted.map(subPath => ({
		name: volumeName,
		mountPath: `${mountedAt}/${subPath}`,
		subPath,
		readOnly: true,
	}));
};

const placeTaken = (workload: Manifest): Failure =>
	new Failure({
		code: 'profile-place-taken',
		seen: `${workload.kind} ${workload.metadata.name} has something mounted at ${mountedAt} already.`,
		means: 'The profile cannot be mounted where the images look for it. Nothing was planned.',
		todo: 'Go back and let the new server clone the profile, or take that mount out of the workload.',
		byHand: `kubectl get ${workload.kind.toLowerCase()} ${workload.metadata.name} -o yaml`,
		exit: 'blocked',
	});

/** A volume of the pod, and where its server has it. */
type Mounted = {
	readonly volume: Readonly<Record<string, unknown>>;
	readonly mounts: ReadonlyArray<Readonly<Record<string, unknown>>>;
};

const ofClaim = (claimName: string): Mounted => ({
	volume: {name: volumeName, persistentVolumeClaim: {claimName, readOnly: true}},
	mounts: [{name: volumeName, mountPath: mountedAt, readOnly: true}],
});

type Shelf = {readonly name: string; readonly content: readonly BundleFile[]};

const ofObjects = (
	kind: 'ConfigMap' | 'Secret',
	shelved: readonly Shelf[],
	paths: readonly string[],
	taken: readonly string[],
): Mounted => ({
	volume: {
		name: volumeName,
		projected: {
			sources: shelved.map(({content, name}) => ({
				[kind === 'Secret' ? 'secret' : 'configMap']: {name, items: content.map(({key, path}) => ({key, path}))},
			})),
		},
	},
	mounts: mountsOf(paths, taken),
});

/** The key alone, by sub-path for the same reason as the profile's files; its group is the volume's. */
const ofKey = ({secret, item, mountPath}: NonNullable<ProvidedSecrets['key']>): Mounted => ({
	volume: {name: keyVolumeName, secret: {secretName: secret, defaultMode: 0o440, items: [{key: item, path: item}]}},
	mounts: [{name: keyVolumeName, mountPath, subPath: item, readOnly: true}],
});

const objectsOf = (
	{metadata: {namespace}}: Manifest,
	kind: 'ConfigMap' | 'Secret',
	shelved: readonly Shelf[],
): readonly Manifest[] =>
	shelved.map(({content, name}) => ({
		apiVersion: 'v1',
		kind,
		metadata: {
			name,
			...(namespace !== undefined && {namespace}),
			labels: {[ownMark.key]: ownMark.value},
			annotations: {[committedAnnotation]: 'true'},
		},
		...dataOf(kind, content),
	}));

/**
Edits of a workload after which its server finds the profile, and what it needs beside it, where the images look, and
the objects the profile is mounted from.
*/
export const bundleEdits = (
	workload: Manifest,
	server: ContainerPlace | undefined,
	{mounted, secrets, newName}: Pick<Decisions, 'mounted' | 'secrets' | 'newName'>,
): BundleEdits => {
	if (!server) {
		return {objects: [], edits: []};
	}

	if (mounted && !isPlaceFree(server, mounted.kind)) {
		throw placeTaken(workload);
	}

	const shelved =
		mounted === undefined || mounted.kind === 'claim'
			? []
			: shelves(mounted.files).map((content, index) => ({
					content,
					name: `${newName}-profile${index === 0 ? '' : `-${index + 1}`}`,
				}));
	const all: readonly Mounted[] = [
		...(mounted === undefined
			? []
			: [
					mounted.kind === 'claim'
						? ofClaim(mounted.name)
						: ofObjects(mounted.kind, shelved, mounted.files.keys().toArray(), [
								...takenIn(server),
								...(secrets?.key ? [secrets.key.mountPath] : []),
							]),
				]),
		...(secrets?.key ? [ofKey(secrets.key)] : []),
	];
	const volumesPath = [...podSpecPathOf(workload.kind), 'volumes'];
	const volumes = listOf(at(workload, volumesPath)).length;
	const {volumeMounts, envFrom} = mapOf(server.container);
	return {
		objects: mounted === undefined || mounted.kind === 'claim' ? [] : objectsOf(workload, mounted.kind, shelved),
		edits: [
			...all.map(({volume}, index) => set([...volumesPath, volumes + index], volume)),
			...all
				.flatMap(({mounts}) => mounts)
				.map((mount, index) => set([...server.path, 'volumeMounts', listOf(volumeMounts).length + index], mount)),
			...(secrets?.variables === undefined
				? []
				: [set([...server.path, 'envFrom', listOf(envFrom).length], {secretRef: {name: secrets.variables}})]),
		],
	};
};
