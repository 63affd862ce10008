import {expect, test} from 'vitest';
import type {Freeze} from '../../../source/migration/freeze.js';
import {freezeLinesAt, freezeSentence, unfrozenSentence} from '../../../source/migration/words/freeze.js';

const freeze: Freeze = {
	since: '2026-01-01T03:00:00Z',
	workload: {kind: 'StatefulSet', name: 'pingdirectory'},
	mode: 'disabled',
	servers: [
		{
			pod: 'pingdirectory-0',
			container: 'pingdirectory',
			ldapsPort: 1636,
			global: 'enabled',
			backends: [],
			lift: 'kubectl exec pingdirectory-0 -- dsconfig',
		},
	],
};

test('who lifts a freeze while the clients are about to move is told what would stay behind', () => {
	expect(unfrozenSentence(freeze)).toContain('is carried by its next round');
	const moving: Freeze = {...freeze, isMoving: true};
	expect(freezeSentence(moving)).toContain('until the clients have moved');
	expect(unfrozenSentence(moving)).toMatch(/must not do it now.*stays behind/v);
	expect(unfrozenSentence(moving)).not.toContain('is carried by its next round');
});

test('after its deadline nothing claims that a freeze was lifted: it is to be read back', () => {
	const state = {run: 'a', freezes: [{...freeze, until: '2026-01-01T03:05:00Z'}]};
	expect(freezeLinesAt(state, '2026-01-01T03:04:00Z').join('\n')).not.toContain('That time is over');
	expect(freezeLinesAt(state, '2026-01-01T03:06:00Z').join('\n')).toMatch(/were to lift it.*reads back whether/v);
});
