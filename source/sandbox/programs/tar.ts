import {Buffer} from 'node:buffer';
import {once} from 'node:events';
import {extract, pack, type Pack} from 'tar-stream';
import {isFileError} from '../files/file-error.js';
import type {Node} from '../files/node.js';
import {withoutEndSlashes} from '../files/path.js';
import type {Call, Program, Programs} from '../pods/machine.js';
import {openInput} from './input.js';
import {usageError} from './options.js';

type Wish = {mode?: 'c' | 't' | 'x'; file: string; folder: string; readonly paths: string[]};

const readLetter = (wish: Wish, letter: string, rest: string[]): void => {
	switch (letter) {
		case 'c':
		case 'x':
		case 't': {
			wish.mode = letter;

			break;
		}

		case 'f': {
			wish.file = rest.shift() ?? '-';

			break;
		}

		case 'C': {
			wish.folder = rest.shift() ?? '.';

			break;
		}

		default: {
			if (!'mpvoh'.includes(letter)) {
				throw usageError(`unrecognized option: ${letter}`);
			}
		}
	}
};

const readWish = (args: readonly string[]): Wish => {
	const wish: Wish = {file: '-', folder: '.', paths: []};
	const rest = [...args];
	if (rest[0] && !rest[0].startsWith('-')) {
		rest[0] = `-${rest[0]}`;
	}

	for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
		if (word === '-' || !word.startsWith('-')) {
			wish.paths.push(word);
			continue;
		}

		for (const letter of word.slice(1)) {
			readLetter(wish, letter, rest);
		}
	}

	return wish;
};

const add = async (call: Call, archive: Pack, path: string, name: string, node: Node): Promise<void> => {
	const header = {
		name,
		mode: node.mode,
		uid: node.uid,
		gid: node.gid,
		mtime: new Date(node.changed),
	};
	if (node.kind === 'folder') {
		archive.entry({...header, name: `${name}/`, type: 'directory'});
		for (const child of call.view.list(path)) {
			const below = `${path}/${child}`;
			await add(call, archive, below, `${name}/${child}`, call.view.node(below, {follow: false}));
		}
	} else if (node.kind === 'link') {
		archive.entry({...header, type: 'symlink', linkname: node.target});
	} else {
		const file = call.view.open(path, {read: true});
		const entry = archive.entry({...header, size: file.size()});
		for (const piece of file.readAt(0, file.size())) {
			if (!entry.write(Buffer.from(piece))) {
				await call.process.interruptible(once(entry, 'drain'));
			}
		}

		entry.end(null);
	}
};

const create = async (call: Call, {file, folder, paths}: Wish): Promise<number> => {
	const archive = pack();
	let status = 0;
	const filled = (async () => {
		for (const given of paths) {
			const path = given.startsWith('/') ? given : `${folder}/${given}`;
			try {
				if (given.startsWith('/')) {
					await call.writeError("tar: removing leading '/' from member names\n");
				}

				await add(
					call,
					archive,
					withoutEndSlashes(path) || '/',
					withoutEndSlashes(given.replace(/^\/+/v, '')),
					call.view.node(path, {follow: false}),
				);
			} catch (error) {
				if (!isFileError(error)) {
					throw error;
				}

				await call.complain(`${given}: ${error.message}`);
				status = 1;
			}
		}

		if (status !== 0) {
			await call.complain('error exit delayed from previous errors');
		}

		archive.finalize();
	})();
	const target = file === '-' ? undefined : call.view.open(file, {write: true, truncate: true});
	for await (const chunk of archive as AsyncIterable<Uint8Array>) {
		if (target) {
			target.writeAt(target.size(), chunk);
		} else {
			await call.write(chunk);
		}
	}

	await filled;
	return status;
};

const read = async (call: Call, {file, folder, mode}: Wish): Promise<number> => {
	const archive = extract();
	const fed = (async () => {
		try {
			for await (const chunk of openInput(call, file)) {
				if (!archive.write(Buffer.from(chunk))) {
					await call.process.interruptible(once(archive, 'drain'));
				}
			}

			archive.end(null);
		} catch (error) {
			archive.destroy(error instanceof Error ? error : new Error(String(error)));
		}
	})();
	let status = 0;
	try {
		for await (const entry of archive) {
			const {name, type, mode: bits, linkname} = entry.header;
			const path = `${folder}/${name}`;
			if (mode === 't') {
				await call.write(`${name}\n`);
				entry.resume();
			} else if (type === 'directory') {
				call.view.makeFolder(path, {parents: true, mode: bits});
				entry.resume();
			} else if (type === 'symlink') {
				call.view.link(linkname ?? '', path);
				entry.resume();
			} else {
				call.view.makeFolder(path.slice(0, path.lastIndexOf('/')), {parents: true});
				const target = call.view.open(path, {write: true, truncate: true, mode: bits});
				for await (const chunk of entry as AsyncIterable<Uint8Array>) {
					target.writeAt(target.size(), chunk);
				}
			}
		}
	} catch (error) {
		await call.complain(
			error instanceof Error && error.message === 'Unexpected end of data'
				? 'short read'
				: error instanceof Error
					? error.message
					: String(error),
		);
		status = 1;
	}

	await fed;
	return status;
};

const tar: Program = async call => {
	const wish = readWish(call.args);
	if (wish.mode === undefined) {
		throw usageError('must specify one of -c -x -t');
	}

	return wish.mode === 'c' ? create(call, wish) : read(call, wish);
};

export const tarPrograms: Programs = {tar};
