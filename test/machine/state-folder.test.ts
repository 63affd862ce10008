import {expect, test} from 'vitest';
import {stateFolder} from '../../source/machine/state-folder.js';

test.each([
	[{}, '/home/ada/.local/state/unroot'],
	[{XDG_STATE_HOME: '/var/state'}, '/var/state/unroot'],
	[{XDG_STATE_HOME: ''}, '/home/ada/.local/state/unroot'],
	[{XDG_STATE_HOME: 'relative/state'}, '/home/ada/.local/state/unroot'],
])('with %o, runs are kept in %s', (environment, folder) => {
	expect(stateFolder(environment, '/home/ada')).toBe(folder);
});
