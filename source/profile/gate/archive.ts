import {Buffer} from 'node:buffer';
import {inflateRawSync} from 'node:zlib';
import {wordsOfName} from '../../ping/secret-names.js';
import {secretForm} from '../../ping/secret-values.js';
import {neverCommit} from '../clean.js';
import {judge, type Found} from './judge.js';

/**
Marks of a zip archive: the entry of a file in its directory, and the directory's end (APPNOTE.TXT of PKWARE, 4.3.12
and
4.3.16).
*/
const entryMark = 0x02_01_4b_50;
const endMark = 0x06_05_4b_50;
const endLength = 22;
const localMark = 0x04_03_4b_50;

/** More than this is read of no member. */
const mostBytes = 4 * 1024 * 1024;

type Member = {readonly name: string; readonly method: number; readonly packed: number; readonly offset: number};

/** Ends of the names of what an archive of Java is made of: code, and what it needs beside it. */
const usualEnds = new Set(
	`class jar properties xml xsd wsdl dtd htm html css js json txt md vm ftl jsp tld png gif jpg jpeg svg ico woff woff2
	ttf otf eot mf sf rsa dsa ec proto yml yaml wsdd xsb factories handlers schemas list idx conf pf-plugins pf-idp pf-sp
	map less scss template`.split(/\s+/v),
);

/** Names that need no end. */
const usualNames = /^(?:licen[cs]e|notice|dependencies|readme|index\.list|al2\.0|lgpl2\.1|copyright)[\w\-.]*$/iv;

const isUsual = (path: string): boolean => {
	const name = path.split('/').at(-1) ?? '';
	return (
		path.endsWith('/') ||
		/^meta-inf\//iv.test(path) ||
		/\/services\/[\w$.]+$/v.test(path) ||
		/(?:^|\/)pf-inf\/[\w\-.]+$/iv.test(path) ||
		usualEnds.has(name.split('.').at(-1)?.toLowerCase() ?? '') ||
		usualNames.test(name)
	);
};

const membersOf = (bytes: Buffer): readonly Member[] | undefined => {
	const end = bytes.length - endLength;
	if (end < 0 || bytes.readUInt32LE(0) !== localMark || bytes.readUInt32LE(end) !== endMark) {
		return undefined;
	}

	const members: Member[] = [];
	let at = bytes.readUInt32LE(end + 16);
	for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
		if (at + 46 > end || bytes.readUInt32LE(at) !== entryMark) {
			return undefined;
		}

		const [name, extra, comment] = [
			bytes.readUInt16LE(at + 28),
			bytes.readUInt16LE(at + 30),
			bytes.readUInt16LE(at + 32),
		];
		members.push({
			name: bytes.toString('utf8', at + 46, at + 46 + name),
			method: bytes.readUInt16LE(at + 10),
			packed: bytes.readUInt32LE(at + 20),
			offset: bytes.readUInt32LE(at + 42),
		});
		at += 46 + name + extra + comment;
	}

	return at === end ? members : undefined;
};

const contentOf = (bytes: Buffer, {method, packed, offset}: Member): string | undefined => {
	const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
	const part = bytes.subarray(start, start + packed);
	return method === 0
		? part.toString('utf8')
		: method === 8
			? inflateRawSync(part, {maxOutputLength: mostBytes}).toString('utf8')
			: undefined;
};

const isText = /\.(?:properties|xml|html?|json|txt|md|ya?ml|conf|js)$/iv;

/** A property of one word. A message to people has several, or is what its name says. */
const property = /^(?<name>[\w\-.]+)\s*[:=]\s*(?<value>[^\s\{]+)$/v;

/** Whether a value only says once more how its name ends, or is a name of the same: `CLIENT_KEY=use_base64_key`. */
const isNameItself = (name: string, value: string): boolean => {
	const words = wordsOfName(value);
	return (
		name.toLowerCase().endsWith(value.toLowerCase().replace(/:$/v, '')) ||
		(/^[a-z]+\d{0,2}(?:_[a-z]+\d{0,2}){1,4}$/v.test(value) && words.at(-1) === wordsOfName(name).at(-1))
	);
};

const judgeProperties = (text: string): string | undefined =>
	text
		.replaceAll(/\\\r?\n\s*/gv, '')
		.split('\n')
		.map(line => property.exec(line.trim())?.groups)
		.map(groups => [groups?.name ?? '', groups?.value ?? ''] as const)
		.filter(([name, value]) => !isNameItself(name, value))
		.map(([name, value]) => judge(name, value, 'open'))
		.find(what => what !== undefined);

const judgeMember = (bytes: Buffer, member: Member): string | undefined => {
	const {name} = member;
	// A package of Java may be called like a folder of a server, such as `db`.
	const own = name.split('/').at(-1) ?? '';
	if (neverCommit.some(({pattern}) => pattern.test(own)) || !isUsual(name)) {
		return `${name} in it, which is no part of an archive of Java`;
	}

	if (!isText.test(name)) {
		return undefined;
	}

	const text = contentOf(bytes, member);
	const inProperties = name.endsWith('.properties') ? judgeProperties(text ?? '') : undefined;
	const what = text === undefined ? 'a member that cannot be read' : (secretForm(text) ?? inProperties);
	return what === undefined ? undefined : `${name} in it: ${what}`;
};

/** An archive of Java: code of an extension. It is let in where all it holds is what such an archive is made of. */
export const readArchive = (_path: string, content: Uint8Array): readonly Found[] => {
	const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
	try {
		const members = membersOf(bytes);
		return members
			? members.flatMap(member => {
					const what = judgeMember(bytes, member);
					return what === undefined ? [] : [{line: 1, what}];
				})
			: [{line: 1, what: 'an archive that cannot be read'}];
	} catch {
		return [{line: 1, what: 'an archive that cannot be read'}];
	}
};
