import {Buffer} from 'node:buffer';
import {crc32} from 'node:zlib';

/** Bytes of a record: each number with how many bytes it takes, little-endian. */
const record = (...fields: ReadonlyArray<readonly [value: number, bytes: 2 | 4]>): Buffer =>
	Buffer.concat(
		fields.map(([value, bytes]) => {
			const field = Buffer.alloc(bytes);
			field.writeUIntLE(value, 0, bytes);
			return field;
		}),
	);

/** A zip archive of files that are stored as they are (APPNOTE.TXT of PKWARE, 4.3). */
export const zipOf = (files: ReadonlyArray<{readonly path: string; readonly bytes: Uint8Array}>): Buffer => {
	const entries: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const {path, bytes} of files) {
		const name = Buffer.from(path);
		// Version 2.0, no flags, stored, the first of January 1980.
		const common = record(
			[20, 2],
			[0, 2],
			[0, 2],
			[0, 2],
			[0x21, 2],
			[crc32(bytes), 4],
			[bytes.length, 4],
			[bytes.length, 4],
			[name.length, 2],
			[0, 2],
		);
		const entry = Buffer.concat([record([0x04_03_4b_50, 4]), common, name, bytes]);
		directory.push(
			record([0x02_01_4b_50, 4], [20, 2]),
			common,
			record([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
			name,
		);
		entries.push(entry);
		offset += entry.length;
	}

	const list = Buffer.concat(directory);
	const end = record(
		[0x06_05_4b_50, 4],
		[0, 2],
		[0, 2],
		[files.length, 2],
		[files.length, 2],
		[list.length, 4],
		[offset, 4],
		[0, 2],
	);
	return Buffer.concat([...entries, list, end]);
};
