import {expect, test} from 'vitest';
import {recogniseFailure} from '../../source/ping/failures.js';

const guard = `\u{1B}[31m*****
LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.
   Service         Original Setting     Attempt
   LDAP_PORT       389                  1389
   LDAPS_PORT      636                  1636
   HTTPS_PORT      443                  1443
Please make any adjustments in dsconfig commands.
*****
CONTAINER FAILURE: Resolve the issues with your orchestration environment variables
CONTAINER FAILURE: Error running 20-restart-sequence.sh\u{1B}[0m`;

test.each([
	["mkdir: can't create directory '/opt/out/container-state/': Permission denied", 'volume-denied'],
	[
		"/opt/entrypoint.sh: line 35: can't create /opt/out/container-state/current/environment_variables: " +
			'nonexistent directory',
		'volume-denied',
	],
	['mkdir: cannot create directory ‘/opt/out/container-state’: Permission denied', 'volume-denied'],
	["sh: can't open './bootstrap.sh': Permission denied", 'bootstrap-denied'],
	[guard, 'port-guard'],
	['Error: container has runAsNonRoot and image will run as root (pod: "x", container: y)', 'root-refused'],
	['#                      RUN_PLAN: RESTART', 'old-volume-attached'],
	['#                      RUN_PLAN : RESTART', 'old-volume-attached'],
	['#                      \u{1B}[31mRUN_PLAN: RESTART\u{1B}[0m', 'old-volume-attached'],
	['pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsUser=0', 'pod-security-refused'],
	['unable to validate against any security context constraint: [...]', 'openshift-refused'],
	[
		"spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and " +
			"'updateStrategy' are forbidden",
		'statefulset-forbidden',
	],
	['Back-off pulling image: ImagePullBackOff', 'image-not-pulled'],
	['CONTAINER FAILURE: Resolve issues with pingdirectory Kubernetes cluster service, and restart', 'cluster-service'],
	['chmod: /opt/out/instance/conf/pa.jwk: Operation not permitted', 'owner-denied'],
	['WARNING: instance/data/data.json found, but no /instance/conf/pa.jwk found', 'key-missing'],
	['java.net.BindException: Permission denied', 'port-denied'],
	['CONTAINER FAILURE: something else', 'container-failure'],
])('%s', (text, code) => {
	expect(recogniseFailure(`noise\r\n${text}\r\nnoise`)?.code).toBe(code);
});

test('the port table comes along, without colours', () => {
	expect(recogniseFailure(guard)?.seen).toEqual([
		'LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.',
		'   Service         Original Setting     Attempt',
		'   LDAP_PORT       389                  1389',
		'   LDAPS_PORT      636                  1636',
		'   HTTPS_PORT      443                  1443',
	]);
});

test('what is no failure is none', () => {
	expect(recogniseFailure('#                      RUN_PLAN: START\nGENESIS STATE FOUND\n')).toBeUndefined();
	expect(recogniseFailure('')).toBeUndefined();
	expect(recogniseFailure('x'.repeat(5_000_000))).toBeUndefined();
});

test('a restart as root that fails is not called an old volume: that would hide what went wrong', () => {
	const log = 'RUN_PLAN: RESTART\nCONTAINER FAILURE: Error running 20-restart-sequence.sh';
	expect(recogniseFailure(log)?.code).toBe('old-volume-attached');
	expect(recogniseFailure(log, false)?.code).toBe('container-failure');
	expect(recogniseFailure('RUN_PLAN: RESTART', false)).toBeUndefined();
});
