import {scan} from './gate/scanner.js';
import {findLeaks, type Leak} from './secrets.js';
import type {ProfileTree} from './tree.js';

/** What is held back by the gate, and what the scanner adds to it, in order of place. */
export const heldBack = async (tree: ProfileTree, letIn: ReadonlySet<string> = new Set()): Promise<readonly Leak[]> => {
	const [own, scanned] = [findLeaks(tree, letIn), await scan(tree)];
	const places = new Set(own.flatMap(({path, line, isWhole}) => [`${path}:${line}`, ...(isWhole ? [path] : [])]));
	const others = scanned.flatMap(({path, line, what}): readonly Leak[] => {
		const name = `${path}:${line}`;
		return places.has(name) || places.has(path) || letIn.has(path) || letIn.has(name)
			? []
			: [{path, line, what, name, isWhole: false}];
	});
	const order = tree.keys().toArray();
	return [...own, ...others].toSorted(
		(one, other) => order.indexOf(one.path) - order.indexOf(other.path) || one.line - other.line,
	);
};
