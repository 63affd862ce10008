import {Buffer} from 'node:buffer';
import {wholeContent} from '../files/content.js';
import type {View} from '../files/view.js';
import {normalDn, type Entry, type Value} from './entry.js';

/** The entries of a backend, kept in a file of the volume: one change a line, the last one counts. */
export type Backend = {
	readonly id: string;
	readonly baseDn: string;
	readonly entries: ReadonlyMap<string, Entry>;
	/** Keeps one entry, or takes it away. Throws where the file cannot be written. */
	readonly put: (dn: string, entry: Entry | undefined) => void;
	/** Replaces all. */
	readonly replace: (entries: readonly Entry[]) => void;
};

type Kept = {
	readonly dn: string;
	readonly attributes?: ReadonlyArray<readonly [string, string | {readonly base64: string}]>;
};

const toLine = (dn: string, entry: Entry | undefined): string =>
	`${JSON.stringify({
		dn: entry?.dn ?? dn,
		...(entry && {
			attributes: entry.attributes.map(([name, value]) => [
				name,
				typeof value === 'string' ? value : {base64: Buffer.from(value).toString('base64')},
			]),
		}),
	} satisfies Kept | {dn: string; attributes: unknown})}\n`;

const fromKept = ({dn, attributes}: Kept): Entry => ({
	dn,
	attributes: (attributes ?? []).map(([name, value]): readonly [string, Value] => [
		name,
		typeof value === 'string' ? value : new Uint8Array(Buffer.from(value.base64, 'base64')),
	]),
});

/** What the file of a backend holds when it is first written. */
export const backendFile = (entries: readonly Entry[]): string =>
	entries.map(entry => toLine(entry.dn, entry)).join('');

const load = (view: View, path: string): Map<string, Entry> => {
	const entries = new Map<string, Entry>();
	const {node} = view.find(path);
	if (node?.kind !== 'file') {
		return entries;
	}

	view.open(path, {read: true, write: true});
	for (const line of wholeContent(node.content).toString().split('\n')) {
		if (line === '') {
			continue;
		}

		const kept = JSON.parse(line) as Kept;
		if (kept.attributes) {
			entries.set(normalDn(kept.dn), fromKept(kept));
		} else {
			entries.delete(normalDn(kept.dn));
		}
	}

	return entries;
};

/** Opens the backend whose file lies in a folder; `view` is the server's own. */
export const openBackend = (id: string, baseDn: string, folder: string, view: View): Backend => {
	const path = `${folder}/00000000.jdb`;
	let entries = load(view, path);
	return {
		id,
		baseDn,
		get entries() {
			return entries;
		},
		put(dn, entry) {
			const file = view.open(path, {write: true});
			file.writeAt(file.size(), Buffer.from(toLine(dn, entry)));
			if (entry) {
				entries.set(normalDn(dn), entry);
			} else {
				entries.delete(normalDn(dn));
			}
		},
		replace(replacement) {
			view.write(path, backendFile(replacement), 0o600);
			entries = new Map(replacement.map(entry => [normalDn(entry.dn), entry]));
		},
	};
};
