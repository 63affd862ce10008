import type {Manifest} from '../../ping/workload.js';
import {applyEdits, settle, type Edit} from './edit.js';
import type {ReferredSecret} from './referred.js';
import {ownershipEdits, serverFieldEdits} from './server-fields.js';

/** An object to be applied: one that exists (or is written in a file) with edits, or a new one. */
export type Draft =
	| {readonly kind: 'edited'; readonly source: Manifest; readonly edits: readonly Edit[]}
	| {readonly kind: 'new'; readonly object: Manifest};

/** A Service that moves at cut-over. */
export type ServiceMove = {readonly service: Manifest; readonly edits: readonly Edit[]};

/** A plan as edits: the one table that live objects and every kind of file are changed from. */
export type Drafts = {
	readonly drafts: readonly Draft[];
	readonly moves: readonly ServiceMove[];
	readonly notes: readonly string[];
	/** What is referred to in place of secrets that stand in the clear. */
	readonly secret?: ReferredSecret;
};

/** A copy of an object under another name: without what the server wrote and without the marks of its owner. */
export const copyOf = (source: Manifest, edits: readonly Edit[]): Draft => ({
	kind: 'edited',
	source,
	edits: settle(source, [...serverFieldEdits(source), ...ownershipEdits(source), ...edits]),
});

/** What a draft comes to. */
export const objectOf = (draft: Draft): Manifest =>
	draft.kind === 'new' ? draft.object : applyEdits(draft.source, draft.edits);
