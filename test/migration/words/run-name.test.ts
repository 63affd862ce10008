import {expect, test} from 'vitest';
import type {Ending} from '../../../source/migration/engine/session.js';
import {emptyState} from '../../../source/migration/state.js';
import type {RunFacts} from '../../../source/migration/step.js';
import {closingLines} from '../../../source/migration/words/closing.js';
import {runName} from '../../../source/migration/words/run-name.js';

const facts: RunFacts = {
	id: 'run-1',
	folder: '/home/ada/.local/state/unroot/runs/run-1',
	mode: 'migrate',
	context: 'prod',
	namespace: 'identity',
	sandbox: false,
};

test.each<[Partial<RunFacts>, string]>([
	[{}, 'run-1'],
	[{folder: '/work/two words'}, "'/work/two words'"],
	[{kubeconfig: '/home/ada/prod.yaml'}, 'run-1 --kubeconfig /home/ada/prod.yaml'],
	[
		{kubeconfig: '/a b', actsAs: {user: 'ada', groups: ['operators', 'on call']}},
		"run-1 --kubeconfig '/a b' --as ada --as-group operators --as-group 'on call'",
	],
])('%j is gone on with as it was reached', (more, name) => {
	expect(runName({...facts, ...more})).toBe(name);
});

test('«Go on» and the way back name the kubeconfig that was named', () => {
	const ending: Ending = {exit: 'interrupted'};
	const lines = closingLines({...emptyState, run: 'run-1'}, [], {...facts, kubeconfig: '/home/ada/prod.yaml'}, ending);
	expect(lines).toContain('Go on:      unroot resume run-1 --kubeconfig /home/ada/prod.yaml');
});
