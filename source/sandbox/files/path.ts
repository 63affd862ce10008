/** A path without slashes at its end; the root becomes an empty text. */
export const withoutEndSlashes = (path: string): string => {
	let end = path.length;
	while (path[end - 1] === '/') {
		end--;
	}

	return path.slice(0, end);
};

/** The last part of a path. */
export const baseName = (path: string): string => withoutEndSlashes(path).split('/').at(-1)!;
