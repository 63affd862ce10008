import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import {containersOf} from '../../source/manifests/objects/containers.js';
import {secretObject} from '../../source/manifests/objects/referred.js';
import {planManifests} from '../../source/manifests/plan.js';
import {sourceSecrets} from '../../source/manifests/secrets/in-the-clear.js';
import {filled, isMasked, masked, maskedText} from '../../source/manifests/secrets/objects.js';
import type {Manifest} from '../../source/ping/workload.js';
import {facts, fresh, oldSet, root} from './live.js';

const secret = 'opensesame';

type Pod = {
	readonly spec: {readonly template: {readonly spec: {readonly containers: ReadonlyArray<{readonly env: unknown[]}>}}};
};

const withEnv = (...more: readonly unknown[]): Manifest => {
	const copy = structuredClone(oldSet);
	(copy as unknown as Pod).spec.template.spec.containers[0]?.env.push(...more);
	return copy;
};

const map: Manifest = {
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name: 'users-environment-variables', namespace: 'identity'},
	data: {LDAP_PORT: '389', LDAPS_PORT: '636', LDAP_BIND_PASSWORD: secret},
};

const old = withEnv({name: 'PING_IDENTITY_PASSWORD', value: `${secret}1`}, {name: 'LOCATION', value: 'paris'});

test('a fresh deployment refers to one Secret for what the old one has in the clear, in variables and ConfigMaps', () => {
	const plan = planManifests({workload: facts, objects: [old, map], decisions: fresh});
	expect(JSON.stringify(plan)).not.toContain(secret);
	expect(plan.secret).toEqual({
		name: `${fresh.newName}-secrets`,
		keys: [
			{
				key: 'PING_IDENTITY_PASSWORD',
				from: {kind: 'variable', container: 'pingdirectory', name: 'PING_IDENTITY_PASSWORD'},
			},
			{key: 'LDAP_BIND_PASSWORD', from: {kind: 'map', map: 'users-environment-variables', name: 'LDAP_BIND_PASSWORD'}},
		],
	});
	const made = plan.secret && secretObject(plan.secret, containersOf(old, facts), [map]);
	expect(made).toMatchObject({
		kind: 'Secret',
		data: {
			PING_IDENTITY_PASSWORD: Buffer.from(`${secret}1`).toString('base64'),
			LDAP_BIND_PASSWORD: Buffer.from(secret).toString('base64'),
		},
	});
	// What is not there any more is not made up.
	expect(plan.secret && secretObject(plan.secret, containersOf(oldSet, facts), [map])).toBeUndefined();
});

test('a workload without a secret in the clear needs none', () => {
	expect(planManifests({workload: facts, objects: [oldSet], decisions: fresh}).secret).toBeUndefined();
});

test('as root the plan is kept without the secrets, and made whole from the workload as it is', () => {
	const plan = planManifests({workload: facts, objects: [old, map], decisions: root});
	const kept = plan.apply.map(object => masked(object));
	expect(JSON.stringify(kept)).not.toContain(secret);
	expect(isMasked(kept)).toBe(true);
	expect(kept.map(object => filled(object, old))).toEqual(plan.apply);
	// The variable is gone: what is missing stays marked, and nothing else is put there.
	expect(isMasked(kept.map(object => filled(object, oldSet)))).toBe(true);
});

test.each(['Kestrel4Q9x', 'opensesame'])(
	'%s: a secret that is repeated where nothing tells of it is not kept',
	text => {
		const repeated = withEnv(
			{name: 'ROOT_USER_PASSWORD', value: text},
			{name: 'JAVA_OPTS', value: `-Dx=${text} -Xmx1g`},
		);
		const {containers} = (repeated as unknown as Pod).spec.template.spec;
		Object.assign(containers[0] ?? {}, {args: ['--bindPassword', text, '--port', '1']});
		const secrets = sourceSecrets(facts, [repeated, map]);
		const plan = planManifests({workload: facts, objects: [repeated, map], decisions: fresh});
		expect(plan.secret?.keys.map(({key}) => key)).toContain('ROOT_USER_PASSWORD');
		// The new workload gets it as the old one has it; files and what is kept do not have it.
		expect(JSON.stringify(plan.apply)).toContain(`-Dx=${text} -Xmx1g`);
		expect(JSON.stringify([plan.files, plan.notes])).not.toContain(text);
		expect(plan.notes.join('\n')).toContain(`elsewhere, such as in arguments: StatefulSet/${fresh.newName}`);
		const kept = plan.apply.map(object => masked(object, secrets));
		expect(JSON.stringify(kept)).not.toContain(text);
		expect(maskedText(`+ - ${text}\n+ value: -Dx=${text}\n`, plan.apply, secrets)).not.toContain(text);
		expect(kept.map(object => filled(object, repeated))).toEqual(plan.apply);
		// Where it does not stand any more, the mask stays, which is refused.
		expect(isMasked(kept.map(object => filled(object, oldSet)))).toBe(true);
	},
);

test('a secret that is a word like any other masks no name', () => {
	const worded = withEnv({name: 'ROOT_USER_PASSWORD', value: 'users'}, {name: 'PEERS', value: 'users-2109 users_1'});
	const {apply} = planManifests({workload: facts, objects: [worded], decisions: fresh});
	expect(apply.map(object => masked(object, sourceSecrets(facts, [worded])))).toEqual(apply);
});

test('a variable that the kubelet puts others into is moved into no Secret, where it would be taken as it stands', () => {
	const expanded = [
		{name: 'REPL_PASSWORD', value: '$(PREFIX)-tail9'},
		{name: 'BIND_PASSWORD', value: 'pa$$word9'},
	];
	const plan = planManifests({workload: facts, objects: [withEnv(...expanded)], decisions: fresh});
	expect(plan.secret).toBeUndefined();
	expect(envIn(plan.apply)).toEqual(expect.arrayContaining(expanded));
	expect(JSON.stringify(plan.files)).not.toMatch(/tail9|word9/v);
});

const envIn = (objects: readonly Manifest[]): readonly unknown[] => {
	const set = objects.find(({kind}) => kind === 'StatefulSet') as unknown as Pod;
	return set.spec.template.spec.containers[0]?.env ?? [];
};

test('a variable from a ConfigMap stands before those that it is put into', () => {
	const url = {name: 'DB_URL', value: 'u:$(LDAP_BIND_PASSWORD)@h'};
	const objects = [withEnv(url, {name: 'PING_CONTAINER_GID', value: '1'}, {name: 'ROOT_PASSWORD', value: secret}), map];
	const {apply} = planManifests({workload: facts, objects, decisions: fresh});
	const names = envIn(apply).map(entry => (entry as {readonly name: string}).name);
	expect(names).toEqual([...new Set(names)]);
	expect(names.indexOf('LDAP_BIND_PASSWORD')).toBe(0);
	expect(envIn(apply)).toContainEqual(url);
	expect(envIn(apply)).toContainEqual({name: 'LDAPS_PORT', value: '1636'});
	expect(names).not.toContain('PING_CONTAINER_PRIVILEGED');
	expect(names).not.toContain('PING_CONTAINER_GID');
	expect(names).toContain('ROOT_PASSWORD');
});
