import {integerOf, listOf, mapOf, textOf} from '../../../ping/fields.js';
import {set, type Edit} from '../../objects/edit.js';
import type {PortMove} from '../../objects/port-move.js';
import type {Path} from '../../objects/value.js';

const short = /^(?<host>.*:)?(?<container>\d{1,5}(?:-\d{1,5})?)(?<protocol>\/\w+)?$/v;

/** The container side of a mapping such as `127.0.0.1:1636:636/tcp` moved; undefined where it stays, or is a range. */
export const moveMapping = (mapping: string, move: PortMove): string | undefined => {
	const {host = '', container = '', protocol = ''} = short.exec(mapping)?.groups ?? {};
	const moved = move.get(/^\d+$/v.test(container) ? Number(container) : -1);
	return moved === undefined ? undefined : `${host}${moved}${protocol}`;
};

/** Whether a mapping is a range of container ports with one in it that moves. */
const isRangeOf = (mapping: string, move: PortMove): boolean => {
	const [from, to] = (short.exec(mapping)?.groups?.container ?? '').split('-').map(Number);
	return from !== undefined && to !== undefined && move.keys().some(port => port >= from && port <= to);
};

const entryEdits = (place: Path, entry: unknown, move: PortMove): readonly Edit[] => {
	if (typeof entry === 'object') {
		const {target} = mapOf(entry);
		const moved = move.get(integerOf(target) ?? -1);
		return moved === undefined ? [] : [set([...place, 'target'], typeof target === 'string' ? String(moved) : moved)];
	}

	const moved = moveMapping(textOf(entry) ?? '', move);
	return moved === undefined ? [] : [set(place, typeof entry === 'number' ? Number(moved) : moved)];
};

/** Edits of a service's `ports` and `expose`: the container's side alone. */
export const portEdits = (
	path: Path,
	service: unknown,
	move: PortMove,
): {readonly edits: readonly Edit[]; readonly ranges: readonly string[]} => {
	const entries = ['ports', 'expose'].flatMap(field =>
		listOf(mapOf(service)[field]).map((entry, index) => ({entry, place: [...path, field, index]})),
	);
	return {
		edits: entries.flatMap(({entry, place}) => entryEdits(place, entry, move)),
		ranges: entries.map(({entry}) => textOf(entry) ?? '').filter(mapping => isRangeOf(mapping, move)),
	};
};
