import {expect, test} from 'vitest';
import type {Manifest, Workload} from '../../../source/ping/workload.js';
import {claimedVolumes} from '../../../source/steps/servers/claimed-volumes.js';

const volume = {mountPath: '/opt/out', type: 'csi', owners: [], isEphemeral: false};
const workload: Workload = {
	kind: 'StatefulSet',
	name: 'pd',
	product: 'pingdirectory',
	container: 'pingdirectory',
	image: 'pingidentity/pingdirectory:2102',
	side: 'old',
	signs: [],
	ports: {},
	portsFrom: 'image',
	volumes: [
		{...volume, name: 'out-dir', claim: 'out-dir-pd-0', persistentVolume: 'pv-0'},
		{...volume, name: 'shared', claim: 'shared', persistentVolume: 'pv-shared'},
		{...volume, name: 'scratch'},
	],
	replicas: 3,
	pods: ['pd-0', 'pd-1', 'pd-2'],
	services: [],
	oldPortPlaces: [],
	manager: {kind: 'nobody'},
};

const claim = (name: string, volumeName?: string): Manifest => ({
	apiVersion: 'v1',
	kind: 'PersistentVolumeClaim',
	metadata: {name},
	spec: {...(volumeName !== undefined && {volumeName})},
});

test('the volumes of every replica are found, and no others', () => {
	expect(
		claimedVolumes(workload, [
			claim('out-dir-pd-0', 'pv-0'),
			claim('out-dir-pd-1', 'pv-1'),
			claim('out-dir-pd-2', 'pv-2'),
			claim('out-dir-pd-3', 'pv-left-over'),
			claim('out-dir-other-0', 'pv-other'),
			claim('shared', 'pv-shared'),
			claim('out-dir-pd-unbound'),
		]),
	).toEqual(['pv-0', 'pv-1', 'pv-2', 'pv-shared']);
});
