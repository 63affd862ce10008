import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';
import {extract} from 'tar-stream';
import {Failure} from '../failure/failure.js';

/** Files of a server profile by their path relative to its root, in order of path. */
export type ProfileTree = ReadonlyMap<string, Uint8Array>;

/** A pod may send anything: more than this is no server profile. */
const mostFiles = 5000;
const mostBytes = 256 * 1024 * 1024;

const hostile = (seen: string): Failure =>
	new Failure({
		code: 'profile-hostile',
		seen,
		means: 'The archive that came out of the pod is not a server profile. None of it was written.',
		todo: 'Look at what manage-profile made in the pod.',
		byHand: 'unroot resume',
	});

/**
The path inside the profile, or undefined for its root. Links, absolute paths and `..` are refused: a pod must not
choose where files go.
*/
const safePath = (name: string): string | undefined => {
	const parts = name.split('/').filter(part => part !== '' && part !== '.');
	if (name.startsWith('/') || parts.includes('..') || /[\0\\]/v.test(name)) {
		throw hostile(`The archive names the path «${name}», which leads out of the profile.`);
	}

	return parts.length === 0 ? undefined : parts.join('/');
};

/**
Reads the tar archive of a profile into memory; profiles are small. Nothing is written.
*/
export const readTree = async (archive: AsyncIterable<Uint8Array>): Promise<ProfileTree> => {
	const files = new Map<string, Uint8Array>();
	let bytes = 0;
	const entries = extract();
	Readable.from(archive)
		.on('error', error => {
			entries.destroy(error);
		})
		.pipe(entries);
	for await (const entry of entries) {
		const path = safePath(entry.header.name);
		if (entry.header.type !== 'file' && entry.header.type !== 'directory') {
			throw hostile(`The archive holds ${entry.header.name}, a ${entry.header.type ?? 'thing'} and not a file.`);
		}

		const chunks: Uint8Array[] = [];
		for await (const chunk of entry) {
			const part = chunk as Uint8Array;
			bytes += part.byteLength;
			if (bytes > mostBytes) {
				throw hostile(`The archive holds more than ${mostBytes} bytes.`);
			}

			chunks.push(part);
		}

		if (path !== undefined && entry.header.type === 'file') {
			files.set(path, Buffer.concat(chunks));
		}

		if (files.size > mostFiles) {
			throw hostile(`The archive holds more than ${mostFiles} files.`);
		}
	}

	return new Map([...files].toSorted(([one], [other]) => (one < other ? -1 : 1)));
};

/** The text of a file, or undefined where it is not text. */
export const decoded = (bytes: Uint8Array): string | undefined => {
	if (bytes.subarray(0, 8192).includes(0)) {
		return undefined;
	}

	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
	} catch {
		return undefined;
	}
};
