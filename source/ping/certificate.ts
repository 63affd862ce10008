import {Buffer} from 'node:buffer';

/** What opens a certificate in PEM. */
const opening = '-----BEGIN CERTIFICATE-----';

/** How PEM begins that is written in base64 once more: `-----BEGIN`. */
const twice = 'LS0tLS1CRUdJTi';

/** Tags of DER (ITU-T X.690, 8.1.2): a sequence, an integer, and the first of a sequence by its number. */
const [sequence, integer, first] = [0x30, 0x02, 0xa0];

/** Where the content of a value begins and ends; undefined where it is not of that tag or not whole. */
const valueAt = (
	bytes: Uint8Array,
	at: number,
	tag: number,
): {readonly begin: number; readonly end: number} | undefined => {
	const length = bytes[at + 1] ?? 0;
	const more = length > 0x80 ? length - 0x80 : 0;
	const size = more === 0 ? length : bytes.subarray(at + 2, at + 2 + more).reduce((sum, byte) => sum * 256 + byte, 0);
	const begin = at + 2 + more;
	return bytes[at] === tag && length !== 0x80 && more <= 4 && begin + size <= bytes.length
		? {begin, end: begin + size}
		: undefined;
};

/**
Whether bytes are one certificate and nothing else (RFC 5280, 4.1): a sequence whose first member is a sequence that
begins with its version and its number. A private key, and a store of keys, begin with a number.
*/
export const isCertificateInDer = (bytes: Uint8Array): boolean => {
	const whole = valueAt(bytes, 0, sequence);
	const content = whole && valueAt(bytes, whole.begin, sequence);
	const version = content && valueAt(bytes, content.begin, first);
	return (
		whole?.end === bytes.length &&
		version !== undefined &&
		valueAt(bytes, version.begin, integer)?.end === version.end &&
		valueAt(bytes, version.end, integer) !== undefined
	);
};

const block = /-----BEGIN (?<kind>CERTIFICATE|PUBLIC KEY)-----(?<body>[\s\w+\/=\\]+)-----END \k<kind>-----/gv;

const decoded = (body: string): Uint8Array => Buffer.from(body.replaceAll(/\\[nr]|\s/gv, ''), 'base64');

/** Whether a text is nothing but certificates and public keys in PEM. */
const isPublicPem = (text: string): boolean =>
	text.includes('-----BEGIN') &&
	text.replaceAll(block, '').replaceAll(/\\[nr]|\s/gv, '') === '' &&
	text
		.matchAll(block)
		.every(({groups}) =>
			groups?.kind === 'PUBLIC KEY' ? isPublicKey(groups.body ?? '') : isCertificateInDer(decoded(groups?.body ?? '')),
		);

/**
A public key is a sequence of its algorithm, which is a sequence, and the key, a string of bits (RFC 5280, 4.1.2.7).
*/
const isPublicKey = (body: string): boolean => {
	const bytes = decoded(body);
	const whole = valueAt(bytes, 0, sequence);
	const algorithm = whole && valueAt(bytes, whole.begin, sequence);
	return (
		whole?.end === bytes.length && algorithm !== undefined && valueAt(bytes, algorithm.end, 0x03)?.end === whole.end
	);
};

/** Whether a text is a certificate, or several, which are public, and nothing beside: in PEM, or in base64. */
export const isCertificate = (text: string): boolean => {
	const plain = text.trim();
	return plain.startsWith(opening) || plain.startsWith('-----BEGIN PUBLIC KEY-----')
		? isPublicPem(plain)
		: plain.startsWith(twice)
			? /^[\s\w+\/=]+$/v.test(plain) && isPublicPem(Buffer.from(plain, 'base64').toString('latin1'))
			: plain.startsWith('MII') && /^[\s\w+\/=]+$/v.test(plain) && isCertificateInDer(decoded(plain));
};
