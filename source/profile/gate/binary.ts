import {Buffer} from 'node:buffer';
import {findUserData} from '../../ldif/user-data.js';
import {isCertificate, isCertificateInDer} from '../../ping/certificate.js';
import {secretForm} from '../../ping/secret-values.js';
import type {Found} from './judge.js';

/**
How files begin that are pictures, letters and code, by the end of their names. Sources: PNG (W3C), JPEG (ITU-T T.81),
GIF89a, ICO, WebP, WOFF (W3C), OpenType, the Java virtual machine's specification.
*/
const beginnings: Readonly<Record<string, readonly string[]>> = {
	png: ['89504e470d0a1a0a'],
	jpg: ['ffd8ff'],
	jpeg: ['ffd8ff'],
	gif: ['474946383761', '474946383961'],
	ico: ['00000100'],
	webp: ['52494646'],
	woff: ['774f4646'],
	woff2: ['774f4632'],
	ttf: ['00010000', '74727565'],
	otf: ['4f54544f'],
	class: ['cafebabe'],
};

/**
Files that are no text and show something, or are code: each begins as its name says, and no secret or entry can be
read in it.
*/
export const readBinary = (path: string, content: Uint8Array): readonly Found[] => {
	const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
	const ending = path.split('.').at(-1)?.toLowerCase() ?? '';
	if (!beginnings[ending]?.some(beginning => bytes.subarray(0, 8).toString('hex').startsWith(beginning))) {
		return [{line: 1, what: 'a file that is not what its name says'}];
	}

	const text = bytes.toString('latin1');
	const what = secretForm(text) ?? findUserData(text)?.what;
	return what === undefined ? [] : [{line: 1, what}];
};

/** Certificates and public keys, in PEM or DER, and nothing beside them. */
export const readCertificate = (_path: string, content: Uint8Array): readonly Found[] =>
	isCertificateInDer(content) || isCertificate(Buffer.from(content).toString('latin1'))
		? []
		: [{line: 1, what: 'no certificate, or something beside it'}];

/** A file that is there so that its folder is. */
export const readNothing = (_path: string, content: Uint8Array): readonly Found[] =>
	content.length === 0 ? [] : [{line: 1, what: 'a file that is expected to be empty'}];
