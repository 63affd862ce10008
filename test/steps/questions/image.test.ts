import {expect, test} from 'vitest';
import type {StepContext} from '../../../source/migration/step.js';
import type {Workload} from '../../../source/ping/workload.js';
import {judgeImage, viewPull} from '../../../source/steps/questions/image.js';

const workload: Pick<Workload, 'name' | 'product' | 'image'> = {
	name: 'pingdirectory',
	product: 'pingdirectory',
	image: 'pingidentity/pingdirectory:2102-8.2.0.1',
};

const worldOf = (lists: Readonly<Record<string, readonly unknown[]>>): StepContext =>
	({
		world: {
			cluster: {
				async list(kind: string) {
					const objects = lists[kind];
					if (!objects) {
						throw new Error(`${kind} may not be listed`);
					}

					return objects;
				},
			},
		},
	}) as unknown as StepContext;

const stuck = {
	metadata: {name: 'tools-0'},
	status: {
		containerStatuses: [
			{
				image: 'docker.io/pingidentity/pingdirectory:2110-9.0.0.0',
				state: {waiting: {reason: 'ErrImagePull', message: 'manifest unknown'}},
			},
		],
	},
};

test.each([
	['2103-8.2.0.3', undefined],
	['2109-8.3.0.0', undefined],
	['registry.example.com/mirror/pd:2109-8.3.0.0', undefined],
	['2101-8.2.0.1', /sprint 2101.*run as root/v],
	['2103-8.1.0.0', /version 8\.1\.0\.0.*runs 8\.2\.0\.1.*downgrade/v],
	['2103-8.2', /version 8\.2, .*downgrade/v],
	['pingidentity/pingfederate:2109-10.3.0', /image of PingFederate.*runs pingdirectory/v],
	['pingidentity/pingdirectory:2110-9.0.0.0', /tools-0 waits for .*ErrImagePull, manifest unknown/v],
])('the image %s is judged when it is named', async (answer, refused) => {
	const says = await judgeImage(worldOf({Pod: [stuck, {metadata: {name: 'bare'}}]}), workload, answer);
	if (refused) {
		expect(says).toMatch(refused);
	} else {
		expect(says).toBeUndefined();
	}
});

test('whether a node has the image is said as far as it can be seen, and what was not checked is named', async () => {
	const image = 'pingidentity/pingdirectory:2103-8.2.0.3';
	const nodes = [
		{
			status: {
				images: [{names: [`docker.io/${image}`, 'docker.io/pingidentity/pingdirectory@sha256:1']}, {names: null}],
			},
		},
		{status: {}},
	];
	await expect(viewPull(worldOf({Node: nodes}), image)).resolves.toEqual({isSeen: true, says: '1 of 2 nodes have it'});
	await expect(viewPull(worldOf({Node: nodes}), `${image}-edge`)).resolves.toMatchObject({
		isSeen: false,
		says: expect.stringContaining('no node is known to have it') as string,
	});
	await expect(viewPull(worldOf({}), image)).resolves.toMatchObject({
		isSeen: false,
		says: expect.stringContaining('you may not list nodes') as string,
	});
});
