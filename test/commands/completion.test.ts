import {expect, test} from 'vitest';
import {candidatesFor} from '../../source/commands/completion.js';

const runs = ['20261130-0200-4f1c', '20261129-0200-aaaa'];

test.each([
	[['mig'], ['migrate']],
	[['r'], ['resume', 'rehearse', 'runs', 'rollback', 'report']],
	[['resume', ''], runs],
	[['resume', '20261130'], ['20261130-0200-4f1c']],
	[['status', '--run', '20261129'], ['20261129-0200-aaaa']],
	[
		['migrate', '--strategy', ''],
		['fresh', 'root'],
	],
	[['inspect', '-o', 'j'], ['json']],
	[['migrate', '--names'], ['--namespace']],
	[
		['ldif', 'd'],
		['digest', 'diff'],
	],
	[['inspect', '-f', 'man'], []],
])('after %j come %j', (words, candidates) => {
	expect(candidatesFor(words, runs)).toEqual(candidates);
});
