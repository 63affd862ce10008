import process from 'node:process';

/**
What a program under test gets of the test's own environment, and what makes its tools cheap: kubectl lives for a moment here, and a collector that runs later spares a third of its reckoning.
*/
export const inherited: Readonly<Record<string, string>> = {
	PATH: process.env.PATH ?? '',
	LANG: 'C.UTF-8',
	...(process.env.TMPDIR !== undefined && {TMPDIR: process.env.TMPDIR}),
	GOGC: '800',
};
