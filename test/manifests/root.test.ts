import {describe, expect, test} from 'vitest';
import {applyEdits, set} from '../../source/manifests/objects/edit.js';
import {planManifests} from '../../source/manifests/plan.js';
import {fieldOf} from '../../source/ping/fields.js';
import type {Manifest} from '../../source/ping/workload.js';
import {environment, facts, namespaceObjects, oldSet, root} from './live.js';

const dropsAll = applyEdits(oldSet, [
	set(['spec', 'template', 'spec', 'securityContext'], {
		runAsNonRoot: true,
		fsGroup: 9999,
		seccompProfile: {type: 'RuntimeDefault'},
	}),
	set(['spec', 'template', 'spec', 'containers', 0, 'securityContext'], {
		allowPrivilegeEscalation: false,
		capabilities: {drop: ['ALL']},
		runAsUser: 9031,
	}),
]);

describe('staying root', () => {
	const plan = planManifests({workload: facts, objects: namespaceObjects, decisions: root});
	const [next] = plan.apply;

	test('changes the one workload in its template, and nothing that cannot be changed', () => {
		expect(plan.apply).toHaveLength(1);
		expect(plan.switches).toEqual([]);
		const outside = (object: Manifest): unknown => ({...(object.spec as object), template: undefined});
		expect(outside(next!)).toEqual(outside(plan.before[0]!));
		expect(next!.metadata).toEqual(plan.before[0]!.metadata);
	});

	test('runs as root at pod level and adds no fsGroup', () => {
		expect(fieldOf(next, 'spec', 'template', 'spec', 'securityContext')).toEqual({
			runAsUser: 0,
			runAsGroup: 0,
			runAsNonRoot: false,
		});
	});

	test(
		"sets all four original ports, drops what the new image does not read, keeps the container's ports, probes " +
			'and sample users',
		() => {
			const env = fieldOf(next, 'spec', 'template', 'spec', 'containers', 0, 'env');
			expect(env).toEqual([
				{name: 'LDAPS_PORT', value: '636'},
				{name: 'ROOT_USER_PASSWORD_FILE', value: '/run/secrets/root-user-password'},
				{name: 'LDAP_PORT', value: '389'},
				{name: 'HTTPS_PORT', value: '443'},
				{name: 'JMX_PORT', value: '689'},
			]);
			for (const field of ['ports', 'livenessProbe', 'readinessProbe', 'envFrom', 'volumeMounts']) {
				expect(fieldOf(next, 'spec', 'template', 'spec', 'containers', 0, field)).toEqual(
					fieldOf(oldSet, 'spec', 'template', 'spec', 'containers', 0, field),
				);
			}

			expect(fieldOf(next, 'spec', 'template', 'spec', 'volumes')).toEqual(
				fieldOf(oldSet, 'spec', 'template', 'spec', 'volumes'),
			);
		},
	);

	test('gives a container that drops everything the four capabilities back, and keeps an fsGroup that was there', () => {
		const [restored] = planManifests({workload: facts, objects: [dropsAll, environment], decisions: root}).apply;
		expect(fieldOf(restored, 'spec', 'template', 'spec', 'securityContext')).toEqual({
			runAsNonRoot: false,
			fsGroup: 9999,
			seccompProfile: {type: 'RuntimeDefault'},
			runAsUser: 0,
			runAsGroup: 0,
		});
		expect(fieldOf(restored, 'spec', 'template', 'spec', 'containers', 0, 'securityContext')).toEqual({
			allowPrivilegeEscalation: false,
			capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER']},
			runAsUser: 0,
		});
	});

	test('tells of the restart, the upgrade on the old volume, the debt and a namespace that refuses root', () => {
		const restricted: Manifest = {
			apiVersion: 'v1',
			kind: 'Namespace',
			metadata: {name: 'identity', labels: {'pod-security.kubernetes.io/enforce': 'restricted'}},
		};
		const notes = planManifests({
			workload: facts,
			objects: [...namespaceObjects, restricted],
			decisions: root,
		}).notes.join('\n');
		expect(notes).toContain('restarts the pods of users at once, one after the other, 3 of them');
		expect(notes).toContain('old data (out-dir)');
		expect(notes).toContain('debt');
		expect(notes).toContain('Service users-cluster hides pods that are not ready yet');
		expect(notes).toContain('refuses root');
	});
});
