import type {ListedFile} from '../../../source/migration/listed.js';
import type {Evidence, Reporter, StepContext} from '../../../source/migration/step.js';
import type {KubernetesObject, PodTarget, World} from '../../../source/migration/world.js';
import {createFastClock} from '../../cluster/hand-clock.js';
import {filesOver, fingerprintOf, type Here} from './here.js';
import {answerOf, askedBy, type Asked, type Pod} from './pod.js';

/** What a world of literals is made of. All of it can be told to lie. */
export type Literals = {
	readonly pods?: Readonly<Record<string, Pod>>;
	readonly objects?: readonly KubernetesObject[];
	/** Files of this machine, by their paths. */
	readonly here?: Here;
	readonly modes?: Readonly<Record<string, number>>;
	readonly outcomes?: StepContext['outcomes'];
	readonly answers?: StepContext['answers'];
	readonly notes?: StepContext['notes'];
	readonly listed?: readonly ListedFile[];
	readonly freezes?: StepContext['freezes'];
	readonly attempts?: number;
	/** Other answers of pods than the true ones, by what is asked. */
	readonly lies?: Readonly<Partial<Record<Asked, string | ((parameters: readonly string[]) => string)>>>;
	/** Parts of the world that are not as they are here. */
	readonly world?: Readonly<Partial<Record<keyof World, object>>>;
};

const folder = '/runs/r';

/** A pod of a workload, running. */
export const podObject = (name: string, workload: string): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name, uid: name, ownerReferences: [{kind: 'StatefulSet', name: workload}]},
	status: {phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]},
});

/** What most steps read of earlier ones: a fresh deployment of one directory server. */
export const outcomesBefore = {
	inventory: {
		workload: {
			kind: 'StatefulSet',
			name: 'old',
			product: 'pingdirectory',
			container: 'pingdirectory',
			image: 'pingidentity/pingdirectory:2102-8.2.0.0',
			pods: ['old-0'],
			replicas: 1,
			volumes: [],
			ports: {LDAPS_PORT: 636},
		},
		backends: [{id: 'userRoot', entries: 2, baseDns: [{dn: 'dc=example,dc=com', entries: 2}], writability: 'enabled'}],
		persistentVolumes: ['volume-0'],
	},
	strategy: {
		strategy: 'fresh',
		newName: 'new',
		image: 'pingdirectory:2103',
		identity: {uid: 9031, gid: 9999},
		newPorts: {LDAP_PORT: 1389, LDAPS_PORT: 1636, HTTPS_PORT: 1443, JMX_PORT: 1689},
	},
} as const satisfies StepContext['outcomes'];

/** Two entries as they are exported. */
export const twoEntries =
	'dn: dc=example,dc=com\nobjectClass: top\nobjectClass: domain\ndc: example\n\n' +
	'dn: cn=Ada,dc=example,dc=com\nobjectClass: top\nobjectClass: person\ncn: Ada\nsn: L\n';

const unused = (name: string): never => {
	throw new Error(`No literal stands for ${name}.`);
};

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a merge patch makes of a value (RFC 7386). */
const merged = (value: unknown, patch: unknown): unknown => {
	if (!isMap(patch)) {
		return patch;
	}

	const before = isMap(value) ? value : {};
	return Object.fromEntries(
		[...new Set([...Object.keys(before), ...Object.keys(patch)])]
			.filter(name => patch[name] !== null)
			.map(name => [name, Object.hasOwn(patch, name) ? merged(before[name], patch[name]) : before[name]]),
	);
};

/** A world of literals, the context of a step in it, and what the step did. */
export const literalWorld = (literals: Literals = {}) => {
	const pods = literals.pods ?? {};
	const here: Here = literals.here ?? new Map();
	const objects = new Map((literals.objects ?? []).map(object => [`${object.kind}/${object.metadata.name}`, object]));
	const did = {
		/** What pods were asked, in order. */
		asked: [] as string[],
		patches: [] as ReadonlyArray<readonly [string, unknown]>,
		notes: [...(literals.notes ?? [])],
		lines: [] as string[],
		settled: [] as ReadonlyArray<readonly [string, string]>,
	};
	const podOf = ({pod}: PodTarget): Pod => pods[pod] ?? unused(`the pod ${pod}`);
	const files = filesOver(here, literals.modes);
	const world = {
		clock: createFastClock(),
		files,
		cluster: {
			get: async (kind: string, name: string) => objects.get(`${kind}/${name}`),
			list: async (kind: string) =>
				objects
					.values()
					.filter(object => object.kind === kind)
					.toArray(),
			logs: async () => '',
			events: async () => [],
			mayI: async () => [],
			identity: async () => ({uid: 'u', version: 'v1.32.0', server: 'https://cluster'}),
		},
		kubectl: {
			clientVersion: async () => 'v1.32.0',
			diff: async () => '',
			dryRun: async () => undefined,
			apply: async () => undefined,
			async mergePatch(kind: string, name: string, patch: unknown) {
				did.patches = [...did.patches, [`${kind}/${name}`, patch]];
				objects.set(`${kind}/${name}`, merged(objects.get(`${kind}/${name}`), patch) as KubernetesObject);
			},
			byHand: (...argv: readonly string[]) => `kubectl ${argv.join(' ')}`,
		},
		helm: {byHand: (...argv: readonly string[]) => `helm ${argv.join(' ')}`},
		hold: {keep: async () => undefined},
		git: {
			run: async () => ({exitCode: 128, stdout: '', stderr: 'not a git repository'}),
			version: async () => '2.47.0',
			locks: async () => [],
			init: async () => undefined,
		},
		pods: {
			run: async () => unused('a command in a pod'),
			async script(
				target: PodTarget,
				script: string,
				parameters: readonly string[] = [],
				{input}: {readonly input?: string} = {},
			) {
				const asked = askedBy(script, parameters);
				did.asked.push(`${target.pod} ${asked}`);
				const lie = literals.lies?.[asked];
				return lie === undefined
					? answerOf(podOf(target), script, parameters, input)
					: {exitCode: 0, stderr: '', stdout: typeof lie === 'string' ? lie : lie(parameters)};
			},
			byHand: ({pod}: PodTarget, argv: readonly string[]) => `kubectl exec ${pod} -- ${argv.join(' ')}`,
		},
		transfer: {
			async copyOut({
				target,
				remotePath,
				localPath,
				onBytes,
			}: {
				readonly target: PodTarget;
				readonly remotePath: string;
				readonly localPath: string;
				readonly onBytes?: (bytes: Uint8Array) => void;
			}) {
				const text = podOf(target).files.get(remotePath) ?? '';
				here.set(localPath, text);
				onBytes?.(new TextEncoder().encode(text));
				return {...fingerprintOf(text), ranges: 1, retried: 0, resumedFrom: 0, seconds: 1};
			},
			async copyIn({
				target,
				remotePath,
				localPath,
			}: {
				readonly target: PodTarget;
				readonly remotePath: string;
				readonly localPath: string;
			}) {
				podOf(target).files.set(remotePath, here.get(localPath) ?? '');
			},
			partialFiles: () => [],
			async fingerprint(target: PodTarget, path: string) {
				const text = podOf(target).files.get(path);
				return text === undefined ? undefined : fingerprintOf(text);
			},
		},
		...literals.world,
	};
	const reporter: Reporter = {
		progress: () => undefined,
		log(line) {
			did.lines.push(line);
		},
		async note(note) {
			did.notes.push(note);
		},
		frozen: async () => undefined,
		thawed: async () => undefined,
		async settle({path}, {kind}) {
			did.settled = [...did.settled, [path, kind]];
		},
	};
	return {
		did,
		here,
		objects,
		pods,
		reporter,
		/** The context of a step, with the outcomes of some more steps. */
		context: (outcomes: StepContext['outcomes'] = {}): StepContext =>
			({
				world,
				run: {id: 'r', folder, mode: 'migrate', context: 'c', namespace: 'identity', sandbox: false},
				answers: literals.answers ?? {},
				secrets: new Map(),
				outcomes: {...outcomesBefore, ...literals.outcomes, ...outcomes},
				attempts: literals.attempts ?? 0,
				notes: did.notes,
				freezes: literals.freezes ?? [],
				listed: literals.listed ?? [],
				signal: new AbortController().signal,
			}) as unknown as StepContext,
	};
};

/** The labels of the evidence that does not hold. */
export const failing = (evidence: readonly Evidence[]): readonly string[] =>
	evidence.filter(({holds}) => !holds).map(({label}) => label);
