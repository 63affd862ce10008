import {expect, test} from 'vitest';
import {freezeCommands, frozenMode} from '../../../source/steps/freeze/begin.js';
import {freezeQuestion} from '../../../source/steps/servers/freeze.js';

test('one server refuses all writes; several go on with those of replication, or they would never agree', () => {
	expect([1, 2, 3].map(replicas => frozenMode(replicas))).toEqual(['disabled', 'internal-only', 'internal-only']);
});

test.each([
	[1, 'writability-mode:disabled', 'on its pod'],
	[3, 'writability-mode:internal-only', 'on each of the 3 pods'],
])('the question for %i replicas names the mode and the pods', (replicas, mode, pods) => {
	const question = freezeQuestion(replicas, 100) as {readonly options: ReadonlyArray<{readonly reason: string}>};
	expect(question.options[1]?.reason).toContain(mode);
	expect(question.options[1]?.reason).toContain(pods);
});

test('a server without a mode of its own is frozen backend by backend', () => {
	const backends = [
		{id: 'userRoot', was: 'enabled'},
		{id: 'other', was: 'enabled'},
	];
	const text = (global: string | null): string =>
		freezeCommands({global, backends}, 'internal-only')
			.map(words => words.join(' '))
			.join('\n');
	expect(text('enabled').split('\n')).toHaveLength(1);
	expect(text(null)).toMatch(/userRoot.*internal-only.*\n.*other.*internal-only/v);
});
