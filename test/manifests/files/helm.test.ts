import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {applyEdits, set} from '../../../source/manifests/objects/edit.js';
import {planManifests} from '../../../source/manifests/plan.js';
import {facts, fresh, oldSet, root} from '../live.js';
import {changedLines, planned, textOf} from '../reading.js';

const values = `# Values of the shop
global:
  envs: {PING_IDENTITY_ACCEPT_EULA: "YES"}
  image:
    tag: "2102"

pingdirectory:
  enabled: true
  container: {replicaCount: 3}
  envs:
    SERVER_PROFILE_URL: https://git.example.com/p.git   # ours
  services:
    ldaps:
      servicePort: 636
      containerPort: 636   # pinned
  workload:
    securityContext: {}
  secretVolumes:
    key:
      items:
        id: /root/.ssh/id

pingdataconsole:
  enabled: false

pingfederate-admin:
  enabled: true
`;

describe('values of the chart', () => {
	test('fresh: user, container ports and one pod; service ports and what is switched off stay', () => {
		const after = textOf(planned('fresh', {'values.yaml': values}), 'helm/values.yaml');
		expect(changedLines(values, after).gone).toEqual([
			'  container: {replicaCount: 3}',
			'      containerPort: 636   # pinned',
			'    securityContext: {}',
			'        id: /root/.ssh/id',
		]);
		const result = parse(after) as Record<string, unknown>;
		expect(result.pingdirectory).toEqual({
			enabled: true,
			container: {replicaCount: 1},
			image: {tag: '2109-8.3.0.0'},
			envs: {SERVER_PROFILE_URL: 'https://git.example.com/p.git', MAKELDIF_USERS: '0'},
			services: {
				ldaps: {servicePort: 636, containerPort: 1636},
				ldap: {containerPort: 1389},
				https: {containerPort: 1443},
			},
			workload: {securityContext: {runAsUser: 9031, runAsGroup: 0, fsGroup: 0}},
			secretVolumes: {key: {items: {id: '/home/ping/.ssh/id'}}},
		});
		expect(result['pingfederate-admin']).toMatchObject({image: {tag: '2109'}});
		expect(result.pingdataconsole).toEqual({enabled: false});
		expect(result.global).toEqual({
			envs: {PING_IDENTITY_ACCEPT_EULA: 'YES'},
			image: {tag: '2102'},
			workload: {securityContext: {runAsGroup: null}},
		});
	});

	test(
		'a null in global lets a zero hold where the chart may still merge so that it loses; where no zero is wanted ' +
			'there is none',
		() => {
			expect(parse(textOf(planned('root', {'values.yaml': values}), 'helm/values.yaml'))).toHaveProperty(
				'global.workload.securityContext',
				{runAsUser: null, runAsGroup: null},
			);
			expect(parse(textOf(planned('fresh', {'values.yaml': values}, '2104'), 'helm/values.yaml'))).not.toHaveProperty(
				'global.workload',
			);
		},
	);

	test("root: everything root needs, and the chart's own fsGroup cleared by a null", () => {
		const plan = planned('root', {'values.yaml': values});
		expect(parse(textOf(plan, 'helm/values.yaml'))).toMatchObject({
			pingdirectory: {
				container: {
					replicaCount: 3,
					securityContext: {capabilities: {add: ['NET_BIND_SERVICE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER']}},
				},
				envs: {
					LDAP_PORT: '389',
					LDAPS_PORT: '636',
					HTTPS_PORT: '443',
					JMX_PORT: '689',
				},
				services: {ldaps: {containerPort: 636}, ldap: {containerPort: 389}, https: {containerPort: 443}},
				workload: {
					securityContext: {
						runAsUser: 0,
						runAsGroup: 0,
						runAsNonRoot: false,
						fsGroup: null,
					},
				},
			},
		});
		expect(plan.notes.join('\n')).toContain('Charts before 0.9.5 do not read container.securityContext');
	});

	test('leaves user and fsGroup to the platform where the values do', () => {
		const openshift = values
			.replace('global:\n', 'global:\n  workload: {securityContext: {fsGroup: null, runAsUser: null}}\n')
			.replace('  workload:\n    securityContext: {}\n', '');
		const after = parse(textOf(planned('fresh', {'values.yaml': openshift}), 'helm/values.yaml')) as {
			pingdirectory: object;
		};
		expect(after.pingdirectory).not.toHaveProperty('workload');
	});

	test('tells the way to a new release, and how many pods there were', () => {
		const notes = planned('fresh', {'values.yaml': values}).notes.join('\n');
		expect(notes).toContain('helm install RELEASE-2109 pingidentity/ping-devops --version VERSION');
		expect(notes).toContain('Set pingdirectory.container.replicaCount back to 3');
	});
});

describe('values for the release that owns a workload', () => {
	const owned = (chart: string, strategy: 'fresh' | 'root'): unknown => {
		const {files} = planManifests({
			workload: {...facts, name: 'shop-pingdirectory', manager: {kind: 'helm', release: 'shop', chart}},
			objects: [applyEdits(oldSet, [set(['metadata', 'name'], 'shop-pingdirectory')])],
			decisions: strategy === 'fresh' ? fresh : root,
		});
		const file = files.find(({name}) => name === 'helm/values-shop-shop-pingdirectory.yaml');
		return file && parse(file.text);
	};

	test('hold the change beside the objects, in the words of the chart in use', () => {
		expect(owned('ping-devops-0.9.10', 'fresh')).toEqual({
			pingdirectory: {
				image: {tag: '2109-8.3.0.0'},
				envs: {MAKELDIF_USERS: '0'},
				workload: {securityContext: {runAsUser: 9031, runAsGroup: 0, fsGroup: 0}},
				services: {ldap: {containerPort: 1389}, ldaps: {containerPort: 1636}, https: {containerPort: 1443}},
				container: {replicaCount: 1},
			},
		});
		expect(owned('ping-devops-0.9.10', 'root')).toHaveProperty(
			'pingdirectory.container.securityContext.capabilities.add',
		);
		expect(owned('ping-devops-0.8.5', 'root')).not.toHaveProperty('global');
		expect(owned('ping-devops-0.8.4', 'root')).toHaveProperty('global.workload.securityContext', {
			runAsUser: null,
			runAsGroup: null,
		});
	});

	test('leave out what the chart does not read, and are none for another chart', () => {
		expect(owned('ping-devops-0.5.1', 'root')).not.toHaveProperty('pingdirectory.container');
		expect(owned('ping-devops-0.5.1', 'root')).toHaveProperty('pingdirectory.workload.securityContext.runAsUser', 0);
		expect(owned('other-1.0.0', 'root')).toBeUndefined();
	});
});
