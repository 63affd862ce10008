import {recordUpdate} from '../api/apply.js';
import {withDefaults} from '../api/defaults.js';
import {installServer, type InstalledBackend} from '../boot/install.js';
import {definitionOf} from '../boot/setup.js';
import {bindClaim} from '../controllers/claims.js';
import {makeFolder, plant} from '../files/node.js';
import {makeView, type View} from '../files/view.js';
import {makeVolume, recount, type Volume} from '../files/volume.js';
import {generateEntries} from '../ldap/generate.js';
import {generationOf, replicationFile, replicationText} from '../ldap/replication.js';
import {replicationPort} from '../ldap/topology.js';
import {imageFacts} from '../pods/image.js';
import type {Disks} from '../pods/volumes.js';
import type {KubeObject} from '../store/object.js';
import {timestamp, type Store} from '../store/store.js';
import {administrationClaim, administrationFiles, administrationObjects, type Administered} from './administration.js';
import {customSchema, licence, oldSettings} from './configuration.js';
import {clusterObjects, leftoverPod, oldPassword, pingDirectoryObjects, type ToolAge} from './default.js';
import {fieldManagerOf, owned, type ScenarioOwner} from './owner.js';

/** The cluster that a sandbox begins with. */
export type ScenarioName = 'default' | Administered;

const root = {
	uid: 0,
	gid: 0,
	groups: new Set<number>(),
	capabilities: new Set(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE'] as const),
};

/** An empty volume at /opt/out, as root sees it. */
const viewOf = (volume: Volume): View => {
	const base = makeVolume('nowhere', 'image');
	plant(base.root, '/opt/out', makeFolder());
	return makeView(
		new Map([
			[
				'/',
				{
					path: '/',
					volume: base,
					root: base.root,
					readOnly: false,
				},
			],
			[
				'/opt/out',
				{
					path: '/opt/out',
					volume,
					root: volume.root,
					readOnly: false,
				},
			],
		]),
		root,
		'/',
		0o022,
	);
};

const ports = {ldap: '389', ldaps: '636', https: '443'};

const instanceOf = (ordinal: number): string => `pingdirectory-${ordinal}.pingdirectory-cluster`;

/** The state of a topology whose replicas have had time to agree. */
const joined = (ordinal: number, replicas: number, backends: readonly InstalledBackend[]): string => {
	const idOf = (replica: number, backend: number): string => String(10_000 + replica * 10 + backend);
	return replicationText({
		members: Array.from({length: replicas}, (_, replica) => ({
			instanceName: instanceOf(replica),
			hostname: instanceOf(replica),
			ldapsPort: Number(ports.ldaps),
			replicationPort,
			location: 'Docker',
		})),
		domains: backends.map(({baseDn, entries}, backend) => ({
			baseDn,
			replicaId: idOf(ordinal, backend),
			generationId: generationOf(new Map(entries.map(entry => [entry.dn, entry]))),
			seen: {},
		})),
	});
};

/**
Puts a server of the old days, with data, on an empty volume: as root left it, and in a topology where it has replicas.
*/
const fillVolume = (volume: Volume, ordinal: number, replicas: number, backends: readonly InstalledBackend[]): void => {
	const view = viewOf(volume);
	const folder = '/opt/out/instance';
	installServer(view, {
		backends,
		ports,
		instanceName: instanceOf(ordinal),
		version: imageFacts('pingdirectory:2102-8.2.0.1').version,
		rootDn: 'cn=administrator',
		passwordFile: '/run/secrets/root-user-password',
		definition: definitionOf(oldPassword),
		settings: oldSettings(instanceOf(ordinal), backends.slice(1)),
		files: new Map([
			['PingDirectory.lic', licence],
			['config/schema/77-custom.ldif', customSchema],
		]),
	});
	if (replicas > 1) {
		view.makeFolder(`${folder}/changelogDb`, {parents: true});
		view.write(replicationFile(folder), joined(ordinal, replicas, backends), 0o600);
	}

	recount(volume);
};

/** Manifests as `kubectl apply` keeps them, with a field manager and the last applied text, or as their owner does. */
const applied = (object: KubeObject, owner?: ScenarioOwner): KubeObject => {
	if (owner) {
		return recordUpdate(undefined, withDefaults(owned(object, owner)), fieldManagerOf[owner]);
	}

	const annotated = {
		...object,
		metadata: {
			...object.metadata,
			annotations: {'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n`},
		},
	};
	return recordUpdate(undefined, withDefaults(annotated), 'kubectl-client-side-apply');
};

/** How large the scenario is, how old the tools of its server are, and who applies its objects. */
export type ScenarioSize = ToolAge & {
	readonly entries: number;
	readonly replicas: number;
	readonly backends: number;
	readonly owner?: ScenarioOwner;
};

/** How old the leftover pod is. */
const leftoverDays = 90;

/** A claim and its volume, bound. */
const claimVolume = (store: Store, disks: Disks, name: string, role: string): Volume => {
	bindClaim(
		store,
		store.put(
			withDefaults({
				apiVersion: 'v1',
				kind: 'PersistentVolumeClaim',
				metadata: {name, namespace: 'identity', labels: {role}},
				spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '8Gi'}}},
				status: {phase: 'Pending'},
			}),
		),
	);
	const claim = store.get('PersistentVolumeClaim', 'identity', name);
	const {volumeName} = claim!.spec as {volumeName: string};
	return disks.of(store.get('PersistentVolume', undefined, volumeName)!);
};

const buildAdministration = (store: Store, disks: Disks, product: Administered): void => {
	const volume = claimVolume(store, disks, administrationClaim(product), `${product}-admin`);
	const view = viewOf(volume);
	for (const {path, text, mode} of administrationFiles(product)) {
		view.makeFolder(`/opt/out/${path.slice(0, path.lastIndexOf('/'))}`, {parents: true});
		view.write(`/opt/out/${path}`, text, mode);
	}

	recount(volume);
	for (const object of administrationObjects(product)) {
		store.put(applied(object));
	}
};

/** Backends beside the users', as a profile of the old days created them. */
const furtherBackends: ReadonlyArray<Omit<InstalledBackend, 'entries'>> = [
	{id: 'appintegrations', baseDn: 'o=appintegrations'},
	{id: 'platformconfig', baseDn: 'o=platformconfig'},
];

const buildDirectory = (store: Store, disks: Disks, size: ScenarioSize): void => {
	const {entries, replicas, owner} = size;
	const further = furtherBackends.slice(0, size.backends - 1);
	const backends: readonly InstalledBackend[] = [
		{id: 'userRoot', baseDn: 'dc=example,dc=com', entries: generateEntries(entries)},
		...further.map(({id, baseDn}) => ({id, baseDn, entries: generateEntries(Math.ceil(entries / 10), baseDn, 2103)})),
	];
	for (let ordinal = 0; ordinal < replicas; ordinal++) {
		const pod = `pingdirectory-${ordinal}`;
		fillVolume(claimVolume(store, disks, `out-dir-${pod}`, 'pingdirectory'), ordinal, replicas, backends);
	}

	for (const object of pingDirectoryObjects(replicas, size, further)) {
		store.put(applied(object, object.kind === 'Secret' || object.metadata.name === 'portal' ? undefined : owner));
	}

	const then = new Date(Date.now() - leftoverDays * 86_400_000);
	const leftover = leftoverPod(timestamp(then));
	store.put(withDefaults(leftover));
};

/**
Fills an empty cluster: the old workload with its data, a client or an engine, a pod that somebody left, and empty
namespaces.
*/
export const buildScenario = (store: Store, disks: Disks, scenario: ScenarioName, size: ScenarioSize): void => {
	for (const object of clusterObjects) {
		store.put(object);
	}

	if (scenario === 'default') {
		buildDirectory(store, disks, size);
	} else {
		buildAdministration(store, disks, scenario);
	}
};
