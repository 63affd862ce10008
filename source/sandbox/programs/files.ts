import {baseName, withoutEndSlashes} from '../files/path.js';
import {
	hasAnyBit,
	hasBits,
	permissionsFor,
	places,
	withBits,
	withoutBits,
} from '../files/mode.js';
import {sizeOf, walk, type Node} from '../files/node.js';
import {isFileError} from '../files/file-error.js';
import {blocksOf} from '../files/volume.js';
import {nameOfUser} from './accounts.js';
import type {Call, Program, Programs} from './call.js';
import {readOptions, usageError} from './options.js';

/** Does something with each path; an error of a file is told with what was tried, and makes the status 1. */
const each = async (call: Call, paths: readonly string[], body: (path: string) => Promise<void> | void, tried: (path: string, text: string) => string): Promise<number> => {
	let status = 0;
	for (const path of paths) {
		try {
			await body(path);
		} catch (error) {
			if (!isFileError(error)) {
				throw error;
			}

			await call.complain(tried(path, error.message));
			status = 1;
		}
	}

	return status;
};

const kinds: Readonly<Record<Node['kind'], {readonly letter: string; readonly text: string}>> = {
	device: {letter: 'c', text: 'character special file'},
	file: {letter: '-', text: 'regular file'},
	folder: {letter: 'd', text: 'directory'},
	link: {letter: 'l', text: 'symbolic link'},
	virtual: {letter: '-', text: 'regular empty file'},
};

const modeText = ({kind, mode}: Node): string => {
	const letters = [...'rwxrwxrwx'].map((letter, index) => hasBits(mode, 2 ** (8 - index)) ? letter : '-');
	const special = [[0o4000, 2, 's'], [0o2000, 5, 's'], [0o1000, 8, 't']] as const;
	for (const [bit, place, letter] of special) {
		if (hasBits(mode, bit)) {
			letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
		}
	}

	return kinds[kind].letter + letters.join('');
};

const byteSize = (node: Node): number => node.kind === 'link' ? node.target.length : sizeOf(node);

const stat: Program = async call => {
	const options = readOptions(call.args, 'c:L');
	const format = options.value('c') ?? '%n';
	return each(call, options.rest, async path => {
		const node = call.view.node(path, {follow: options.has('L')});
		const seconds = Math.floor(node.changed / 1000);
		const values: Readonly<Record<string, string>> = {
			'%': '%', A: modeText(node), a: node.mode.toString(8), F: node.kind === 'file' && node.content.size === 0 ? 'regular empty file' : kinds[node.kind].text, G: String(node.gid), g: String(node.gid), h: '1', n: path, s: String(byteSize(node)), U: nameOfUser(call.view, node.uid), u: String(node.uid), X: String(seconds), Y: String(seconds), Z: String(seconds),
		};
		await call.write(`${format.replaceAll(/%(?<letter>[%AFGUXYZaghnsu])/gv, (_, letter: string) => values[letter]!)}\n`);
	}, (path, text) => `can't stat '${path}': ${text}`);
};

const ls: Program = async call => {
	const options = readOptions(call.args, '1aAdlnRFt');
	const show = async (name: string, node: Node): Promise<void> => {
		if (!options.has('l') && !options.has('n')) {
			await call.write(`${name}\n`);
			return;
		}

		const time = new Date(node.changed).toISOString().slice(0, 16).replace('T', ' ');
		const link = node.kind === 'link' ? ` -> ${node.target}` : '';
		const user = options.has('n') ? String(node.uid) : nameOfUser(call.view, node.uid);
		await call.write(`${modeText(node)} ${'1'.padStart(4)} ${user.padEnd(8)} ${String(node.gid).padEnd(8)} ${String(byteSize(node)).padStart(9)} ${time} ${name}${link}\n`);
	};

	const showFolder = async (path: string): Promise<void> => {
		for (const name of call.view.list(path)) {
			if (!name.startsWith('.') || options.has('a') || options.has('A')) {
				await show(name, call.view.node(`${path}/${name}`, {follow: false}));
			}
		}
	};

	const paths = options.rest.length > 0 ? options.rest : ['.'];
	return each(call, paths, async path => {
		const node = call.view.node(path);
		if (node.kind !== 'folder' || options.has('d')) {
			await show(path, node);
			return;
		}

		if (paths.length > 1 || options.has('R')) {
			await call.write(`${path}:\n`);
		}

		await showFolder(path);
		for (const {path: below, node: child} of options.has('R') ? walk(node) : []) {
			if (below === '' || child.kind !== 'folder') {
				continue;
			}

			await call.write(`\n${path}${below}:\n`);
			await showFolder(`${path}${below}`);
		}
	}, (path, text) => `${path}: ${text}`);
};

const removeAll = (call: Call, path: string): void => {
	const node = call.view.node(path, {follow: false});
	if (node.kind !== 'folder') {
		call.view.remove(path);
		return;
	}

	for (const name of call.view.list(path)) {
		removeAll(call, `${path}/${name}`);
	}

	call.view.removeFolder(path);
};

const rm: Program = async call => {
	const options = readOptions(call.args, 'frR');
	return each(call, options.rest, path => {
		try {
			if (options.has('r') || options.has('R')) {
				removeAll(call, withoutEndSlashes(path));
			} else {
				call.view.remove(path);
			}
		} catch (error) {
			if (!(options.has('f') && isFileError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))) {
				throw error;
			}
		}
	}, (path, text) => text === 'Is a directory' ? `'${path}' is a directory` : `can't remove '${path}': ${text}`);
};

const copyOne = (call: Call, from: string, to: string, isDeep: boolean): void => {
	const {view} = call;
	const node = view.node(from);
	if (node.kind === 'folder') {
		if (!isDeep) {
			throw usageError(`omitting directory '${from}'`);
		}

		if (!view.exists(to)) {
			view.makeFolder(to, {mode: node.mode});
		}

		for (const name of view.list(from)) {
			copyOne(call, `${from}/${name}`, `${to}/${name}`, isDeep);
		}

		return;
	}

	const source = view.open(from, {read: true});
	const target = view.open(to, {write: true, truncate: true, mode: node.mode});
	for (const piece of source.readAt(0)) {
		target.writeAt(target.size(), piece);
	}
};

const isFolder = (call: Call, path: string): boolean => call.view.exists(path) && call.view.node(path).kind === 'folder';

const intoTarget = (move: (call: Call, from: string, to: string, has: (letter: string) => boolean) => void, verb: string): Program => async call => {
	const options = readOptions(call.args, 'afnprRv');
	const target = options.rest.at(-1);
	if (target === undefined || options.rest.length < 2) {
		throw usageError('missing operand');
	}

	return each(call, options.rest.slice(0, -1), path => {
		move(call, path, isFolder(call, target) ? `${target}/${baseName(path)}` : target, options.has);
	}, (path, text) => `can't ${verb} '${path}': ${text}`);
};

const permissionLetters: Readonly<Record<string, number>> = {r: 4, w: 2, x: 1};

const symbolic = (mode: number, text: string, isFolderMode: boolean): number => {
	let result = mode;
	for (const clause of text.split(',')) {
		const {who = '', operator, rights = ''} = /^(?<who>[agou]*)(?<operator>[+\-=])(?<rights>[Xrstwx]*)$/v.exec(clause)?.groups ?? {};
		if (operator === undefined) {
			throw usageError(`invalid mode '${text}'`);
		}

		const isExecutable = isFolderMode || hasAnyBit(mode, 0o111);
		const letters = new Set(rights.replace('X', () => isExecutable ? 'x' : ''));
		const permissions = [...letters].reduce((sum, letter) => sum + (permissionLetters[letter] ?? 0), 0);
		const named = (Object.keys(places) as Array<keyof typeof places>).filter(place => who === '' || who.includes('a') || who.includes(place[0]!));
		for (const place of named) {
			const bits = permissionsFor(permissions, place);
			const base = operator === '=' ? withoutBits(result, permissionsFor(7, place)) : result;
			result = operator === '-' ? withoutBits(result, bits) : withBits(base, bits);
		}
	}

	return result;
};

const chmod: Program = async call => {
	const isRecursive = call.args.includes('-R');
	const [mode = '', ...paths] = call.args.filter(arg => arg !== '-R');
	return each(call, paths, path => {
		for (const {path: below, node} of isRecursive ? walk(call.view.node(path)) : [{path: '', node: call.view.node(path)}]) {
			call.view.change(`${path}${below}`, {mode: /^[0-7]+$/v.test(mode) ? Number.parseInt(mode, 8) : symbolic(node.mode, mode, node.kind === 'folder')});
		}
	}, (path, text) => `${path}: ${text}`);
};

const du: Program = async call => {
	const options = readOptions(call.args, 'skahm');
	return each(call, options.rest.length > 0 ? options.rest : ['.'], async path => {
		const sum = (node: Node): number => walk(node).reduce((blocks, {node: child}) => blocks + blocksOf(child), 0);
		const top = call.view.node(path);
		if (!options.has('s')) {
			for (const {path: below, node} of [...walk(top)].toReversed()) {
				if (below !== '' && (node.kind === 'folder' || options.has('a'))) {
					await call.write(`${sum(node)}\t${path}${below}\n`);
				}
			}
		}

		await call.write(`${sum(top)}\t${path}\n`);
	}, (path, text) => `${path}: ${text}`);
};

const df: Program = async call => {
	const options = readOptions(call.args, 'Pkh');
	const paths = options.rest.length > 0 ? options.rest : call.machine.tree.keys().toArray();
	await call.write('Filesystem           1024-blocks    Used Available Capacity Mounted on\n');
	return each(call, paths, async path => {
		const {mount} = call.view.find(path);
		const {volume} = mount;
		call.view.node(path);
		const total = Math.floor(volume.capacity / 1024);
		const free = Math.floor(Math.max(0, volume.limit - volume.used) / 1024);
		const used = total - free;
		await call.write(`${`/dev/${volume.name}`.slice(0, 20).padEnd(20)} ${String(total).padStart(11)} ${String(used).padStart(7)} ${String(free).padStart(9)} ${String(Math.ceil(used / total * 100)).padStart(7)}% ${mount.path}\n`);
	}, (path, text) => `${path}: can't find mount point: ${text}`);
};

let nextTemporary = 1;

/** Programs that look at files and change them. */
export const filePrograms: Programs = {
	async basename({args, write}) {
		const [path = '', suffix = ''] = args;
		const base = baseName(path) || '/';
		await write(`${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`);
		return 0;
	},
	chmod,
	cp: intoTarget((call, from, to, has) => {
		copyOne(call, from, to, has('r') || has('R') || has('a'));
	}, 'copy'),
	df,
	async dirname({args, write}) {
		const cutPath = withoutEndSlashes(args[0] ?? '');
		const at = cutPath.lastIndexOf('/');
		await write(`${at === -1 ? '.' : (cutPath.slice(0, at) || '/')}\n`);
		return 0;
	},
	du,
	async ln(call) {
		const options = readOptions(call.args, 'sfn');
		const [target = '', path = ''] = options.rest;
		if (!options.has('s')) {
			throw usageError('only symbolic links are made here: use -s');
		}

		return each(call, [path], () => {
			if (options.has('f') && call.view.exists(path)) {
				call.view.remove(path);
			}

			call.view.link(target, path);
		}, (_path, text) => `${path}: ${text}`);
	},
	ls,
	async mkdir(call) {
		const options = readOptions(call.args, 'pm:');
		const mode = options.value('m');
		return each(call, options.rest, path => {
			call.view.makeFolder(path, {parents: options.has('p')});
			if (mode !== undefined) {
				call.view.change(path, {mode: Number.parseInt(mode, 8)});
			}
		}, (path, text) => `can't create directory '${path}': ${text}`);
	},
	async mktemp(call) {
		const options = readOptions(call.args, 'dp:tu');
		const template = options.rest[0] ?? `${options.value('p') ?? '/tmp'}/tmp.XXXXXX`;
		const path = template.replace(/(?<!X)X+$/v, found => (nextTemporary++).toString(36).padStart(found.length, '0'));
		if (options.has('d')) {
			call.view.makeFolder(path, {mode: 0o700});
		} else {
			call.view.write(path, '', 0o600);
		}

		await call.write(`${path}\n`);
		return 0;
	},
	mv: intoTarget((call, from, to) => {
		call.view.rename(from, to);
	}, 'rename'),
	async readlink(call) {
		const options = readOptions(call.args, 'f');
		return each(call, options.rest, async path => {
			const node = call.view.node(path, {follow: options.has('f')});
			await call.write(`${options.has('f') || node.kind !== 'link' ? call.view.find(path).path : node.target}\n`);
		}, (path, text) => `${path}: ${text}`);
	},
	rm,
	async rmdir(call) {
		return each(call, readOptions(call.args, 'p').rest, path => {
			call.view.removeFolder(path);
		}, (path, text) => `'${path}': ${text}`);
	},
	stat,
	async touch(call) {
		return each(call, readOptions(call.args, 'cd:mr:').rest, path => {
			if (call.view.exists(path)) {
				call.view.change(path, {time: Date.now()});
			} else {
				call.view.open(path, {write: true});
			}
		}, (path, text) => `${path}: ${text}`);
	},
};
