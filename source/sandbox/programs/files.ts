import {isFileError} from '../files/file-error.js';
import {hasAnyBit, permissionsFor, places, withBits, withoutBits} from '../files/mode.js';
import {walk} from '../files/node.js';
import {baseName, withoutEndSlashes} from '../files/path.js';
import type {Call, Program, Programs} from '../pods/machine.js';
import {each} from './each.js';
import {readOptions, usageError} from './options.js';

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
	return each(
		call,
		options.rest,
		path => {
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
		},
		(path, text) => (text === 'Is a directory' ? `'${path}' is a directory` : `can't remove '${path}': ${text}`),
	);
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

const isFolder = (call: Call, path: string): boolean =>
	call.view.exists(path) && call.view.node(path).kind === 'folder';

const intoTarget =
	(move: (call: Call, from: string, to: string, has: (letter: string) => boolean) => void, verb: string): Program =>
	async call => {
		const options = readOptions(call.args, 'afnprRv');
		const target = options.rest.at(-1);
		if (target === undefined || options.rest.length < 2) {
			throw usageError('missing operand');
		}

		return each(
			call,
			options.rest.slice(0, -1),
			path => {
				move(call, path, isFolder(call, target) ? `${target}/${baseName(path)}` : target, options.has);
			},
			(path, text) => `can't ${verb} '${path}': ${text}`,
		);
	};

const permissionLetters: Readonly<Record<string, number>> = {r: 4, w: 2, x: 1};

const symbolic = (mode: number, text: string, isFolderMode: boolean): number => {
	let result = mode;
	for (const clause of text.split(',')) {
		const {
			who = '',
			operator,
			rights = '',
		} = /^(?<who>[agou]*)(?<operator>[+\-=])(?<rights>[Xrstwx]*)$/v.exec(clause)?.groups ?? {};
		if (operator === undefined) {
			throw usageError(`invalid mode '${text}'`);
		}

		const isExecutable = isFolderMode || hasAnyBit(mode, 0o111);
		const letters = new Set(rights.replace('X', () => (isExecutable ? 'x' : '')));
		const permissions = [...letters].reduce((sum, letter) => sum + (permissionLetters[letter] ?? 0), 0);
		const named = (Object.keys(places) as Array<keyof typeof places>).filter(
			place => who === '' || who.includes('a') || who.includes(place[0]!),
		);
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
	return each(
		call,
		paths,
		path => {
			for (const {path: below, node} of isRecursive
				? walk(call.view.node(path))
				: [{path: '', node: call.view.node(path)}]) {
				call.view.change(`${path}${below}`, {
					mode: /^[0-7]+$/v.test(mode) ? Number.parseInt(mode, 8) : symbolic(node.mode, mode, node.kind === 'folder'),
				});
			}
		},
		(path, text) => `${path}: ${text}`,
	);
};

let nextTemporary = 1;

/** Programs that make, change and remove files. */
export const filePrograms: Programs = {
	async basename({args, write}) {
		const [path = '', suffix = ''] = args;
		const base = baseName(path) || '/';
		await write(
			`${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}\n`,
		);
		return 0;
	},
	chmod,
	cp: intoTarget((call, from, to, has) => {
		copyOne(call, from, to, has('r') || has('R') || has('a'));
	}, 'copy'),
	async dirname({args, write}) {
		const cutPath = withoutEndSlashes(args[0] ?? '');
		const at = cutPath.lastIndexOf('/');
		await write(`${at === -1 ? '.' : cutPath.slice(0, at) || '/'}\n`);
		return 0;
	},
	async ln(call) {
		const options = readOptions(call.args, 'sfn');
		const [target = '', path = ''] = options.rest;
		if (!options.has('s')) {
			throw usageError('only symbolic links are made here: use -s');
		}

		return each(
			call,
			[path],
			() => {
				if (options.has('f') && call.view.exists(path)) {
					call.view.remove(path);
				}

				call.view.link(target, path);
			},
			(_path, text) => `${path}: ${text}`,
		);
	},
	async mkdir(call) {
		const options = readOptions(call.args, 'pm:');
		const mode = options.value('m');
		return each(
			call,
			options.rest,
			path => {
				call.view.makeFolder(path, {parents: options.has('p')});
				if (mode !== undefined) {
					call.view.change(path, {mode: Number.parseInt(mode, 8)});
				}
			},
			(path, text) => `can't create directory '${path}': ${text}`,
		);
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
		return each(
			call,
			options.rest,
			async path => {
				const node = call.view.node(path, {follow: options.has('f')});
				await call.write(`${options.has('f') || node.kind !== 'link' ? call.view.find(path).path : node.target}\n`);
			},
			(path, text) => `${path}: ${text}`,
		);
	},
	rm,
	async rmdir(call) {
		return each(
			call,
			readOptions(call.args, 'p').rest,
			path => {
				call.view.removeFolder(path);
			},
			(path, text) => `'${path}': ${text}`,
		);
	},
	async touch(call) {
		return each(
			call,
			readOptions(call.args, 'cd:mr:').rest,
			path => {
				if (call.view.exists(path)) {
					call.view.change(path, {time: Date.now()});
				} else {
					call.view.open(path, {write: true});
				}
			},
			(path, text) => `${path}: ${text}`,
		);
	},
};
