import path from 'node:path';

const partsOf = (name: string): readonly string[] =>
	name === 'standard input' ? ['standard-input.yaml'] : path.resolve(name).split(path.sep);

/**
Names for files or folders below another folder: their own names, with as much of the way to them as tells them apart.
*/
export const shortNames = (names: readonly string[]): readonly string[] => {
	const parts = names.map(name => partsOf(name));
	const ways = parts.filter(way => way.length > 1);
	const [first = []] = ways;
	const differsAt = first.findIndex((folder, depth) =>
		ways.some(way => way.length <= depth + 1 || way[depth] !== folder),
	);
	const common = Math.max(0, differsAt);
	return parts.map(way => (way.length > 1 ? way.slice(common) : way).join('/'));
};
