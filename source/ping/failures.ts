import {withoutColours} from './side.js';

/** A failure of a start that is known, as it was found in a log, an event or a pod's status. */
export type KnownFailure = {
	/** Stable, such as `port-guard`. */
	readonly code: string;
	/** The line it was recognised by, and those that belong to it. */
	readonly seen: readonly string[];
	readonly means: string;
	readonly todo: string;
	/** Where it is written: repository, ref and path, or documentation. */
	readonly source: string;
};

type Row = Omit<KnownFailure, 'seen'> & {
	readonly pattern: RegExp;
	/** Lines that belong to it. */
	readonly more?: RegExp;
	/** Whether it is a failure of a fresh deployment alone. */
	readonly isOfFresh?: true;
};

/** The most telling first: where two are found, the earlier row is the cause of the later. */
const rows: readonly Row[] = [
	{
		code: 'port-guard',
		pattern: /ports from original settings may not be changed on restart/v,
		more: /^\s*(?:Service\s+Original|(?:LDAP|LDAPS|HTTPS)_PORT\s+\d)/v,
		means:
			'PingDirectory was started on an old volume with other ports than it was set up with. It ended: with ' +
			'exit status 20 up to sprint 2108, with 143 from 2111; 2109 and 2110 hang.',
		todo:
			'Where a fresh deployment was meant, an old claim was attached: use a new name. To stay root, set the ' +
			'ports to the original column. The advice of the message, dsconfig, does not help here.',
		source: 'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh, generateSetupArguments',
	},
	{
		code: 'volume-denied',
		// BusyBox on Alpine, and coreutils on UBI.
		pattern:
			/(?:can't|cannot) create (?:directory )?['‘]?\/opt\/out\/(?:container-state|instance).*(?:Permission denied|nonexistent directory)/v,
		means:
			"The container's user cannot write to the volume at /opt/out: it belongs to root, and no fsGroup was applied.",
		todo:
			"Set fsGroup in the pod's securityContext (9999 for sprints 2103 to 2108, 0 from 2109). Where it is set, " +
			"the volume's driver ignores it, or an old volume was attached.",
		source: 'pingidentity-devops-getting-started issue 231',
	},
	{
		code: 'bootstrap-denied',
		pattern: /can't open '\.\/bootstrap\.sh': Permission denied/v,
		means: 'The user of the pod may not read /opt of the image: images of sprints 2105 to 2108 are for 9031 alone.',
		todo: 'Use runAsUser 9031, or an image of sprint 2109 or later with group 0 (OpenShift).',
		source: 'helm-charts issue 195; pingidentity-docker-builds 0ae0ce3c',
	},
	{
		code: 'root-refused',
		pattern: /container has runAsNonRoot and image will run as root|runAsUser breaks non-root policy/v,
		means: 'The kubelet refuses to start the container: it is to run as root, and runAsNonRoot forbids it.',
		todo: 'Set runAsNonRoot to false where root is meant, else runAsUser to 9031.',
		source: 'Kubernetes documentation, Configure a Security Context',
	},
	{
		code: 'pod-security-refused',
		pattern: /violates PodSecurity/v,
		means: "The namespace's Pod Security level admits no such pod.",
		todo: 'For root enforce baseline in the namespace; else set what the message names in the securityContext.',
		source: 'Kubernetes documentation, Pod Security Standards',
	},
	{
		code: 'openshift-refused',
		pattern: /unable to validate against any security context constraint/v,
		means: 'OpenShift admits neither this user nor this fsGroup.',
		todo: 'Leave runAsUser and fsGroup out, or grant anyuid to the service account where root is meant.',
		source: 'OpenShift documentation, Security Context Constraints',
	},
	{
		code: 'statefulset-forbidden',
		pattern: /updates to statefulset spec for fields other than/v,
		means: 'A field of the StatefulSet was changed that cannot be changed in place.',
		todo: 'Give the new StatefulSet another name.',
		source: 'Kubernetes API, StatefulSet validation',
	},
	{
		code: 'image-not-pulled',
		pattern: /ErrImagePull|ImagePullBackOff|manifest unknown|manifest for .* not found/v,
		means: 'The image could not be pulled. Docker Hub drops images a year after their last build.',
		todo: 'Check the name, and whether a registry of yours has it. This start has changed nothing of the old workload.',
		source: 'pingidentity-devops-getting-started 2506 docs/docker-images/imageSupport.md',
	},
	{
		code: 'cluster-service',
		pattern: /Resolve issues with pingdirectory Kubernetes cluster service/v,
		means:
			'PingDirectory 8.2 and later look each other up before they are ready, and the headless Service hides ' +
			'pods that are not.',
		todo: 'Set publishNotReadyAddresses: true on the headless Service.',
		source: 'pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/182-pre-setup.sh',
	},
	{
		code: 'out-of-space',
		pattern: /No space left on device/v,
		means: 'The volume or the node is full.',
		todo: 'Enlarge the claim, or free space, before it is tried again.',
		source: 'POSIX, ENOSPC',
	},
	{
		code: 'out-of-memory',
		pattern: /\bOOMKilled\b|java\.lang\.OutOfMemoryError/v,
		means: 'The container used more memory than its limit. A tool run beside the server counts too.',
		todo: 'Raise the memory limit, or lower MAX_HEAP_SIZE.',
		source: 'pingidentity-devops-getting-started 2506 docs/deployment/deployK8sUtilitySidecar.md',
	},
	{
		code: 'port-denied',
		pattern:
			/BindException.*Permission denied|SocketException.*Permission denied|[Cc]annot bind.*(?<!\d)(?:389|636|443|689)(?!\d)/v,
		means: 'The server may not bind a port below 1024: it is not root, and something still sets the old port.',
		todo:
			'Look for LDAP_PORT, LDAPS_PORT and HTTPS_PORT in the environment, in env_vars and setup-arguments.txt of ' +
			'the profile, and in its dsconfig.',
		source: 'pingidentity-docker-builds 2103 pingbase/Dockerfile:135-141',
	},
	{
		code: 'owner-denied',
		pattern: /(?:chmod|chown|utime).*Operation not permitted/v,
		means: 'Only the owner may do this, and the owner of the files is another user: an old volume is attached.',
		todo: 'Deploy afresh with new claims, or stay root. fsGroup does not change the owner.',
		source: 'pingidentity-docker-builds 23360617 (fixPermissions removed)',
	},
	{
		code: 'key-missing',
		pattern: /data\.json found, but no .*pa\.jwk found/v,
		means:
			'PingAccess did not import its configuration: the key it was exported under is not there. The server ' +
			'runs, empty.',
		todo: 'Provide pa.jwk of the instance the export came from, as a secret.',
		source: 'pingidentity-docker-builds 2103 pingaccess/opt/staging/hooks/81-after-start-process.sh',
	},
	{
		code: 'bulk-import-failed',
		pattern: /Unable to import bulk config/v,
		means:
			'PingFederate refused the bulk configuration (exit status 85): often another pf.jwk, or another product ' +
			'version than the export.',
		todo: 'Compare metadata.pfVersion with the image, and provide the pf.jwk of the export.',
		source: 'pingidentity-docker-builds 2104 pingfederate/opt/staging/hooks/85-import-configuration.sh',
	},
	{
		code: 'security-violation',
		pattern: /Security Violations Found!/v,
		means: 'The profile holds keys or pins (*.jwk, *.pin), and SECURITY_CHECKS_STRICT is on.',
		todo: 'Take them out of the profile and provide them as secrets.',
		source: 'pingidentity-docker-builds 2103 pingbase/Dockerfile (SECURITY_CHECKS_STRICT)',
	},
	{
		code: 'old-volume-attached',
		isOfFresh: true,
		pattern: /RUN_PLAN\s*:\s*RESTART\b|Changes have been detected from a previous start/v,
		means:
			'The server found an earlier one on its volume and continues it. Where a fresh deployment was meant, the ' +
			'old claim was attached.',
		todo:
			'For a fresh deployment use a new StatefulSet name, so that its claims are new. As root on the old volume ' +
			'this is right.',
		source: 'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh, buildRunPlan',
	},
	{
		code: 'container-failure',
		pattern: /CONTAINER FAILURE:/v,
		more: /CONTAINER FAILURE:/v,
		means: 'A hook of the image ended the start. Its own words say why.',
		todo: 'Read the lines above it in the log of the pod.',
		source: 'pingidentity-docker-builds 2103 pingcommon/opt/staging/hooks/pingcommon.lib.sh, container_failure',
	},
];

/** Characters of a text that are looked at: the last ones, since a start ends with its failure. */
const mostCharacters = 1_000_000;

/**
Recognises the known failures of a start in a log, an event's message or a waiting reason, colours or not. Undefined
where none is known. That an old volume was attached is a failure of a fresh deployment only: as root it would hide what
went wrong.
*/
export const recogniseFailure = (text: string, isFresh = true): KnownFailure | undefined => {
	const lines = withoutColours(text.slice(-mostCharacters))
		.split(/\r?\n/v)
		.map(line => line.slice(0, 500));
	for (const {pattern, more, isOfFresh = false, ...row} of rows) {
		const line = isFresh || !isOfFresh ? lines.find(candidate => pattern.test(candidate)) : undefined;
		if (line !== undefined) {
			const others = more ? lines.filter(candidate => candidate !== line && more.test(candidate)) : [];
			return {...row, seen: [line, ...others].slice(0, 10).map(one => one.trimEnd())};
		}
	}

	return undefined;
};
