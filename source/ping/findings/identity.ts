import {listenerVariables} from '../catalogue/index.js';
import {fieldOf, integerOf, joinField, listOf, mapOf, textOf} from '../fields.js';
import {commandOf} from '../inventory/ports.js';
import type {Container} from '../podspec.js';
import {isPrivileged} from '../ports.js';
import type {Rule, Seen} from './finding.js';
import {hasClaim, outlivesPod, variablePlace, type Look, type PingContainer, type WorkloadLook} from './look.js';

const user = 'pingidentity-docker-builds 23360617 (9031:9999 from 2103), 0ae0ce3c (9031:0 from 2109)';

/** What is said of users, groups and fsGroup. */
export const identityRules = {
	'context-not-a-map': {
		severity: 'blocks',
		means:
			'The API server refuses it: a security context is a map. «fsGroup:9999» without a space is one word of ' +
			'text in YAML.',
		todo: 'Write «fsGroup: 9999», with a space, on a line of its own under securityContext.',
		source:
			'pingidentity-devops-getting-started docs/how-to/migratingRootToUnprivileged.md (the example has the same slip)',
	},
	'fsgroup-in-container': {
		severity: 'blocks',
		means: "fsGroup is a field of the pod. Under a container it is refused or dropped, and the volume stays root's.",
		todo: 'Move it to spec.template.spec.securityContext.',
		source: 'ping-cloud-base cc02667a5 and cc8667abf (the same mistake, and its repair)',
	},
	'fsgroup-missing': {
		severity: 'blocks',
		means:
			'A new volume belongs to root. Without fsGroup the container cannot write to it and ends at once: mkdir: ' +
			"can't create directory '/opt/out/container-state/': Permission denied.",
		todo: "Set fsGroup in the pod's securityContext: 9999 for sprints 2103 to 2108, 0 from 2109.",
		source: 'pingidentity-devops-getting-started issue 231; helm-charts ping-devops-0.5.3 values.yaml',
	},
	'fsgroup-of-other-sprint': {
		severity: 'informs',
		means:
			'The volume can be written with any fsGroup, but this is not the group of the image: files on the volume ' +
			'get a group that nothing else uses.',
		todo: 'Set fsGroup to the group of the image: 9999 for sprints 2103 to 2108, 0 from 2109.',
		source: `${user}; helm-charts pull request 217`,
	},
	'gid-wrong': {
		severity: 'warns',
		means: 'What the image holds below /opt is for its own group and closed to others.',
		todo: 'Set runAsGroup to the group of the image, 9999 for sprints 2103 to 2108 and 0 from 2109, or leave it out.',
		source: user,
	},
	'uid-wrong': {
		severity: 'blocks',
		means:
			"Only 9031, or on images from 2109 on a user with group 0, may read /opt: sh: can't open " +
			"'./bootstrap.sh': Permission denied.",
		todo: 'Set runAsUser to 9031, or leave it out.',
		source: 'helm-charts issue 195 and pull request 217; pingidentity-docker-builds 0ae0ce3c',
	},
	'root-refused': {
		severity: 'blocks',
		means:
			'The kubelet does not start it: container has runAsNonRoot and image will run as root ' +
			'(CreateContainerConfigError).',
		todo: 'Set runAsNonRoot to false where it is to run as root, or runAsUser to 9031 where it is not.',
		source: 'helm-charts ping-devops-0.9.10 values.yaml (runAsNonRoot: true by default)',
	},
	'root-without-capabilities': {
		severity: 'blocks',
		means: 'Root that has lost these capabilities can neither bind ports below 1024 nor read files of user 9031.',
		todo: 'Add them again: capabilities.add: [NET_BIND_SERVICE, CHOWN, DAC_OVERRIDE, FOWNER].',
		source: 'helm-charts ping-devops-0.9.10 values.yaml (capabilities.drop: [ALL])',
	},
	'privileged-variable': {
		severity: 'warns',
		means: 'Images from sprint 2103 on do not read it: it neither makes the container root nor changes its user.',
		todo: 'Remove it. To stay root, set runAsUser and runAsGroup to 0.',
		source: 'pingidentity-docker-builds 2103 pingcommon/opt/bootstrap.sh',
	},
	'bind-privileged': {
		severity: 'blocks',
		means:
			'A process that is not root cannot bind a port below 1024; NET_BIND_SERVICE does not help it. Where a ' +
			'node allows it all the same, the next one may not.',
		todo:
			'For a fresh deployment remove the variable, or set it to a port above 1023 (the new defaults are 1389, ' +
			'1636, 1443, 1689). To keep the port, stay root.',
		source:
			'pingidentity-docker-builds 2103 pingbase/Dockerfile:135-141; pingidentity-devops-getting-started ' +
			'docs/how-to/migratingRootToUnprivileged.md',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof identityRules;
type Found = ReadonlyArray<Seen<Code>>;

/** What root needs to bind the old ports and to read files of 9031. */
export const capabilitiesOfRoot = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE'] as const;

const capabilities = (values: unknown): readonly string[] =>
	listOf(values).map(value => (textOf(value) ?? '').toUpperCase().replace(/^CAP_/v, ''));

/** Capabilities root needs and a security context takes away. */
export const missingForRoot = (context: unknown): readonly string[] => {
	const dropped = capabilities(fieldOf(context, 'capabilities', 'drop'));
	const added = capabilities(fieldOf(context, 'capabilities', 'add'));
	return capabilitiesOfRoot.filter(
		name => (dropped.includes('ALL') || dropped.includes(name)) && !added.includes(name) && !added.includes('ALL'),
	);
};

const isMapOrNothing = (context: unknown): boolean =>
	context === undefined || context === null || (typeof context === 'object' && !Array.isArray(context));

const contexts = ({object, pod}: WorkloadLook): Found => {
	const whole = pod.spec.securityContext;
	const field = joinField(pod.path, 'securityContext');
	return [
		...(isMapOrNothing(whole)
			? []
			: [
					{
						code: 'context-not-a-map' as const,
						on: object,
						field,
						seen: `securityContext is the text «${textOf(whole) ?? 'a list'}»`,
					},
				]),
		...pod.containers.flatMap(({path, spec}): Found => {
			const own = spec.securityContext;
			if (!isMapOrNothing(own)) {
				return [
					{
						code: 'context-not-a-map',
						on: object,
						field: `${path}.securityContext`,
						seen: `securityContext is the text «${textOf(own) ?? 'a list'}»`,
					},
				];
			}

			const fsGroup = fieldOf(own, 'fsGroup');
			return fsGroup === undefined
				? []
				: [
						{
							code: 'fsgroup-in-container',
							on: object,
							field: `${path}.securityContext.fsGroup`,
							seen: `fsGroup: ${textOf(fsGroup) ?? 'null'}`,
						},
					];
		}),
	];
};

/** The group of the image by sprint, or undefined where the sprint is not known. */
const groupOf = (sprint: number | undefined): number | undefined =>
	sprint === undefined ? undefined : sprint < 2109 ? 9999 : 0;

const fsGroupFound = (look: WorkloadLook, isOpenShift: boolean): Found => {
	const {object, pod, main} = look;
	if (!main || main.willBeRoot || !hasClaim(look)) {
		return [];
	}

	const field = joinField(pod.path, 'securityContext', 'fsGroup');
	const fsGroup = fieldOf(pod.spec, 'securityContext', 'fsGroup');
	if (integerOf(fsGroup) === undefined) {
		const isBroken = typeof pod.spec.securityContext === 'string';
		return isOpenShift || isBroken
			? []
			: [
					{
						code: 'fsgroup-missing',
						on: object,
						field,
						seen: `${
							look.workload?.volumes
								.filter(volume => outlivesPod(volume))
								.map(({name}) => name)
								.join(', ') ?? ''
						} is mounted and no fsGroup is set`,
					},
				];
	}

	const right = groupOf(main.sprint);
	return right !== undefined && main.sprint !== undefined && main.sprint >= 2105 && integerOf(fsGroup) !== right
		? [
				{
					code: 'fsgroup-of-other-sprint',
					on: object,
					field,
					seen: `fsGroup: ${textOf(fsGroup)}; images of sprint ${main.sprint} have group ${right}`,
				},
			]
		: [];
};

const fieldOfContext = ({pod}: WorkloadLook, container: Container, name: string): string =>
	joinField(
		fieldOf(container.spec, 'securityContext', name) === undefined ? pod.path : container.path,
		'securityContext',
		name,
	);

/**
Whether a container of the toolkit runs a command of its own that takes nothing from below /opt: then it matters to
nobody who may read there. The test pod of chart 0.6.3 is one (helm-charts ping-devops-0.6.3 values.yaml,
testFramework.finalStep, runAsUser: 100).
*/
const needsNothingOfImage = ({container, product}: PingContainer): boolean =>
	product.id === 'pingtoolkit' &&
	container.spec.command !== undefined &&
	!/\/opt\b|\bwait-for\b|\.sh\b/v.test(commandOf(container.spec));

const usersFound = (look: WorkloadLook, ping: PingContainer): Found => {
	const {container, declaredUid, declaredGid, sprint, willBeRoot, side} = ping;
	if (willBeRoot || (side === 'old' && sprint === undefined) || needsNothingOfImage(ping)) {
		return [];
	}

	const found: Array<Seen<Code>> = [];
	const group = groupOf(sprint);
	if (
		declaredUid !== undefined &&
		declaredUid !== 0 &&
		declaredUid !== 9031 &&
		sprint !== undefined &&
		sprint >= 2105 &&
		!(sprint >= 2109 && (declaredGid ?? 0) === 0)
	) {
		found.push({
			code: 'uid-wrong',
			on: look.object,
			field: fieldOfContext(look, container, 'runAsUser'),
			seen: `runAsUser: ${declaredUid} on an image of sprint ${sprint}`,
		});
	} else if (
		declaredGid !== group &&
		declaredGid !== undefined &&
		group !== undefined &&
		sprint !== undefined &&
		sprint >= 2105
	) {
		found.push({
			code: 'gid-wrong',
			on: look.object,
			field: fieldOfContext(look, container, 'runAsGroup'),
			seen: `runAsGroup: ${declaredGid} on an image of sprint ${sprint}, whose group is ${group}`,
		});
	}

	return found;
};

const nonRootFlag = (look: WorkloadLook, container: Container): boolean => {
	const own = fieldOf(container.spec, 'securityContext', 'runAsNonRoot');
	return (own ?? fieldOf(look.pod.spec, 'securityContext', 'runAsNonRoot')) === true;
};

const rootFound = (look: WorkloadLook, ping: PingContainer): Found => {
	const {container, declaredUid, product, side, willBeRoot} = ping;
	const runsAsRoot = willBeRoot || (declaredUid === undefined && side === 'old' && product.identityBefore.uid === 0);
	const missing = willBeRoot ? missingForRoot(mapOf(container.spec.securityContext)) : [];
	return [
		...(runsAsRoot && nonRootFlag(look, container)
			? [
					{
						code: 'root-refused' as const,
						on: look.object,
						field: fieldOfContext(look, container, 'runAsNonRoot'),
						seen: `runAsNonRoot: true, and ${container.name} runs as root`,
					},
				]
			: []),
		...(missing.length > 0
			? [
					{
						code: 'root-without-capabilities' as const,
						on: look.object,
						field: joinField(container.path, 'securityContext', 'capabilities'),
						seen: `${container.name} runs as root and lacks ${missing.join(', ')}`,
					},
				]
			: []),
	];
};

const variablesFound = (look: WorkloadLook, ping: PingContainer): Found => {
	const {variables, willBeRoot, product, side, sprint} = ping;
	const leftover = variables.values().find(({name}) => name.startsWith('PING_CONTAINER_'));
	const isNew = side === 'new' || sprint !== undefined;
	return [
		...(leftover && isNew
			? [
					{
						code: 'privileged-variable' as const,
						...variablePlace(look, leftover),
						seen: `${leftover.name}=${leftover.value}`,
					},
				]
			: []),
		...(willBeRoot
			? []
			: listenerVariables(product).flatMap((name): Found => {
					const variable = variables.get(name);
					return variable && isPrivileged(integerOf(variable.value) ?? 0)
						? [
								{
									code: 'bind-privileged',
									...variablePlace(look, variable),
									seen: `${name}=${variable.value}, and ${ping.container.name} will not be root`,
								},
							]
						: [];
				})),
	];
};

/** Findings about users, groups and fsGroup. */
export const identityFindings = ({workloads, isOpenShift}: Look): Found =>
	workloads
		.filter(({containers}) => containers.length > 0)
		.flatMap(look => [
			...contexts(look),
			...fsGroupFound(look, isOpenShift),
			...look.containers.flatMap(ping => [
				...usersFound(look, ping),
				...rootFound(look, ping),
				...variablesFound(look, ping),
			]),
		]);
