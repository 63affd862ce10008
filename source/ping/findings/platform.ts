import {fieldOf, integerOf, joinField, listOf, mapOf, textOf} from '../fields.js';
import {nameOf, namespaceOf, ofKind, type PodTemplate} from '../podspec.js';
import type {Rule, Seen} from './finding.js';
import type {Look, PingContainer, WorkloadLook} from './look.js';

const podSecurity = 'Kubernetes documentation, Pod Security Standards';

/** What is said of the namespace, the platform and what is mounted from it. */
export const platformRules = {
	'pod-security-refuses-root': {
		severity: 'blocks',
		means:
			'The restricted level admits no pod that runs as root: the old workload keeps running, but no new pod of ' +
			'it starts.',
		todo: 'Enforce baseline in this namespace, which admits root and NET_BIND_SERVICE, or deploy afresh without root.',
		source: podSecurity,
	},
	'pod-security-incomplete': {
		severity: 'blocks',
		means: 'The restricted level admits only pods that say themselves that they are not root and give everything up.',
		todo:
			'Set runAsNonRoot: true and seccompProfile.type: RuntimeDefault at the pod, allowPrivilegeEscalation: ' +
			'false and capabilities.drop: [ALL] at every container.',
		source: podSecurity,
	},
	'openshift-root': {
		severity: 'blocks',
		means: "OpenShift gives the pod a user of the project's range. Root needs the anyuid constraint.",
		todo: "Grant anyuid to the workload's service account, or deploy afresh without root.",
		source:
			'OpenShift documentation, Security Context Constraints; helm-charts ' +
			'helm-tests/template-tests/openshift-securitycontext.yaml',
	},
	'openshift-fixed-user': {
		severity: 'warns',
		means: "OpenShift assigns user and fsGroup from the project's range and refuses a pod that names others.",
		todo: 'Leave runAsUser and fsGroup out (in Helm values: null); runAsGroup: 0 stays.',
		source: 'pingidentity-devops-getting-started 2506 30-helm/everything-openshift.yaml',
	},
	'openshift-needs-2109': {
		severity: 'blocks',
		means:
			"Images of sprints 2105 to 2108 do not start under a user that is not theirs: sh: can't open " +
			"'./bootstrap.sh': Permission denied.",
		todo: 'Use an image of sprint 2109 or later.',
		source: 'helm-charts issue 195; pingidentity-docker-builds 0ae0ce3c',
	},
	'root-home-mount': {
		severity: 'blocks',
		means:
			'The user of the new images can neither enter /root nor looks there: keys for private profile ' +
			'repositories are not found, and the profile cannot be fetched.',
		todo: 'Mount it at /home/ping/.ssh.',
		source: 'pingidentity-devops-getting-started docs/how-to/privateRepos.md; ping-cloud-base a1c032db3',
	},
	'secret-unreadable': {
		severity: 'blocks',
		means:
			'The files belong to root and only their owner may read them. Without fsGroup the user of the new images cannot.',
		todo: 'Set fsGroup at the pod, or a defaultMode that others may read (0444).',
		source:
			'Kubernetes documentation, Secrets, defaultMode; pingidentity-devops-getting-started docs/how-to/privateRepos.md',
	},
	'license-moved': {
		severity: 'warns',
		means: 'New images read the licence below pd.profile, not from /opt/in/instance.',
		todo: 'Mount it at /opt/in/pd.profile/server-root/pre-setup/PingDirectory.lic.',
		source: 'pingidentity-devops-getting-started 1329f82a; pingidentity-docker-builds 034abb01',
	},
	'license-in-server-root': {
		severity: 'warns',
		means:
			'What is mounted below /opt/out is there before the server is: its folders belong to root, and the user ' +
			"of the new images cannot put the server's files beside it.",
		todo:
			'Mount the licence below /opt/in: at pd.profile/server-root/pre-setup for PingDirectory and its relatives, ' +
			'at instance/conf or instance/server/default/conf for the others.',
		source: 'pingidentity-devops-getting-started 2506 docs/how-to/existingLicense.md',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof platformRules;
type Found = ReadonlyArray<Seen<Code>>;

const enforcedLevel = ({objects}: Look, {object}: WorkloadLook): string | undefined => {
	const namespaces = ofKind(objects, 'Namespace');
	const own = namespaceOf(object);
	const [only] = namespaces;
	const found =
		own === undefined && namespaces.length === 1 ? only : namespaces.find(namespace => nameOf(namespace) === own);
	return textOf(fieldOf(found, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce'));
};

const missingForRestricted = (pod: PodTemplate, {container}: PingContainer): readonly string[] => {
	const whole = mapOf(pod.spec.securityContext);
	const own = mapOf(container.spec.securityContext);
	const dropped = listOf(fieldOf(own, 'capabilities', 'drop')).map(name => textOf(name)?.toUpperCase());
	return [
		...((own.runAsNonRoot ?? whole.runAsNonRoot) === true ? [] : ['runAsNonRoot']),
		...(own.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation']),
		...(dropped.includes('ALL') ? [] : ['capabilities.drop']),
		...(['RuntimeDefault', 'Localhost'].includes(
			textOf(fieldOf(own, 'seccompProfile', 'type') ?? fieldOf(whole, 'seccompProfile', 'type')) ?? '',
		)
			? []
			: ['seccompProfile']),
	];
};

const podSecurityFound = (look: Look, workload: WorkloadLook): Found => {
	if (enforcedLevel(look, workload) !== 'restricted') {
		return [];
	}

	const {object, pod, containers} = workload;
	const field = joinField(pod.path, 'securityContext');
	const asRoot = containers.find(({willBeRoot}) => willBeRoot);
	if (asRoot) {
		return [
			{
				code: 'pod-security-refuses-root',
				on: object,
				field,
				seen: `the namespace enforces restricted, and ${asRoot.container.name} runs as root`,
			},
		];
	}

	return containers.flatMap((ping): Found => {
		const missing = missingForRestricted(pod, ping);
		return missing.length === 0
			? []
			: [
					{
						code: 'pod-security-incomplete',
						on: object,
						field: joinField(ping.container.path, 'securityContext'),
						seen: `the namespace enforces restricted, and ${ping.container.name} lacks ${missing.join(', ')}`,
					},
				];
	});
};

const openShiftFound = ({object, pod, containers, main}: WorkloadLook): Found => {
	const field = joinField(pod.path, 'securityContext');
	const asRoot = containers.find(({willBeRoot}) => willBeRoot);
	if (asRoot) {
		return [
			{
				code: 'openshift-root',
				on: object,
				field,
				seen: `OpenShift, and ${asRoot.container.name} runs as root`,
			},
		];
	}

	const uid = main?.declaredUid;
	const fsGroup = integerOf(fieldOf(pod.spec, 'securityContext', 'fsGroup'));
	const isFixed = uid === 9031 || fsGroup === 9999 || fsGroup === 0;
	const isOfClosedSprint = main?.sprint !== undefined && main.sprint >= 2105 && main.sprint < 2109;
	return [
		...(isFixed
			? [
					{
						code: 'openshift-fixed-user' as const,
						on: object,
						field,
						seen:
							'OpenShift, and ' +
							[
								...(uid === undefined ? [] : [`runAsUser: ${uid}`]),
								...(fsGroup === undefined ? [] : [`fsGroup: ${fsGroup}`]),
							].join(', '),
					},
				]
			: []),
		...(isOfClosedSprint && main
			? [
					{
						code: 'openshift-needs-2109' as const,
						on: object,
						field: joinField(main.container.path, 'image'),
						seen: `OpenShift, and an image of sprint ${main.sprint}`,
					},
				]
			: []),
	];
};

/** Whether a mode lets the group or others read. */
export const isReadable = (mode: unknown): boolean => {
	const bits = integerOf(mode);
	// Eight by eight: the last digit is of others, the one before of the group; 4 and above can read.
	return bits === undefined || bits % 8 >= 4 || Math.trunc(bits / 8) % 8 >= 4;
};

const modesOf = (volume: unknown): readonly unknown[] => [
	fieldOf(volume, 'secret', 'defaultMode'),
	...listOf(fieldOf(volume, 'secret', 'items')).map(item => fieldOf(item, 'mode')),
	...(listOf(fieldOf(volume, 'projected', 'sources')).some(source => fieldOf(source, 'secret') !== undefined)
		? [fieldOf(volume, 'projected', 'defaultMode')]
		: []),
];

const mountsFound = ({object, pod}: WorkloadLook, {container, willBeRoot, product}: PingContainer): Found =>
	willBeRoot
		? []
		: listOf(container.spec.volumeMounts).flatMap((mount, index): Found => {
				const mountPath = textOf(fieldOf(mount, 'mountPath')) ?? '';
				const volume = listOf(pod.spec.volumes).find(entry => fieldOf(entry, 'name') === fieldOf(mount, 'name'));
				const mode = modesOf(volume).find(candidate => !isReadable(candidate));
				const field = joinField(container.path, 'volumeMounts', index, 'mountPath');
				const hasGroup = integerOf(fieldOf(pod.spec, 'securityContext', 'fsGroup')) !== undefined;
				return [
					...(/^\/root(?:\/|$)/v.test(mountPath)
						? [
								{
									code: 'root-home-mount' as const,
									on: object,
									field,
									seen: `mountPath: ${mountPath}`,
								},
							]
						: []),
					...(mode === undefined || hasGroup
						? []
						: [
								{
									code: 'secret-unreadable' as const,
									on: object,
									field,
									seen: `${mountPath} has mode 0${(integerOf(mode) ?? 0).toString(8)}, and no fsGroup is set`,
								},
							]),
					...(/^\/opt\/out\/.*\.lic$/v.test(mountPath)
						? [
								{
									code: 'license-in-server-root' as const,
									on: object,
									field,
									seen: `mountPath: ${mountPath}`,
								},
							]
						: []),
					...(product.id.startsWith('pingd') && /^\/opt\/in\/instance\/PingDirectory\.lic$/v.test(mountPath)
						? [
								{
									code: 'license-moved' as const,
									on: object,
									field,
									seen: `mountPath: ${mountPath}`,
								},
							]
						: []),
				];
			});

/** Findings about Pod Security, OpenShift and mounts. */
export const platformFindings = (look: Look): Found =>
	look.workloads
		.filter(({containers}) => containers.length > 0)
		.flatMap(workload => [
			...podSecurityFound(look, workload),
			...(look.isOpenShift ? openShiftFound(workload) : []),
			...workload.containers.flatMap(ping => mountsFound(workload, ping)),
		]);
