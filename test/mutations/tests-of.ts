import {globSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';

/** Files that a file of this project imports, by what stands in it. */
const importsOf = (path: string): readonly string[] =>
	readFileSync(path, 'utf8')
		.matchAll(/from '(?<from>\.[^']+)\.js'/gv)
		.flatMap(({groups}) => {
			const target = normalize(join(dirname(path), groups?.from ?? ''));
			return [`${target}.ts`, `${target}.tsx`];
		})
		.toArray();

/** All that a file imports, and what that imports. What is no file has no imports. */
const reachOf = (
	path: string,
	known: Map<string, ReadonlySet<string>>,
	existing: ReadonlySet<string>,
): ReadonlySet<string> => {
	const seen = new Set<string>();
	const open = [path];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		if (!existing.has(next) || seen.has(next)) {
			continue;
		}

		seen.add(next);
		open.push(...importsOf(next));
	}

	known.set(path, seen);
	return seen;
};

/**
The tests of a room that a file of it can break: those that import it, or something that does. What needs a built
program or a whole migration is left out: a mutant that only these notice counts as a survivor.
*/
export const createTestsOf = (): ((file: string, room: string) => readonly string[]) => {
	const existing = new Set(globSync(['source/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}']));
	const known = new Map<string, ReadonlySet<string>>();
	const tests = [...existing].filter(path => /\.test\.tsx?$/v.test(path)).toSorted();
	return (file, room) =>
		tests
			.filter(path => path.startsWith(`test/${room}/`))
			.filter(path => (known.get(path) ?? reachOf(path, known, existing)).has(file));
};
