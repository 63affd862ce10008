import {Buffer} from 'node:buffer';
import {createHash, randomBytes, randomUUID} from 'node:crypto';
import {isBelow, normalDn, parentDn, rdns, textOf, valuesOf, type Entry, type Value} from './entry.js';
import type {ServedBackend} from './served-backend.js';
import {generalizedTime} from './tasks.js';

/** A backend that may refuse writes. */
export type Writable = Pick<ServedBackend, 'id' | 'baseDn' | 'entries' | 'put' | 'writability'>;

/** What a request asks of the server beside its change. */
export type WriteControls = {
	/** Attributes that nobody may modify are taken as they are given. */
	readonly ignoreNoUserModification?: boolean;
	/** A password that is encoded already is taken. */
	readonly preEncodedPasswords?: boolean;
	/** `modifyTimestamp` and `modifiersName` are left alone. */
	readonly keepsLastModified?: boolean;
	/** Adding a value that is there, or removing one that is not, is no error. */
	readonly isPermissive?: boolean;
	/** Referrals are entries like others. */
	readonly managesReferrals?: boolean;
	/** What lies below goes, too. */
	readonly deletesSubtree?: boolean;
};

/**
A change of one entry. The body of a modification is its operations, each a line `add`, `replace` or `delete` and its
values.
*/
export type Write = {
	readonly type: 'add' | 'delete' | 'modify' | 'modrdn';
	readonly dn: string;
	readonly body: Entry['attributes'];
};

/** How a request ended; undefined is success. */
export type Refusal = {readonly code: number; readonly name: string; readonly message: string};

const refused = (code: number, name: string, message: string): Refusal => ({code, name, message});

export const noSuchObject = (dn: string): Refusal =>
	refused(32, 'no such object', `Entry ${dn} does not exist in the backend`);

const untouchable =
	/^(?:entryuuid|createtimestamp|creatorsname|modifytimestamp|modifiersname|pwdchangedtime|pwdfailuretime|ds-pwp-.*|ds-sync-.*)$/v;

const isName =
	(name: string) =>
	([attribute]: readonly [string, Value]): boolean =>
		attribute.toLowerCase() === name.toLowerCase();

const isValue =
	(value: Value) =>
	(other: Value): boolean =>
		Buffer.from(value).equals(Buffer.from(other));

type Operation = {readonly kind: string; readonly name: string; readonly values: readonly Value[]};

const operationsOf = (body: Entry['attributes']): readonly Operation[] => {
	const operations: Operation[] = [];
	let index = 0;
	while (index < body.length) {
		const [kind, name] = [body[index]![0].toLowerCase(), textOf(body[index]![1])];
		const values: Value[] = [];
		index++;
		while (index < body.length && isName(name)(body[index]!)) {
			values.push(body[index]![1]);
			index++;
		}

		operations.push({kind, name, values});
	}

	return operations;
};

/** A password as a server keeps it: encoded, unless it was encoded before and may be. */
const encoded = (value: Value): Value => {
	const text = textOf(value);
	if (/^\{[\w\-]+\}/v.test(text)) {
		return value;
	}

	const salt = randomBytes(8);
	const digest = createHash('sha512').update(text).update(salt).digest();
	return '{SSHA512}' + Buffer.concat([digest, salt]).toString('base64');
};

/** Whether a password is the one that was encoded. */
export const isPassword = (stored: string, password: string): boolean => {
	const bytes = Buffer.from(/^\{SSHA512\}(?<text>.*)$/v.exec(stored)?.groups?.text ?? '', 'base64');
	const salt = bytes.subarray(64);
	return createHash('sha512').update(password).update(salt).digest().equals(bytes.subarray(0, 64));
};

const isPasswordName = (name: string): boolean => name.toLowerCase() === 'userpassword';

/** What a server has against the attributes that a request sets. */
const objectionTo = (
	given: ReadonlyArray<readonly [string, Value]>,
	{ignoreNoUserModification = false, preEncodedPasswords = false}: WriteControls,
): Refusal | undefined => {
	const untouched = ignoreNoUserModification ? undefined : given.find(([name]) => untouchable.test(name.toLowerCase()));
	if (untouched) {
		return refused(
			19,
			'constraint violation',
			`Attribute ${untouched[0]} has NO-USER-MODIFICATION in its definition and cannot be set by a client`,
		);
	}

	return !preEncodedPasswords && given.some(([name, value]) => isPasswordName(name) && /^\{\w+\}/v.test(textOf(value)))
		? refused(
				19,
				'constraint violation',
				'Pre-encoded passwords are not allowed for the password attribute userPassword',
			)
		: undefined;
};

const withPasswords = (attributes: Entry['attributes']): Entry['attributes'] =>
	attributes.map(([name, value]) =>
		isPasswordName(name) ? ([name, encoded(value)] as const) : ([name, value] as const),
	);

const withMarks = (entry: Entry, marks: ReadonlyArray<readonly [string, string]>): Entry => ({
	...entry,
	attributes: [...entry.attributes.filter(attribute => !marks.some(([name]) => isName(name)(attribute))), ...marks],
});

const has = (attributes: ReadonlyArray<readonly [string, Value]>, name: string): boolean =>
	attributes.some(isName(name));

const lastModified = (
	given: ReadonlyArray<readonly [string, Value]>,
	who: string,
	{keepsLastModified = false}: WriteControls,
): ReadonlyArray<readonly [string, string]> =>
	keepsLastModified
		? []
		: [
				...(has(given, 'modifyTimestamp') ? [] : [['modifyTimestamp', generalizedTime()] as const]),
				...(has(given, 'modifiersName') ? [] : [['modifiersName', who] as const]),
			];

const passwordChanged = (
	given: ReadonlyArray<readonly [string, Value]>,
	isNew: boolean,
): ReadonlyArray<readonly [string, string]> =>
	!isNew && given.some(([name]) => isPasswordName(name)) && !has(given, 'pwdChangedTime')
		? [['pwdChangedTime', generalizedTime()]]
		: [];

const added = (backend: Writable, {dn, body}: Write, who: string, controls: WriteControls): Refusal | undefined => {
	if (backend.entries.has(normalDn(dn))) {
		return refused(
			68,
			'entry already exists',
			`Entry ${dn} cannot be added because an entry with that name already exists`,
		);
	}

	if (normalDn(dn) !== normalDn(backend.baseDn) && !backend.entries.has(normalDn(parentDn(dn)))) {
		return noSuchObject(parentDn(dn));
	}

	const objection = objectionTo(body, controls);
	if (objection) {
		return objection;
	}

	const marks: ReadonlyArray<readonly [string, string]> = [
		...(has(body, 'entryUUID') ? [] : [['entryUUID', randomUUID()] as const]),
		...(has(body, 'createTimestamp') ? [] : [['createTimestamp', generalizedTime()] as const]),
		...(has(body, 'creatorsName') ? [] : [['creatorsName', who] as const]),
		...lastModified(body, who, controls),
	];
	backend.put(dn, withMarks({dn, attributes: withPasswords(body)}, marks));
	return undefined;
};

const operated = (entry: Entry, operations: readonly Operation[], isPermissive: boolean): Entry | Refusal => {
	let attributes = [...entry.attributes];
	for (const {kind, name, values} of operations) {
		const there = attributes.filter(isName(name));
		const kept = values.map(value => (isPasswordName(name) ? encoded(value) : value));
		if (kind === 'add') {
			const fresh = kept.filter(value => !there.some(([, other]) => isValue(value)(other)));
			if (fresh.length < kept.length && !isPermissive) {
				return refused(20, 'attribute or value exists', `Entry ${entry.dn} has such a value of ${name} already`);
			}

			attributes.push(...fresh.map(value => [name, value] as const));
		} else if (kind === 'replace' || values.length === 0) {
			if (kind === 'delete' && there.length === 0 && !isPermissive) {
				return refused(16, 'no such attribute', `Entry ${entry.dn} has no attribute ${name}`);
			}

			attributes = [
				...attributes.filter(attribute => !isName(name)(attribute)),
				...kept.map(value => [name, value] as const),
			];
		} else {
			if (!isPermissive && values.some(value => !there.some(([, other]) => isValue(value)(other)))) {
				return refused(16, 'no such attribute', `Entry ${entry.dn} has no such value of ${name}`);
			}

			attributes = attributes.filter(
				([attribute, value]) => !(isName(name)([attribute, value]) && values.some(gone => isValue(gone)(value))),
			);
		}
	}

	return {...entry, attributes};
};

const modified = (
	backend: Writable,
	old: Entry,
	{body}: Write,
	who: string,
	controls: WriteControls,
): Refusal | undefined => {
	const operations = operationsOf(body);
	const given = operations.flatMap(({name, values}) =>
		(values.length === 0 ? [''] : values).map((value): readonly [string, Value] => [name, value]),
	);
	const objection = objectionTo(given, controls);
	if (objection) {
		return objection;
	}

	const after = operated(old, operations, controls.isPermissive ?? false);
	if ('code' in after) {
		return after;
	}

	backend.put(old.dn, withMarks(after, [...passwordChanged(given, false), ...lastModified(given, who, controls)]));
	return undefined;
};

const below = (backend: Writable, dn: string): readonly Entry[] =>
	backend.entries
		.entries()
		.filter(([name]) => name !== normalDn(dn) && isBelow(name, normalDn(dn)))
		.map(([, entry]) => entry)
		.toArray();

const removed = (backend: Writable, old: Entry, {deletesSubtree = false}: WriteControls): Refusal | undefined => {
	const children = below(backend, old.dn);
	if (children.length > 0 && !deletesSubtree) {
		return refused(66, 'not allowed on non-leaf', `Entry ${old.dn} cannot be deleted because it has subordinates`);
	}

	const deepestFirst = [...children, old].toSorted((one, other) => rdns(other.dn).length - rdns(one.dn).length);
	for (const {dn} of deepestFirst) {
		backend.put(dn, undefined);
	}

	return undefined;
};

const bodyValue = (body: Entry['attributes'], name: string): string | undefined => {
	const found = body.find(isName(name));
	return found && textOf(found[1]);
};

/** Renames an entry, and with it all that lies below it. */
const renamed = (
	backend: Writable,
	old: Entry,
	{body}: Write,
	who: string,
	controls: WriteControls,
): Refusal | undefined => {
	const rdn = bodyValue(body, 'newrdn') ?? '';
	const parent = bodyValue(body, 'newsuperior') ?? parentDn(old.dn);
	const dn = `${rdn},${parent}`;
	if (normalDn(dn) !== normalDn(old.dn) && backend.entries.has(normalDn(dn))) {
		return refused(68, 'entry already exists', `Entry ${old.dn} cannot be renamed because ${dn} exists`);
	}

	if (!backend.entries.has(normalDn(parent)) || isBelow(normalDn(parent), normalDn(old.dn))) {
		return noSuchObject(parent);
	}

	const [oldName = '', oldValue = ''] = (rdns(old.dn)[0] ?? '').split('=', 2);
	const [newName = '', newValue = ''] = rdn.split('=', 2);
	const isOldGone = bodyValue(body, 'deleteoldrdn') === '1';
	const attributes = old.attributes.filter(
		([name, value]) => !(isOldGone && isName(oldName)([name, value]) && textOf(value) === oldValue),
	);
	const named: Entry = {
		dn,
		attributes: valuesOf({dn, attributes}, newName).includes(newValue)
			? attributes
			: [...attributes, [newName, newValue]],
	};
	const children = below(backend, old.dn);
	const move = (name: string): string => `${name.slice(0, name.length - old.dn.length)}${dn}`;
	for (const child of children) {
		backend.put(child.dn, undefined);
	}

	backend.put(old.dn, undefined);
	backend.put(dn, withMarks(named, lastModified([], who, controls)));
	const topFirst = children.toSorted((one, other) => rdns(one.dn).length - rdns(other.dn).length);
	for (const child of topFirst) {
		backend.put(move(child.dn), {...child, dn: move(child.dn)});
	}

	return undefined;
};

/**
What a client's write does to a backend, as a server of this lineage does it: `internal-only` and `disabled` refuse it;
attributes with NO-USER-MODIFICATION and encoded passwords are refused but with the control for them; who changed the
entry and when is written into it with each change. Undefined is success: it is acknowledged, and on the volume.
*/
export const writeTo = (
	backend: Writable,
	write: Write,
	who: string,
	controls: WriteControls = {},
): Refusal | undefined => {
	const {dn, type} = write;
	if (backend.writability() !== 'enabled') {
		return refused(
			53,
			'unwilling to perform',
			`Entry ${dn} cannot be changed because the backend ${backend.id} is configured with writability mode ` +
				backend.writability(),
		);
	}

	if (type === 'add') {
		return added(backend, write, who, controls);
	}

	const old = backend.entries.get(normalDn(dn));
	if (!old) {
		return noSuchObject(dn);
	}

	if (!controls.managesReferrals && valuesOf(old, 'objectClass').some(value => value.toLowerCase() === 'referral')) {
		return refused(10, 'referral', `Entry ${dn} is a referral`);
	}

	switch (type) {
		case 'delete': {
			return removed(backend, old, controls);
		}

		case 'modify': {
			return modified(backend, old, write, who, controls);
		}

		case 'modrdn': {
			return renamed(backend, old, write, who, controls);
		}
	}
};

/**
A login. It writes, too: when it succeeds, the time of the last one; when it fails, the time of the failure. These are
the server's own writes, which `internal-only` lets pass and `disabled` does not; the login itself is answered all the
same. Gives whether the password is right.
*/
export const bindTo = (backend: Writable, dn: string, password: string): boolean => {
	const entry = backend.entries.get(normalDn(dn));
	const isRight = entry !== undefined && valuesOf(entry, 'userPassword').some(stored => isPassword(stored, password));
	if (entry && backend.writability() !== 'disabled') {
		const now = `${generalizedTime().slice(0, 14)}.${String(Date.now() % 1000).padStart(3, '0')}Z`;
		backend.put(
			entry.dn,
			isRight
				? withMarks(entry, [['ds-pwp-last-login-time', now]])
				: {...entry, attributes: [...entry.attributes, ['pwdFailureTime', now]]},
		);
	}

	return isRight;
};
