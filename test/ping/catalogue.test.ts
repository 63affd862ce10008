import {expect, test} from 'vitest';
import {catalogue, productOf, productOfChartKey} from '../../source/ping/catalogue/index.js';

test('every product of the family has a row', () => {
	expect(catalogue.map(({id}) => id).toSorted()).toEqual([
		'apache-jmeter',
		'ldap-sdk-tools',
		'pingaccess',
		'pingauthorize',
		'pingauthorizepap',
		'pingcentral',
		'pingdataconsole',
		'pingdatagovernance',
		'pingdatagovernancepap',
		'pingdatasync',
		'pingdelegator',
		'pingdirectory',
		'pingdirectoryproxy',
		'pingfederate',
		'pingintelligence',
		'pingtoolkit',
	]);
});

test('every row says where it was read', () => {
	expect(catalogue.filter(({sources}) => sources.every(source => !/^[\w\-]+ \S+ \S+/v.test(source)))).toEqual([]);
});

test("PingFederate's ports 9031 and 9999 are none of those that changed", () => {
	expect(productOf('pingidentity/pingfederate:2102')).toMatchObject({changedPorts: [], portChange: 'none'});
	expect(productOf('pingidentity/pingaccess:2102')?.changedPorts).toEqual(['HTTPS_PORT']);
	expect(productOf('registry:5000/x/pingdirectory:2102')?.changedPorts).toHaveLength(4);
});

test('a name that only resembles a product is none', () => {
	expect(
		['example/my-pingdirectory', 'example/pingdirectory-backup:1', 'pingfoo', '', '$IMAGE'].map(reference =>
			productOf(reference),
		),
	).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('blocks of the chart belong to a product', () => {
	expect(productOfChartKey('pingaccess-admin')?.id).toBe('pingaccess');
	expect(productOfChartKey('global')).toBeUndefined();
});
