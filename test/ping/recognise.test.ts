import {describe, expect, test} from 'vitest';
import {recognise, type Traits} from '../../source/ping/recognise.js';

const traits = (more: Partial<Traits>): Traits => ({
	image: 'acme/server:1',
	name: 'server',
	variables: {},
	mounts: [],
	...more,
});

describe('the product in a container', () => {
	test.each<[string, Partial<Traits>, string | undefined]>([
		['its name in the registry', {image: 'registry.example.com/apps/pingfederate:v3'}, 'pingfederate'],
		[
			"an image of one's own with the name in it, and a variable of Ping's",
			{image: 'acme/identity-pingdirectory:7', variables: {SERVER_PROFILE_URL: 'u'}},
			'pingdirectory',
		],
		[
			'a name that says nothing, and a variable of one product',
			{variables: {PING_IDENTITY_ACCEPT_EULA: 'YES', MAKELDIF_USERS: '0'}},
			'pingdirectory',
		],
		[
			'a name that says nothing, and the variable that names the product',
			{variables: {SERVER_PROFILE_URL: 'u', PING_PRODUCT: 'PingAccess'}},
			'pingaccess',
		],
		[
			'the name of the container, and where the image keeps its data',
			{name: 'pingdirectory', mounts: ['/opt/out']},
			'pingdirectory',
		],
		[
			'a sidecar that reads the logs',
			{image: 'fluent/fluent-bit:2', name: 'pingdirectory-logs', mounts: ['/opt/out']},
			undefined,
		],
		['a name that only resembles one', {image: 'acme/pingdirectoryexporter:1', mounts: ['/opt/out']}, undefined],
		['a client with the name in its own', {image: 'acme/pingdirectory-client:1'}, undefined],
		["variables of Ping's, of no product", {variables: {SERVER_PROFILE_URL: 'u'}}, undefined],
	])('%s', (_name, more, product) => {
		expect(recognise(traits(more))?.id).toBe(product);
	});
});
