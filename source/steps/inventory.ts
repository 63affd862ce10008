import type {Backend} from '../directory/backends.js';
import {readData} from '../directory/data.js';
import {Failure, partsOf} from '../failure/failure.js';
import type {Fact, Question, Step, StepContext} from '../migration/step.js';
import {portVariables} from '../ping/ports.js';
import type {Workload} from '../ping/workload.js';
import {asOutcome, outcomeIfAny, outcomeOf} from './outcomes.js';
import {findingCodes, findingFacts} from './questions/findings.js';
import {abilitiesOf} from './rehearsed/abilities.js';
import {countText} from './run/words.js';
import {claimedVolumes} from './servers/claimed-volumes.js';
import {lookOnce, type ServerLook} from './servers/look.js';
import {obstacleFailure, readOldTopology} from './servers/old-topology.js';
import {holdsDirectoryData} from './servers/products.js';
import {topologySettings} from './servers/topology-settings.js';
import {topologyFacts, topologyRows, type TopologyRow} from './servers/topology.js';

type Needs = 'cluster' | 'pods' | 'clock';

const noWorkloads = ({run}: StepContext<Needs>, look: ServerLook): Failure =>
	new Failure({
		code: 'no-workloads',
		seen: `No workload in the namespace ${run.namespace} runs an image of Ping Identity.`,
		means: "There is nothing to migrate here, or the images carry names that are not Ping's.",
		todo: 'Choose the namespace of the workload with --namespace.',
		byHand: `kubectl --context ${run.context} get statefulsets,deployments --all-namespaces -o wide`,
		exit: 'blocked',
		details: look.unseen,
	});

/** A workload in one line. */
const workloadText = ({kind, name, product, image, side}: Workload): string =>
	`${kind} ${name}: ${product}, ${image}, ` +
	{old: 'before 2103', new: '2103 or later', unknown: 'side of 2103 unknown'}[side];

const identityText = ({identity}: Workload): string =>
	identity
		? `${identity.uid}:${identity.gid} ` +
			`(${{running: 'as seen in the pod', manifest: 'as the manifest says', image: "the image's default"}[identity.from]})`
		: 'unknown';

const portsText = ({ports, portsFrom}: Workload): string =>
	`${portVariables.map(name => `${name} ${ports[name] ?? 'unknown'}`).join(', ')} (${
		{
			setup: 'as setup recorded them',
			environment: 'from the environment',
			manifest: 'from the manifest',
			image: "the image's defaults",
			unknown: 'not seen',
		}[portsFrom]
	})`;

/** The four heaviest signs, and the heaviest that contradicts them: what leaves a side unsettled must be seen. */
const signsToShow = ({signs}: Workload): Workload['signs'] =>
	signs.filter((sign, index) => index < 4 || signs.findIndex(({says}) => says === sign.says) === index);

const workloadFact = (workload: Workload): Fact => ({
	label: 'workload',
	value: workloadText(workload),
	...(workload.side === 'unknown' && {mark: 'warning' as const}),
});

const factsOf = (workload: Workload): readonly Fact[] => [
	...signsToShow(workload).map((sign): Fact => ({
		label: 'sign',
		value: `${sign.says}: ${sign.seen} (${sign.strength})`,
	})),
	{label: 'runs as', value: identityText(workload), ...(workload.identity?.uid === 0 && {mark: 'warning' as const})},
	{label: 'ports', value: portsText(workload)},
	{label: 'replicas', value: `${workload.replicas}: ${workload.pods.join(', ') || 'no pods'}`},
	...workload.volumes
		.filter(({type}) => type !== 'secret' && type !== 'configMap')
		.map((volume): Fact => ({
			label: 'volume',
			value:
				`${volume.mountPath}: ${volume.claim ? `claim ${volume.claim}, ` : ''}${volume.type}` +
				`${volume.reclaimPolicy ? `, ${volume.reclaimPolicy}` : ''}; files owned by ` +
				(volume.owners.map(({uid, gid, files}) => `${uid}:${gid} (${files})`).join(', ') || 'nobody looked'),
			...((volume.isEphemeral || volume.owners.some(({uid}) => uid === 0)) && {mark: 'warning' as const}),
		})),
	...workload.services.map((service): Fact => ({
		label: 'service',
		value:
			`${service.name}${service.isHeadless ? ' (headless)' : ''}: ` +
			service.ports.map(({name, port, targetPort}) => `${name ?? port} ${port} to ${targetPort}`).join(', '),
		...(service.oldPorts.length > 0 && {mark: 'warning' as const}),
	})),
	...workload.oldPortPlaces.map((place): Fact => ({label: 'old port', value: place, mark: 'warning'})),
];

/** Who else applies the workload, and would take back what is changed without telling it. */
const ownerOf = ({manager, name}: Workload): readonly Fact[] =>
	manager.kind === 'nobody'
		? []
		: [
				{
					label: 'owner',
					value:
						`${name} is applied by ${{helm: 'Helm', gitops: 'a GitOps tool'}[manager.kind]}: you will be asked ` +
						'who makes each change',
					mark: 'warning',
				},
			];

/** What the run must do without, as the step before found. */
const missingRights = (context: Pick<StepContext, 'outcomes'>): readonly Fact[] =>
	(outcomeIfAny(context, 'connect')?.missing ?? []).map(value => ({
		label: 'permission missing',
		value,
		mark: 'warning',
	}));

/** Old ones first: they are what a run is for. */
const candidates = ({inventory}: ServerLook): readonly Workload[] => {
	const weight = ({side, product}: Workload): number =>
		({old: 0, unknown: 2, new: 4})[side] + (holdsDirectoryData(product) ? 0 : 1);
	return inventory.workloads.toSorted((one, other) => weight(one) - weight(other));
};

const keyOf = ({kind, name}: Workload): string => `${kind}/${name}`;

const chosen = (context: StepContext<Needs>, look: ServerLook): Workload => {
	const all = candidates(look);
	const workload =
		context.answers.workload === undefined ? all[0] : all.find(one => keyOf(one) === context.answers.workload);
	if (!workload) {
		throw noWorkloads(context, look);
	}

	const side = context.answers.side ?? '';
	return workload.side === 'unknown' && (side === 'old' || side === 'new') ? {...workload, side} : workload;
};

const backendsOf = async ({world, signal}: StepContext<Needs>, workload: Workload): Promise<readonly Backend[]> => {
	const [pod] = workload.pods;
	if (!pod || !holdsDirectoryData(workload.product)) {
		return [];
	}

	const {backends, empty} = await readData({
		pods: world.pods,
		target: {pod, container: workload.container},
		ldapsPort: workload.ports.LDAPS_PORT ?? 636,
		signal,
	});
	return [...backends, ...empty];
};

/** What is known of a topology before it is moved, from its manifests and from each of its replicas. */
const topologyOf = async (
	context: StepContext<Needs>,
	workload: Workload,
	look: ServerLook,
): Promise<{readonly facts: readonly Fact[]; readonly rows: readonly TopologyRow[]; readonly failure?: Failure}> => {
	if (!holdsDirectoryData(workload.product) || workload.pods.length === 0) {
		return {facts: [], rows: []};
	}

	const settings = topologySettings(workload, look.objects);
	const {servers, obstacles} = await readOldTopology(context, workload);
	const rows = topologyRows(servers);
	const all = [...obstacles, ...settings.obstacles];
	const failure = obstacleFailure(context, workload, all);
	return {
		facts: [
			...all.map(({seen}): Fact => ({label: 'in the way', value: seen, mark: 'bad'})),
			...topologyFacts(rows),
			...settings.facts,
		],
		rows,
		...(failure && {failure}),
	};
};

/**
The topology of the workload that is meant, where that needs no answer yet. One that cannot be read is said here; the
step itself stops for it.
*/
const topologyAtFirst = async (context: StepContext<Needs>, look: ServerLook): ReturnType<typeof topologyOf> => {
	const all = candidates(look);
	const [workload] = all;
	if (!workload || (all.length > 1 && context.answers.workload === undefined)) {
		return {facts: [], rows: []};
	}

	try {
		return await topologyOf(context, chosen(context, look), look);
	} catch (error) {
		context.signal.throwIfAborted();
		return {facts: [{label: 'not seen', value: `the topology: ${partsOf(error).seen}`, mark: 'warning'}], rows: []};
	}
};

const whichWorkload = (all: readonly Workload[]): Question => ({
	kind: 'choice',
	id: 'workload',
	title: 'Which workload is to be migrated?',
	why:
		'One run migrates one workload, so that each has a proof and a way back of its own. The others stay as they ' +
		'are; start a run for each.',
	options: all.map(workload => ({
		value: keyOf(workload),
		label: workloadText(workload),
		reason: workload.side === 'old' ? 'Its image is from before 2103.' : 'Listed for completeness.',
	})),
	...(all[0] && {recommended: keyOf(all[0])}),
});

const whichSide = (workload: Workload): Question => ({
	kind: 'choice',
	id: 'side',
	title: `Is ${workload.image} from before sprint 2103?`,
	why: 'Nothing that can be seen settles it, and the rest of the run depends on it.',
	options: [
		{
			value: 'old',
			label: 'Before 2103',
			reason: 'It runs as root and has the ports 389, 636, 443 and 689, unless somebody changed that.',
		},
		{
			value: 'new',
			label: '2103 or later',
			reason: 'It runs as 9031 and has the ports 1389, 1636, 1443 and 1689, unless somebody changed that.',
		},
	],
});

/** What runs in the namespace, as far as it can be known. */
export const inventory: Step<Needs> = {
	id: 'inventory',
	title: 'Inventory',
	why:
		'What runs decides what will break: which side of 2103 the image is on, who owns the files on the volumes, ' +
		'and which ports the server really has.',
	needs: ['cluster', 'pods', 'clock'],
	effect: 'none',
	async inspect(context) {
		const look = await lookOnce(context, true);
		const topology = await topologyAtFirst(context, look);
		const facts = [
			...candidates(look).map(workload => workloadFact(workload)),
			...missingRights(context),
			...topology.facts.filter(({mark}) => mark === 'bad' || mark === 'warning'),
			...look.unseen.map((value): Fact => ({label: 'not seen', value, mark: 'warning'})),
			...candidates(look).flatMap(workload => ownerOf(workload)),
			...findingFacts(look),
			...topology.facts.filter(({mark}) => mark !== 'bad' && mark !== 'warning'),
			...candidates(look).flatMap(workload => factsOf(workload)),
		];
		const failure = candidates(look).length === 0 ? noWorkloads(context, look) : topology.failure;
		return failure ? {state: 'blocked', facts, failure: failure.parts} : {state: 'to-do', facts};
	},
	async questions(context) {
		const look = await lookOnce(context, false);
		const all = candidates(look);
		const open: Question[] = all.length > 1 ? [whichWorkload(all)] : [];
		if (all.length > 1 && context.answers.workload === undefined) {
			return open;
		}

		const {answers, ...rest} = context;
		const workload = chosen(
			{...rest, answers: Object.fromEntries(Object.entries(answers).filter(([id]) => id !== 'side'))},
			look,
		);
		return workload.side === 'unknown' ? [...open, whichSide(workload)] : open;
	},
	async preview() {
		return {
			summary: ['Reads the objects of the namespace and looks into the Ping pods.'],
			commands: [],
			wayBack: 'Nothing is changed.',
		};
	},
	async perform(context, reporter) {
		const look = await lookOnce(context, false);
		const workload = chosen(context, look);
		reporter.log(workloadText(workload));
		const {rows, failure} = await topologyOf(context, workload, look);
		if (failure) {
			throw failure;
		}

		return asOutcome<'inventory'>({
			workload,
			others: candidates(look)
				.filter(one => keyOf(one) !== keyOf(workload))
				.map(one => workloadText(one)),
			isOpenShift: look.isOpenShift,
			backends: await backendsOf(context, workload),
			persistentVolumes: claimedVolumes(workload, look.objects),
			topology: rows,
			...(await abilitiesOf(context, workload)),
			findings: findingCodes(look),
		});
	},
	tell: context => [
		...outcomeOf(context, 'inventory').backends.map(({id, entries, baseDns}) => ({
			label: `backend ${id}`,
			value: `${countText(entries, 'entry', 'entries')} below ${baseDns.map(({dn}) => dn).join(', ')}`,
		})),
		...topologyFacts(outcomeOf(context, 'inventory').topology ?? [], 'before'),
	],
	async verify(context) {
		const {workload} = outcomeOf(context, 'inventory');
		const now =
			workload.kind === 'StatefulSet' || workload.kind === 'Deployment'
				? await context.world.cluster.get(workload.kind, workload.name)
				: undefined;
		return [{label: workloadText(workload), value: now ? 'is there' : 'is not there', holds: now !== undefined}];
	},
	isRead: true,
	verifiedUntil: ['apply', 'restart'],
	undo: {kind: 'cannot', says: 'There is nothing to undo: it only looks.'},
	rehearsal: {kind: 'same'},
};
