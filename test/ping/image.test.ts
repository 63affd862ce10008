import {describe, expect, test} from 'vitest';
import {buildDateOf, identityOf, parseImage, readImage, sprintOf} from '../../source/ping/image.js';

/** Variables whose defaults hold slashes and colons. */
const variables = ['{REG:-docker.io/x}', '{TAG:-21:02}'].map(name => `$${name}`);

describe('image references', () => {
	test.each([
		['pingdirectory', {repository: 'pingdirectory', name: 'pingdirectory'}],
		[
			'pingidentity/pingdirectory:2103-8.2.0.3',
			{repository: 'pingidentity/pingdirectory', name: 'pingdirectory', tag: '2103-8.2.0.3'},
		],
		['localhost:5000/a/pingaccess', {registry: 'localhost:5000', repository: 'a/pingaccess', name: 'pingaccess'}],
		[
			'registry.example.com:5000/ping/pingdirectory:2105@sha256:ab',
			{
				registry: 'registry.example.com:5000',
				repository: 'ping/pingdirectory',
				name: 'pingdirectory',
				tag: '2105',
				digest: 'sha256:ab',
			},
		],
		[
			'$REG/pingfederate:$TAG',
			{
				registry: '$REG',
				repository: 'pingfederate',
				name: 'pingfederate',
				tag: '$TAG',
			},
		],
		[
			variables.join('/pingfederate:'),
			{
				registry: variables[0],
				repository: 'pingfederate',
				name: 'pingfederate',
				tag: variables[1],
			},
		],
	])('%s', (reference, parts) => {
		expect(parseImage(reference)).toEqual(parts);
	});

	test.each([
		['2102', '2102'],
		['2103-8.2.0.3', '2103'],
		['2012.1', '2012.1'],
		['2004.1-8.1.0.0', '2004.1'],
		['2307.1-9.2', '2307.1'],
		['2100', undefined],
		['2113', undefined],
		['10.2.2', undefined],
		['8.2.0.3', undefined],
		['6.2.1', undefined],
		['1101', undefined],
		['21031', undefined],
		['v2103', undefined],
		['latest', undefined],
		['2103x', undefined],
		['', undefined],
	])('the sprint of the tag «%s» is %s', (tag, sprint) => {
		expect(sprintOf(tag)).toBe(sprint);
	});

	test.each([
		['p/pingdirectory:2103', 'sprint'],
		['p/pingdirectory:edge', 'sliding'],
		['p/pingdirectory:8.2.0.3', 'sliding'],
		['p/pingdirectory:8.2.0.3-latest', 'sliding'],
		['p/pingdirectory:8.1.0.0-alpine-az11-edge', 'sliding'],
		['p/pingdirectory', 'sliding'],
		['p/pingdirectory@sha256:ab', 'digest'],
		['p/pingdirectory:prod', 'custom'],
		['p/pingdirectory:$TAG', 'variable'],
		['p/pingdirectory:{{ .Values.tag }}', 'variable'],
	])('%s is of kind %s', (reference, kind) => {
		expect(readImage(reference).kind).toBe(kind);
	});

	test('the product version follows the sprint or stands alone', () => {
		expect(readImage('p/pingdirectory:2103-8.2.0.3').productVersion).toBe('8.2.0.3');
		expect(readImage('p/pingfederate:10.2.2-edge').productVersion).toBe('10.2.2');
		expect(readImage('p/pingdirectory:2103').productVersion).toBeUndefined();
	});
});

describe('users by sprint', () => {
	test.each([
		['2102', undefined],
		['2012.1', undefined],
		['8.2.0.3', undefined],
		['latest', undefined],
		['2103', {uid: 9031, gid: 9999, fsGroup: 9999}],
		['2108', {uid: 9031, gid: 9999, fsGroup: 9999}],
		['2109', {uid: 9031, gid: 0, fsGroup: 0}],
		['2111.1', {uid: 9031, gid: 0, fsGroup: 0}],
		['2606', {uid: 9031, gid: 0, fsGroup: 0}],
	])('sprint %s', (sprint, identity) => {
		expect(identityOf(sprint)).toEqual(identity);
	});

	test.each([
		['pingcentral-alpine-az11-1.3.0-200629-bc33', 200_629],
		['pingdirectory-alpine_3.16.0-al11-9.1.0.0-220725-c917', 220_725],
		['pingdirectory-8.2.0.3', undefined],
		['', undefined],
	])('%s was built on %s', (version, date) => {
		expect(buildDateOf(version)).toBe(date);
	});
});
