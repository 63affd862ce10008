import {expect, test} from 'vitest';
import {pingAccessApi, pingFederateApi} from '../../source/profile/admin-api.js';
import {exportPlaceOf} from '../../source/profile/admin-place.js';

test.each([
	['5.0', 'instance/data/data.json.subst'],
	['5.3.0.9', 'instance/data/data.json.subst'],
	['6.0.4.0', 'instance/data/data.json.subst'],
	['6.1', 'instance/data/start-up-deployer/data.json.subst'],
	['6.1.4.0', 'instance/data/start-up-deployer/data.json.subst'],
	['6.10.0', 'instance/data/start-up-deployer/data.json.subst'],
	['10.0.1', 'instance/data/start-up-deployer/data.json.subst'],
	['4.3.1.2', undefined],
	['6', undefined],
	['six', undefined],
	[undefined, undefined],
])('an export of PingAccess %s belongs to %s', (version, file) => {
	expect(exportPlaceOf(pingAccessApi, version)?.file).toBe(file);
});

test('an export of PingFederate has one place, whatever its version', () => {
	expect(exportPlaceOf(pingFederateApi, undefined)).toEqual({file: 'instance/bulk-config/data.json.subst'});
});
