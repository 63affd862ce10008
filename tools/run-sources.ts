import {registerHooks} from 'node:module';

/**
Lets Node run the TypeScript of `source` as it is, without a build: what a file there imports as `.js` lies there as
`.ts`. For benchmarks, and for tests that need a process of their own; what they want of `source` they import after it.
*/
export const runSources = (): void => {
	registerHooks({
		resolve(specifier, context, next) {
			const isOurs = specifier.startsWith('.') && context.parentURL?.endsWith('.ts') === true;
			return next(isOurs ? specifier.replace(/\.js$/v, '.ts') : specifier, context);
		},
	});
};
