import process from 'node:process';
import {fileURLToPath} from 'node:url';

/**
What a program under test gets of the test's own environment, and what makes many short lives cheap: kubectl collects
its garbage later, and Node keeps what it has compiled.
*/
export const inherited: Readonly<Record<string, string>> = {
	PATH: process.env.PATH ?? '',
	LANG: 'C.UTF-8',
	...(process.env.TMPDIR !== undefined && {TMPDIR: process.env.TMPDIR}),
	GOGC: '800',
	NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)),
};
