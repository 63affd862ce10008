import {membersOf, wordOf, type Document} from './json-text.js';

/** Keys that every path has, and that tell nothing. */
export const plainKeys = new Set(['operations', 'items', 'data']);

/**
What tells an item of a list from the others, for as long as it is the same item: a place changes with every item that
is added.
*/
export const wordsOfItem = (node: Document, index: number): readonly string[] => {
	const {resourceType, subResource, id, clientId, name, username, alias, kid} = membersOf(node) ?? {};
	const words = [resourceType, subResource, id ?? clientId ?? name ?? username ?? alias ?? kid]
		.map(label => wordOf(label))
		.filter(word => word !== undefined);
	return words.length > 0 ? words : [String(index + 1)];
};
