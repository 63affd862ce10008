import {expect, test} from 'vitest';
import {proxyFor} from '../../../source/cluster/api/proxy.js';

const HTTPS_PROXY = 'socks5://proxy.example:3128';

test.each([
	['no proxy', 'https://api.example:6443', {}, ''],
	['a proxy', 'https://api.example:6443', {HTTPS_PROXY}, HTTPS_PROXY],
	['a proxy in small letters', 'https://api.example:6443', {https_proxy: HTTPS_PROXY}, HTTPS_PROXY],
	[
		'a proxy without a scheme',
		'https://api.example:6443',
		{HTTPS_PROXY: 'proxy.example:3128'},
		['http', 'proxy.example:3128'].join('://'),
	],
	["another scheme's proxy", ['http', 'api.example'].join('://'), {HTTPS_PROXY}, ''],
	['this machine by name', 'https://localhost:6443', {HTTPS_PROXY}, ''],
	['this machine by number', 'https://127.0.0.1:6443', {HTTPS_PROXY}, ''],
	['this machine by IPv6', 'https://[::1]:6443', {HTTPS_PROXY}, ''],
	['an exception for the host', 'https://api.example:6443', {HTTPS_PROXY, NO_PROXY: 'other, api.example'}, ''],
	['an exception for the domain', 'https://api.example:6443', {HTTPS_PROXY, NO_PROXY: '.example'}, ''],
	[
		'an exception for a parent without a dot',
		'https://api.k8s.example:6443',
		{HTTPS_PROXY, NO_PROXY: 'k8s.example'},
		'',
	],
	['an exception that only ends alike', 'https://api.myexample:6443', {HTTPS_PROXY, NO_PROXY: 'example'}, HTTPS_PROXY],
	['an exception for the port', 'https://api.example:6443', {HTTPS_PROXY, NO_PROXY: 'api.example:6443'}, ''],
	[
		'an exception for another port',
		'https://api.example:6443',
		{HTTPS_PROXY, NO_PROXY: 'api.example:443'},
		HTTPS_PROXY,
	],
	['an exception for the range', 'https://10.2.3.4:6443', {HTTPS_PROXY, NO_PROXY: '10.0.0.0/8'}, ''],
	['an exception for another range', 'https://10.2.3.4:6443', {HTTPS_PROXY, NO_PROXY: '10.3.0.0/16'}, HTTPS_PROXY],
	['an exception for everything', 'https://api.example:6443', {HTTPS_PROXY, NO_PROXY: '*'}, ''],
])('with %s, %s with %o goes through «%s»', (_, server, environment, proxy) => {
	expect(proxyFor(server, environment)).toBe(proxy);
});
