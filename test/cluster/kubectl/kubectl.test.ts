import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test, vi} from 'vitest';
import {createKubectl} from '../../../source/cluster/kubectl/kubectl.js';
import type {KubernetesObject} from '../../../source/migration/world.js';
import {temporaryFolder} from '../temporary-folder.js';
import {withFakeKubectl} from './fake-kubectl.js';

const secret: KubernetesObject = {
	apiVersion: 'v1',
	kind: 'Secret',
	metadata: {name: 'root-password'},
	stringData: {password: '2FederateM0re'},
};

test.each([
	[
		'pod-security',
		'Error from server (Forbidden): error when creating "STDIN": pods "a" is forbidden: violates PodSecurity ' +
			'"restricted:latest": runAsNonRoot != true',
	],
	[
		'admission-denied',
		'Error from server: error when applying patch: admission webhook "policy.example" denied the request: no root',
	],
	['quota-exceeded', 'Error from server (Forbidden): pods "a" is forbidden: exceeded quota: compute, requested: cpu=2'],
	[
		'forbidden',
		'Error from server (Forbidden): deployments.apps "d" is forbidden: User "ada" cannot patch resource ' +
			'"deployments" in API group "apps" in the namespace "identity"',
	],
	['unauthorized', 'error: You must be logged in to the server (Unauthorized)'],
	[
		'immutable-field',
		'The Deployment "d" is invalid: spec.selector: Invalid value: v1.LabelSelector{}: field is immutable',
	],
	[
		'immutable-field',
		'The StatefulSet "s" is invalid: spec: Forbidden: updates to statefulset spec for fields other than ' +
			"'replicas', 'template' are forbidden",
	],
	[
		'manifest-refused',
		'error: error validating "STDIN": error validating data: ValidationError(Deployment.spec): unknown field ' +
			'"immage"; if you choose to ignore these errors',
	],
	[
		'manifest-refused',
		'Error from server (BadRequest): Deployment in version "v1" cannot be handled: strict decoding error: ' +
			'unknown field "spec.immage"',
	],
	[
		'manifest-refused',
		'error: resource mapping not found for name: "d" namespace: "" from "STDIN": no matches for kind ' +
			'"Deployment" in version "apps/v9"',
	],
	[
		'server-unreachable',
		'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?',
	],
	['server-unreachable', 'Unable to connect to the server: dial tcp: lookup api.example on 10.0.0.2:53: no such host'],
	['tls', 'error: tls: failed to verify certificate: x509: certificate signed by unknown authority'],
	[
		'tls',
		'error: error validating "STDIN": error validating data: failed to download openapi: Get ' +
			'"https://10.0.0.1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
	],
	[
		'server-unreachable',
		'error: error validating data: failed to download openapi: Get "https://10.0.0.1": dial tcp 10.0.0.1:443: ' +
			'connect: connection refused',
	],
	[
		'manifest-refused',
		'The Pod "a" is invalid: spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -1: must be ' +
			'greater than or equal to 0',
	],
	['not-found', 'Error from server (NotFound): namespaces "identity" not found'],
	[
		'object-changed',
		'Error from server (Conflict): Operation cannot be fulfilled on deployments.apps "d": the object has been modified',
	],
	['server-busy', 'Error from server (InternalError): etcdserver: request timed out'],
	['kubectl-failed', 'error: something new'],
])("%s is told in the server's words", async (code, stderr) => {
	vi.stubEnv('SAYS', stderr);
	const kubectl = createKubectl(
		await withFakeKubectl(
			String.raw`cat >/dev/null; printf "W1124 11:22:16.534696 20419 diff.go:723] noise\nWarning: something\n%s\n" "$SAYS" >&2; exit 1`,
		),
	);
	await expect(kubectl.apply([secret])).rejects.toMatchObject({
		parts: {code, seen: `kubectl apply ended with status 1: ${stderr}`},
	});
});

test('what was done before an error is told, since it stands', async () => {
	const kubectl = createKubectl(
		await withFakeKubectl(
			'cat >/dev/null; echo "service/a serverside-applied"; echo "error: something new" >&2; exit 1',
		),
	);
	await expect(kubectl.apply([secret])).rejects.toMatchObject({
		parts: {details: ['done before that: service/a serverside-applied']},
	});
});

test('a diff is only taken for one where kubectl shows it', async () => {
	const fails = createKubectl(await withFakeKubectl('cat >/dev/null; echo "error: unknown flag" >&2; exit 1'));
	await expect(fails.diff([secret])).rejects.toMatchObject({parts: {code: 'kubectl-failed'}});
	const breaks = createKubectl(await withFakeKubectl('cat >/dev/null; echo "+half of it"; exit 2'));
	await expect(breaks.diff([secret])).rejects.toMatchObject({parts: {code: 'kubectl-failed'}});
});

test('no argument ever holds what is written', async () => {
	const calls = join(await temporaryFolder(), 'calls');
	vi.stubEnv('CALLS', calls);
	const kubectl = createKubectl(await withFakeKubectl('cat >/dev/null; echo "$@" >> "$CALLS"'));
	await kubectl.apply([secret]);
	await kubectl.dryRun([secret]);
	await kubectl.diff([secret]);
	await kubectl.mergePatch('Secret', 'root-password', {stringData: {password: '2FederateM0re'}}, '811');
	const text = await readFile(calls, 'utf8');
	expect(text.trimEnd().split('\n')).toHaveLength(4);
	expect(text).not.toContain('2FederateM0re');
	expect(text).toContain('--field-manager unroot');
});

test('a patch goes through a file that its owner alone can read, and that is gone afterwards', async () => {
	const seen = join(await temporaryFolder(), 'seen');
	vi.stubEnv('SEEN', seen);
	const kubectl = createKubectl(
		await withFakeKubectl(
			'while [ "$1" != --patch-file ]; do shift; done; ls -l "$2" > "$SEEN"; cat "$2" >> "$SEEN"; echo "$2" >> ' +
				'"$SEEN.name"; exit 1',
		),
	);
	await expect(kubectl.mergePatch('Secret', 'root-password', {data: {a: null}}, '811')).rejects.toMatchObject({
		parts: {code: 'kubectl-failed'},
	});
	expect(await readFile(seen, 'utf8')).toMatch(
		/^-rw-------.*\n\{"data":\{"a":null\},"metadata":\{"resourceVersion":"811"\}\}$/v,
	);
	const name = await readFile(`${seen}.name`, 'utf8');
	await expect(readFile(name.trim())).rejects.toThrow('ENOENT');
});
