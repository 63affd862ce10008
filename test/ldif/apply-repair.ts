import {Buffer} from 'node:buffer';
import {normalDn} from '../../source/ldif/dn.js';
import {collect, pieces} from './ldif-text.js';
import {readEntries} from './reader.js';

type Line = readonly [name: string, value: Buffer];

const lineOf = (text: string): Line => {
	const {name = '', mark = '', value = ''} = /^(?<name>[^:]*):(?<mark>:?) ?(?<value>.*)$/sv.exec(text)?.groups ?? {};
	return [name, Buffer.from(value, mark === ':' ? 'base64' : 'utf8')];
};

const keyOf = (dn: string): string => normalDn(dn) ?? '';

type Directory = Map<string, {readonly dn: string; readonly lines: readonly Line[]}>;

/** One «replace» after the other, each with its values. */
const modified = (lines: readonly Line[], changes: readonly string[]): readonly Line[] => {
	let result = lines;
	for (const change of changes.join('\n').split(/^-$/mv)) {
		const [replaced, ...values] = change.split('\n').filter(Boolean);
		if (replaced !== undefined) {
			const name = lineOf(replaced)[1].toString('latin1');
			result = [...result.filter(([other]) => other !== name), ...values.map(line => lineOf(line))];
		}
	}

	return result;
};

const applyRecord = (directory: Directory, [first = '', change = '', ...rest]: readonly string[]): void => {
	const dn = lineOf(first)[1].toString('utf8');
	const key = keyOf(dn);
	const entry = directory.get(key);
	if (change === 'changetype: delete' && entry && !directory.keys().some(other => other.endsWith(`,${key}`))) {
		directory.delete(key);
	} else if (change === 'changetype: add' && !entry) {
		directory.set(key, {dn, lines: rest.map(line => lineOf(line))});
	} else if (change === 'changetype: modify' && entry) {
		directory.set(key, {dn, lines: modified(entry.lines, rest)});
	} else {
		throw new Error(`${change} is not possible for ${key}`);
	}
};

/**
Applies change records as a directory would: nothing is added twice, and no parent deleted before its children. Written
for these tests, with nothing of the program but its reader and the form of DNs.
*/
export const applyRepair = async (content: Buffer, repair: string): Promise<Buffer> => {
	const entries = await collect(readEntries(pieces(content)));
	const directory: Directory = new Map(
		entries.map(({dn, attributes}) => [keyOf(dn), {dn, lines: attributes.map(({name, value}) => [name, value])}]),
	);
	for (const record of repair.split('\n\n')) {
		const lines = record.split('\n').filter(line => line !== '' && !line.startsWith('#'));
		if (lines.length > 0) {
			applyRecord(directory, lines);
		}
	}

	const base64 = ([name, value]: Line): string => `${name}:: ${value.toString('base64')}\n`;
	return Buffer.from(
		directory
			.values()
			.map(({dn, lines}) => `${base64(['dn', Buffer.from(dn)])}${lines.map(line => base64(line)).join('')}\n`)
			.toArray()
			.join(''),
	);
};
