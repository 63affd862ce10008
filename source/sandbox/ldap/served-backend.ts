import type {View} from '../files/view.js';
import {openBackend, type Backend} from './backend.js';
import type {Entry} from './entry.js';

/** Whether a backend takes writes. */
export type Writability = 'disabled' | 'enabled' | 'internal-only';

/** What a server is told to keep in a backend. */
export type BackendFacts = {readonly id: string; readonly baseDn: string};

/** A backend of a running server: its entries, and what the server's configuration says of it. */
export type ServedBackend = Backend & {
	/** What holds for it: the stricter of its own mode and the server's. */
	readonly writability: () => Writability;
	readonly ownWritability: () => Writability;
	readonly setWritability: (mode: Writability) => void;
	/** Whether it is enabled; if not, the server knows nothing of it. */
	readonly isEnabled: () => boolean;
	readonly setEnabled: (isEnabled: boolean) => void;
	/** Keeps an entry, or takes it away, without telling the other replicas. */
	readonly replay: (dn: string, entry: Entry | undefined) => void;
	/** Replaces all, without telling replication that other data is here now. */
	readonly receive: (entries: readonly Entry[]) => void;
};

/** Who hears of what happens to a backend. */
export type BackendEvents = {
	readonly onChange: (backend: BackendFacts, dn: string, entry: Entry | undefined) => void;
	readonly onReplaced: (backend: Backend) => void;
	readonly onEnabled: () => void;
};

/** The modes, the strictest last. */
const modes: readonly Writability[] = ['enabled', 'internal-only', 'disabled'];

/** Whether a text names a mode. */
export const isWritability = (text: string): text is Writability => (modes as readonly string[]).includes(text);

const stricter = (one: Writability, other: Writability): Writability =>
	modes.indexOf(one) > modes.indexOf(other) ? one : other;

/** A property of a backend in the server's configuration. */
const propertyLine = (id: string, name: string): RegExp =>
	new RegExp(String.raw`(?<=^dn: ds-cfg-backend-id=${id},.*\n(?:.+\n)*)ds-cfg-${name}: (?<value>.*)$`, 'mv');

/** The backends that a configuration names, in its order. */
export const backendsIn = (configuration: string): readonly BackendFacts[] =>
	configuration
		.matchAll(/^dn: ds-cfg-backend-id=(?<id>[^,]+),.*\n(?:.+\n)*?ds-cfg-base-dn: (?<baseDn>.*)$/gmv)
		.map(({groups}) => ({id: groups!.id!, baseDn: groups!.baseDn!}))
		.toArray();

/** Serves a backend of the server whose files lie below `root`. */
export const serveBackend = (
	{id, baseDn}: BackendFacts,
	root: string,
	view: View,
	events: BackendEvents,
	serverWide: () => Writability,
): ServedBackend => {
	const configuration = `${root}/config/config.ldif`;
	const read = (name: string): string | undefined =>
		propertyLine(id, name).exec(view.read(configuration).toString())?.groups?.value;
	const write = (name: string, value: string): void => {
		view.write(
			configuration,
			view
				.read(configuration)
				.toString()
				.replace(propertyLine(id, name), () => `ds-cfg-${name}: ${value}`),
		);
	};

	const ownWritability = (): Writability => (read('writability-mode') ?? 'enabled') as Writability;
	const kept = openBackend(id, baseDn, `${root}/db/${id}`, view);
	return {
		id,
		baseDn,
		get entries() {
			return kept.entries;
		},
		put(dn, entry) {
			kept.put(dn, entry);
			events.onChange({id, baseDn}, dn, entry);
		},
		replace(entries) {
			kept.replace(entries);
			events.onReplaced(kept);
		},
		replay: kept.put,
		receive: kept.replace,
		writability: () => stricter(ownWritability(), serverWide()),
		ownWritability,
		setWritability(mode) {
			write('writability-mode', mode);
		},
		isEnabled: () => read('enabled') !== 'false',
		setEnabled(isNow) {
			write('enabled', String(isNow));
			if (isNow) {
				events.onEnabled();
			}
		},
	};
};
