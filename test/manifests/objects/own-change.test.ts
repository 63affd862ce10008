import {expect, test} from 'vitest';
import {ownChange} from '../../../source/manifests/objects/own-change.js';
import type {Manifest} from '../../../source/ping/workload.js';

const service = (selector: Readonly<Record<string, string>>, ports: readonly unknown[]): Manifest => ({
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {name: 'users', resourceVersion: '7'},
	spec: {selector, ports, sessionAffinity: 'None'},
});

const ldap = (targetPort: number) => ({name: 'ldap', port: 389, protocol: 'TCP', targetPort});
const ldaps = (targetPort: number) => ({name: 'ldaps', port: 636, protocol: 'TCP', targetPort});
const https = {name: 'https', port: 443, protocol: 'TCP', targetPort: 1443};
const from = service({app: 'users', team: 'iam'}, [ldap(389), ldaps(636)]);
const to = service({app: 'users-2103', team: 'iam'}, [ldap(1389), ldaps(1636)]);

test('a change is made of what the plan saw, and nothing is left to do once it is made', () => {
	expect(ownChange(from, to, from)).toEqual({
		patch: {spec: {selector: {app: 'users-2103'}, ports: [ldap(1389), ldaps(1636)]}},
		overtaken: [],
		beside: [],
	});
	expect(ownChange(from, to, to)).toEqual({patch: undefined, overtaken: [], beside: []});
	expect(ownChange(to, from, to).patch).toEqual({spec: {selector: {app: 'users'}, ports: [ldap(389), ldaps(636)]}});
});

test('what others added, moved or took away beside it goes along and is named', () => {
	const now = service({app: 'users-2103', team: 'iam', tier: 'gold'}, [https, ldaps(1636), ldap(1389)]);
	expect(ownChange(to, from, now)).toEqual({
		patch: {spec: {selector: {app: 'users'}, ports: [https, ldaps(636), ldap(389)]}},
		overtaken: [],
		beside: [
			{field: 'spec.selector.tier', planned: 'nothing', was: 'nothing', now: '"gold"'},
			{field: 'spec.ports[443/TCP]', planned: 'nothing', was: 'nothing', now: JSON.stringify(https)},
		],
	});
	const without = service({app: 'users'}, [ldap(389), ldaps(636)]);
	expect(ownChange(from, to, without).beside).toEqual([
		{field: 'spec.selector.team', planned: '"iam"', was: '"iam"', now: 'nothing'},
	]);
});

test('a field of its own that somebody else changed is named with what was planned, seen then and seen now', () => {
	const now = service({app: 'users-blue', team: 'iam'}, [ldap(389), ldaps(2636)]);
	expect(ownChange(from, to, now).overtaken).toEqual([
		{field: 'spec.selector.app', planned: '"users-2103"', was: '"users"', now: '"users-blue"'},
		{field: 'spec.ports[636/TCP].targetPort', planned: '1636', was: '636', now: '2636'},
	]);
	const removed = service({app: 'users', team: 'iam'}, [ldap(389)]);
	expect(ownChange(from, to, removed).overtaken).toMatchObject([{field: 'spec.ports[636/TCP]', now: 'nothing'}]);
});

const workload = (container: Readonly<Record<string, unknown>>, replicas = 3): Manifest => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {name: 'users', generation: 4},
	spec: {replicas, template: {spec: {containers: [{name: 'pingdirectory', ...container}]}}},
	status: {readyReplicas: 2},
});

test('defaults of the server are no difference, and what was added is taken back with them', () => {
	const env = [{name: 'LDAPS_PORT', value: '636'}];
	const before = workload({image: 'a:2102', env});
	const after = workload({
		image: 'a:2103',
		env: [...env, {name: 'HTTPS_PORT', valueFrom: {fieldRef: {fieldPath: 'metadata.name'}}}],
		securityContext: {runAsUser: 0},
	});
	const now = workload(
		{
			image: 'a:2103',
			env: [...env, {name: 'HTTPS_PORT', valueFrom: {fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.name'}}}],
			securityContext: {runAsUser: 0},
			imagePullPolicy: 'IfNotPresent',
		},
		5,
	);
	expect(ownChange(before, after, now)).toMatchObject({patch: undefined, overtaken: []});
	const back = ownChange(after, before, now);
	expect(back.overtaken).toEqual([]);
	expect(back.beside).toMatchObject([
		{field: 'spec.replicas', now: '5'},
		{field: 'spec.template.spec.containers[pingdirectory].imagePullPolicy', now: '"IfNotPresent"'},
	]);
	expect(back.patch).toEqual({
		spec: {
			template: {
				spec: {containers: [{name: 'pingdirectory', image: 'a:2102', env, imagePullPolicy: 'IfNotPresent'}]},
			},
		},
	});
});

test('what the plan adds and somebody else added otherwise is overtaken; what it removes and is gone is done', () => {
	const before = workload({image: 'a'});
	const after = workload({image: 'a', securityContext: {runAsUser: 0}});
	expect(ownChange(before, after, workload({image: 'a', securityContext: {runAsUser: 7}})).overtaken).toMatchObject([
		{planned: '{"runAsUser":0}', was: 'nothing', now: '{"runAsUser":7}'},
	]);
	expect(ownChange(after, before, before)).toEqual({patch: undefined, overtaken: [], beside: []});
});
