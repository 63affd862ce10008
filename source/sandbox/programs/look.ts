import {hasBits} from '../files/mode.js';
import {sizeOf, walk, type Node} from '../files/node.js';
import {blocksOf} from '../files/volume.js';
import type {Program, Programs} from '../pods/machine.js';
import {nameOfUser} from './accounts.js';
import {each} from './each.js';
import {readOptions} from './options.js';

const kinds: Readonly<Record<Node['kind'], {readonly letter: string; readonly text: string}>> = {
	device: {letter: 'c', text: 'character special file'},
	file: {letter: '-', text: 'regular file'},
	folder: {letter: 'd', text: 'directory'},
	link: {letter: 'l', text: 'symbolic link'},
	virtual: {letter: '-', text: 'regular empty file'},
};

const modeText = ({kind, mode}: Node): string => {
	const letters = [...'rwxrwxrwx'].map((letter, index) => (hasBits(mode, 2 ** (8 - index)) ? letter : '-'));
	const special = [
		[0o4000, 2, 's'],
		[0o2000, 5, 's'],
		[0o1000, 8, 't'],
	] as const;
	for (const [bit, place, letter] of special) {
		if (hasBits(mode, bit)) {
			letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
		}
	}

	return kinds[kind].letter + letters.join('');
};

const byteSize = (node: Node): number => (node.kind === 'link' ? node.target.length : sizeOf(node));

const stat: Program = async call => {
	const options = readOptions(call.args, 'c:L');
	const format = options.value('c') ?? '%n';
	return each(
		call,
		options.rest,
		async path => {
			const node = call.view.node(path, {follow: options.has('L')});
			const seconds = Math.floor(node.changed / 1000);
			const values: Readonly<Record<string, string>> = {
				'%': '%',
				A: modeText(node),
				a: node.mode.toString(8),
				F: node.kind === 'file' && node.content.size === 0 ? 'regular empty file' : kinds[node.kind].text,
				G: String(node.gid),
				g: String(node.gid),
				h: '1',
				n: path,
				s: String(byteSize(node)),
				U: nameOfUser(call.view, node.uid),
				u: String(node.uid),
				X: String(seconds),
				Y: String(seconds),
				Z: String(seconds),
			};
			await call.write(
				`${format.replaceAll(/%(?<letter>[%AFGUXYZaghnsu])/gv, (_, letter: string) => values[letter]!)}\n`,
			);
		},
		(path, text) => `can't stat '${path}': ${text}`,
	);
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
		await call.write(
			`${modeText(node)} ${'1'.padStart(4)} ${user.padEnd(8)} ${String(node.gid).padEnd(8)} ` +
				`${String(byteSize(node)).padStart(9)} ${time} ${name}${link}\n`,
		);
	};

	const showFolder = async (path: string): Promise<void> => {
		for (const name of call.view.list(path)) {
			if (!name.startsWith('.') || options.has('a') || options.has('A')) {
				await show(name, call.view.node(`${path}/${name}`, {follow: false}));
			}
		}
	};

	const paths = options.rest.length > 0 ? options.rest : ['.'];
	return each(
		call,
		paths,
		async path => {
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
		},
		(path, text) => `${path}: ${text}`,
	);
};

const du: Program = async call => {
	const options = readOptions(call.args, 'skahm');
	return each(
		call,
		options.rest.length > 0 ? options.rest : ['.'],
		async path => {
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
		},
		(path, text) => `${path}: ${text}`,
	);
};

const df: Program = async call => {
	const options = readOptions(call.args, 'Pkh');
	const paths = options.rest.length > 0 ? options.rest : call.machine.tree.keys().toArray();
	await call.write('Filesystem           1024-blocks    Used Available Capacity Mounted on\n');
	return each(
		call,
		paths,
		async path => {
			const {mount} = call.view.find(path);
			const {volume} = mount;
			call.view.node(path);
			const total = Math.floor(volume.capacity / 1024);
			const free = Math.floor(Math.max(0, volume.limit - volume.used) / 1024);
			const used = total - free;
			await call.write(
				`${`/dev/${volume.name}`.slice(0, 20).padEnd(20)} ${String(total).padStart(11)} ` +
					`${String(used).padStart(7)} ${String(free).padStart(9)} ` +
					`${String(Math.ceil((used / total) * 100)).padStart(7)}% ${mount.path}\n`,
			);
		},
		(path, text) => `${path}: can't find mount point: ${text}`,
	);
};

/** Programs that look at files and at what they take. */
export const lookPrograms: Programs = {
	df,
	du,
	ls,
	stat,
};
