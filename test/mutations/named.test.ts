import {existsSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {named} from './named.js';

test.each(named)('the fault «$harm» can still be put into $file', ({file, from, by, tests}) => {
	const text = readFileSync(file, 'utf8');
	expect(text.split(from), `${file} has this once: ${from}`).toHaveLength(2);
	expect(by).not.toBe(from);
	expect(tests.filter(path => !existsSync(path))).toEqual([]);
});
