import {createHash} from 'node:crypto';
import type {Files} from '../../../source/migration/world.js';

/** Files of this machine that are held in memory: a path and its text. */
export type Here = Map<string, string>;

const printOf = (text: string) => ({
	bytes: new TextEncoder().encode(text).length,
	sha256: createHash('sha256').update(text).digest('hex'),
});

/** Length and SHA-256 of a text. */
export const fingerprintOf = printOf;

/** The interface to files over a map. `modes` are those of files that have another than 0600. */
export const filesOver = (here: Here, modes: Readonly<Record<string, number>> = {}): Files => ({
	home: '/home/ada',
	readText: async path => here.get(path),
	readSecret: async path => here.get(path),
	async writeText(path, text) {
		here.set(path, text);
	},
	async writeBytes(path, bytes) {
		here.set(path, new TextDecoder().decode(bytes));
	},
	async readBytes(path) {
		const text = here.get(path);
		return text === undefined ? undefined : new TextEncoder().encode(text);
	},
	async remove(path) {
		here.delete(path);
	},
	list: async folder =>
		here
			.keys()
			.filter(path => path.startsWith(`${folder}/`))
			.map(path => path.slice(folder.length + 1))
			.toArray()
			.toSorted(),
	makeFolder: async () => undefined,
	freeBytes: async () => 1_000_000_000,
	async stat(path) {
		const text = here.get(path);
		return text === undefined
			? undefined
			: {bytes: printOf(text).bytes, mode: 0o10_0000 + (modes[path] ?? 0o600), isFolder: false};
	},
	async *stream(path) {
		yield new TextEncoder().encode(here.get(path) ?? '');
	},
	async begin(path) {
		here.set(path, '');
		return {
			async write(text) {
				here.set(path, `${here.get(path) ?? ''}${text}`);
			},
			close: async () => undefined,
		};
	},
	async fingerprint(path) {
		const text = here.get(path);
		return text === undefined ? undefined : printOf(text);
	},
	async shred(path) {
		here.delete(path);
	},
	async seal(path) {
		here.set(`${path}.sealed`, 'sealed');
		return `${path}.sealed`;
	},
});
