import {Buffer, isUtf8} from 'node:buffer';
import {Failure} from '../../failure/failure.js';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {podSpecPathOf, type Place} from '../objects/containers.js';
import {set, type Edit} from '../objects/edit.js';
import {ownMark} from '../objects/names.js';
import {at} from '../objects/value.js';
import type {Decisions, MountedProfile, ProfileFiles} from '../strategy.js';

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

/** What is mounted into the new server, and the objects it comes from. */
export type BundleEdits = {readonly objects: readonly Manifest[]; readonly edits: readonly Edit[]};

type File = {readonly path: string; readonly key: string; readonly bytes: Uint8Array};

/** Whether each file of a profile fits into an object. */
export const fitsObjects = (files: ProfileFiles): boolean =>
	files.values().every(bytes => bytes.byteLength <= mostBytes);

/** The files with a key of an object for each, in as few objects as they fit into. */
const shelves = (files: ProfileFiles): ReadonlyArray<readonly File[]> => {
	const all: File[][] = [];
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

const dataOf = (kind: 'ConfigMap' | 'Secret', files: readonly File[]): Readonly<Record<string, unknown>> => {
	const data = (chosen: readonly File[], write: (bytes: Uint8Array) => string) =>
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
const takenIn = ({container}: Pick<Place, 'container'>): readonly string[] =>
	listOf(mapOf(container).volumeMounts)
		.map(mount => (textOf(mapOf(mount).mountPath) ?? '').replace(/\/$/v, ''))
		.filter(path => path === mountedAt || path.startsWith(`${mountedAt}/`));

/**
Whether a profile can be mounted into a container: nothing covers the whole place, and a volume that must be mounted
whole meets no other mount.
*/
export const isPlaceFree = (server: Pick<Place, 'container'>, kind: MountedProfile['kind']): boolean => {
	const taken = takenIn(server);
	return kind === 'claim' ? taken.length === 0 : !taken.includes(mountedAt);
};

/**
The mounts of the files of objects. They are made by sub-path: the images copy what `find -type f` finds, and in a
ConfigMap or Secret that is mounted as a whole every name is a link, so that nothing would arrive. Where something is
mounted beside them already, each file has a mount of its own, since no mount can be made inside a read-only one.
@see pingidentity-docker-builds, pingcommon/opt/staging/hooks/pingcommon.lib.sh, tags 2103:359 and 2606:432 (copy_files)
*/
const mountsOf = (paths: readonly string[], server: Place): ReadonlyArray<Readonly<Record<string, unknown>>> => {
	const taken = takenIn(server);
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

const taken = (workload: Manifest): Failure =>
	new Failure({
		code: 'profile-place-taken',
		seen: `${workload.kind} ${workload.metadata.name} has something mounted at ${mountedAt} already.`,
		means: 'The profile cannot be mounted where the images look for it. Nothing was planned.',
		todo: 'Go back and let the new server clone the profile, or take that mount out of the workload.',
		byHand: `kubectl get ${workload.kind.toLowerCase()} ${workload.metadata.name} -o yaml`,
		exit: 'blocked',
	});

/**
Edits of a workload after which its server finds the profile where the images look, and the objects it is mounted from.
*/
export const bundleEdits = (
	workload: Manifest,
	server: Place | undefined,
	{mounted, newName}: Pick<Decisions, 'mounted' | 'newName'>,
): BundleEdits => {
	if (!mounted || !server) {
		return {objects: [], edits: []};
	}

	if (!isPlaceFree(server, mounted.kind)) {
		throw taken(workload);
	}

	const volumesPath = [...podSpecPathOf(workload.kind), 'volumes'];
	const volumes = listOf(at(workload, volumesPath)).length;
	const mounts = listOf(mapOf(server.container).volumeMounts).length;
	const mountEdits = (added: ReadonlyArray<Readonly<Record<string, unknown>>>): readonly Edit[] =>
		added.map((mount, index) => set([...server.path, 'volumeMounts', mounts + index], mount));
	if (mounted.kind === 'claim') {
		return {
			objects: [],
			edits: [
				set([...volumesPath, volumes], {
					name: volumeName,
					persistentVolumeClaim: {claimName: mounted.name, readOnly: true},
				}),
				...mountEdits([{name: volumeName, mountPath: mountedAt, readOnly: true}]),
			],
		};
	}

	const {kind, files} = mounted;
	const shelved = shelves(files).map((content, index) => ({
		content,
		name: `${newName}-profile${index === 0 ? '' : `-${index + 1}`}`,
	}));
	const {namespace} = workload.metadata;
	return {
		objects: shelved.map(({content, name}) => ({
			apiVersion: 'v1',
			kind,
			metadata: {name, ...(namespace !== undefined && {namespace}), labels: {[ownMark.key]: ownMark.value}},
			...dataOf(kind, content),
		})),
		edits: [
			set([...volumesPath, volumes], {
				name: volumeName,
				projected: {
					sources: shelved.map(({content, name}) => ({
						[kind === 'Secret' ? 'secret' : 'configMap']: {name, items: content.map(({key, path}) => ({key, path}))},
					})),
				},
			}),
			...mountEdits(mountsOf(files.keys().toArray(), server)),
		],
	};
};
