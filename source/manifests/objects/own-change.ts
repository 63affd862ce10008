import {mapOf, textOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {withoutServerFields} from './server-fields.js';
import {isMap, isSame} from './value.js';

/** A field that is not as the plan saw it: what the plan makes it, what it was then, and what it is now. */
export type Overtaken = {
	readonly field: string;
	readonly planned: string;
	readonly was: string;
	readonly now: string;
};

/** A planned change of an object, held against the object as it is now. */
export type OwnChange = {
	/**
	The JSON merge patch that brings about what is still missing; undefined where nothing is. It takes along whatever
	others changed beside it.
	*/
	readonly patch: Readonly<Record<string, unknown>> | undefined;
	/** Fields the plan changes that somebody else has changed since: neither as they were nor as they are to be. */
	readonly overtaken: readonly Overtaken[];
	/** Fields of the specification that the plan leaves alone, and that are not as they were. */
	readonly beside: readonly Overtaken[];
};

type Merged = {readonly value: unknown} & Omit<OwnChange, 'patch'>;

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/**
What tells the items of a list apart, as in the schema of Kubernetes; undefined where they are compared as a whole.
*/
const keyOf = (item: unknown): string | undefined => {
	const {containerPort, mountPath, port, protocol, name} = mapOf(item);
	const number = textOf(containerPort) ?? textOf(port);
	return number === undefined ? (textOf(mountPath) ?? textOf(name)) : `${number}/${textOf(protocol) ?? 'TCP'}`;
};

type Keyed = ReadonlyMap<string, unknown>;

/** The items of a list by their keys; undefined where one has none, or two share one. */
const keyed = (value: unknown): Keyed | undefined => {
	if (!Array.isArray(value)) {
		return undefined;
	}

	const pairs = value.map(item => [keyOf(item), item] as const);
	const items = new Map(pairs.flatMap(([key, item]) => (key === undefined ? [] : [[key, item] as const])));
	return items.size === value.length ? items : undefined;
};

/** The parts of a value by their names: the fields of a map, the items of a keyed list. */
const partsOf = (value: unknown): {readonly kind: 'map' | 'list'; readonly parts: Keyed} | undefined => {
	if (isMap(value)) {
		return {kind: 'map', parts: new Map(Object.entries(value))};
	}

	const items = keyed(value);
	return items && {kind: 'list', parts: items};
};

/** Whether a value has all that another one has: the server adds defaults to what it is given. */
const covers = (now: unknown, value: unknown): boolean => {
	if (isMap(now) && isMap(value)) {
		return Object.entries(value).every(([name, part]) => covers(now[name], part));
	}

	return Array.isArray(now) && Array.isArray(value)
		? now.length === value.length && value.every((part, index) => covers(now[index], part))
		: isSame(now, value);
};

const untouched = (value: unknown): Merged => ({value, overtaken: [], beside: []});

/** What others changed in a part that the plan leaves alone, as deep down as it can be told. */
const besideIn = (field: string, was: unknown, now: unknown): readonly Overtaken[] => {
	if (covers(now, was) && covers(was, now)) {
		return [];
	}

	const [before, after] = [partsOf(was), partsOf(now)];
	return before && after?.kind === before.kind
		? [...new Set([...before.parts.keys(), ...after.parts.keys()])].flatMap(name =>
				besideIn(placeOf(field, name, before.kind), before.parts.get(name), after.parts.get(name)),
			)
		: [{field, planned: shown(was), was: shown(was), now: shown(now)}];
};

const placeOf = (field: string, name: string, kind: 'map' | 'list'): string =>
	kind === 'list' ? `${field}[${name}]` : field === '' ? name : `${field}.${name}`;

const rebuilt = (kind: 'map' | 'list', parts: ReadonlyArray<readonly [string, unknown]>): unknown =>
	kind === 'map' ? Object.fromEntries(parts) : parts.map(([, value]) => value);

/** Three ways: what the plan saw, what it makes of it, and what is there. */
const merge = (field: string, from: unknown, to: unknown, now: unknown): Merged => {
	if (isSame(from, to)) {
		return {...untouched(now), beside: besideIn(field, from, now)};
	}

	const [before, after, current] = [partsOf(from), partsOf(to), partsOf(now)];
	if (before && after && current && before.kind === after.kind && after.kind === current.kind) {
		const names = new Set([...current.parts.keys(), ...before.parts.keys(), ...after.parts.keys()]);
		const merged = [...names].map(
			name =>
				[
					name,
					merge(
						placeOf(field, name, current.kind),
						before.parts.get(name),
						after.parts.get(name),
						current.parts.get(name),
					),
				] as const,
		);
		return {
			value: rebuilt(
				current.kind,
				merged.filter(([, {value}]) => value !== undefined).map(([name, {value}]) => [name, value]),
			),
			overtaken: merged.flatMap(([, {overtaken}]) => overtaken),
			beside: merged.flatMap(([, {beside}]) => beside),
		};
	}

	if (covers(now, to)) {
		return untouched(now);
	}

	return covers(now, from)
		? untouched(to)
		: {value: now, overtaken: [{field, planned: shown(to), was: shown(from), now: shown(now)}], beside: []};
};

/** The merge patch (RFC 7386) that makes one value of another; a list is replaced as a whole. */
const patchBetween = (
	before: Readonly<Record<string, unknown>>,
	after: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
	Object.fromEntries(
		[...new Set([...Object.keys(before), ...Object.keys(after)])]
			.filter(name => !isSame(before[name], after[name]))
			.map(name => {
				const [old, value] = [before[name], after[name]];
				return [name, isMap(old) && isMap(value) ? patchBetween(old, value) : (value ?? null)];
			}),
	);

/**
Holds a planned change of an object's specification, from what the plan saw to what it makes of it, against the object
as it is now. Only fields that the plan changes are changed; what the server fills in by default is no difference.
*/
export const ownChange = (from: Manifest, to: Manifest, now: Manifest): OwnChange => {
	const [before, after, current] = [from, to, now].map(object => mapOf(withoutServerFields(object).spec));
	const {value, overtaken, beside} = merge('spec', before, after, current);
	const patch = patchBetween(mapOf(current), mapOf(value));
	return {patch: Object.keys(patch).length > 0 ? {spec: patch} : undefined, overtaken, beside};
};
