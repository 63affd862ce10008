import {may} from '../files/credentials.js';
import {hasBits} from '../files/mode.js';
import type {Node} from '../files/node.js';
import type {Program, Programs} from '../pods/machine.js';
import {matchesPattern} from '../shell/glob.js';
import {usageError} from './options.js';

type Seen = {readonly path: string; readonly name: string; readonly node: Node};
type Test = (seen: Seen) => boolean;

const types: Readonly<Record<string, ReadonlyArray<Node['kind']>>> = {
	d: ['folder'],
	f: ['file', 'virtual'],
	l: ['link'],
};

const compare = (value: number, text: string): boolean =>
	text.startsWith('+')
		? value > Number(text.slice(1))
		: text.startsWith('-')
			? value < Number(text.slice(1))
			: value === Number(text);

const makeTests: Readonly<Record<string, (value: string) => Test>> = {
	'-gid':
		value =>
		({node}) =>
			compare(node.gid, value),
	'-group':
		value =>
		({node}) =>
			node.gid === Number(value === 'root' ? 0 : value),
	'-name':
		value =>
		({name}) =>
			matchesPattern(name, value),
	'-path':
		value =>
		({path}) =>
			matchesPattern(path, value),
	'-perm':
		value =>
		({node}) =>
			value.startsWith('-')
				? hasBits(node.mode, Number.parseInt(value.slice(1), 8))
				: node.mode === Number.parseInt(value, 8),
	'-size':
		value =>
		({node}) =>
			compare(
				node.kind === 'file' ? (value.endsWith('c') ? node.content.size : Math.ceil(node.content.size / 512)) : 0,
				value.replace(/c$/v, ''),
			),
	'-type':
		value =>
		({node}) =>
			(types[value] ?? []).includes(node.kind),
	'-uid':
		value =>
		({node}) =>
			compare(node.uid, value),
	'-user':
		value =>
		({node}) =>
			node.uid === Number(value === 'root' ? 0 : value),
};

type Plan = {
	readonly evaluate: (seen: Seen, actions: {readonly print: () => void; readonly prune: () => void}) => boolean;
	readonly maxDepth: number;
	readonly minDepth: number;
	readonly oneFileSystem: boolean;
};

type Evaluate = Plan['evaluate'];

const readPlan = (words: readonly string[]): Plan => {
	let position = 0;
	let maxDepth = Infinity;
	let minDepth = 0;
	let oneFileSystem = false;
	let hasAction = false;
	const yes: Evaluate = () => true;

	const readPrimary = (): Evaluate => {
		const word = words[position++] ?? '';
		const value = (): string => {
			const next = words[position++];
			if (next === undefined) {
				throw usageError(`${word} needs a value`);
			}

			return next;
		};

		switch (word) {
			case '(': {
				const inner = readOr();
				position++;
				return inner;
			}

			case '!':
			case '-not': {
				const inner = readPrimary();
				return (seen, actions) => !inner(seen, actions);
			}

			case '-maxdepth': {
				maxDepth = Number(value());
				return yes;
			}

			case '-mindepth': {
				minDepth = Number(value());
				return yes;
			}

			case '-xdev':
			case '-mount': {
				oneFileSystem = true;
				return yes;
			}

			case '-print': {
				hasAction = true;
				return (_seen, actions) => {
					actions.print();
					return true;
				};
			}

			case '-prune': {
				return (_seen, actions) => {
					actions.prune();
					return true;
				};
			}

			default: {
				const make = makeTests[word];
				if (!make) {
					throw usageError(`unrecognized: ${word}`);
				}

				return make(value());
			}
		}
	};

	const readAnd = (): Evaluate => {
		let left = readPrimary();
		while (
			position < words.length &&
			words[position] !== ')' &&
			words[position] !== '-o' &&
			words[position] !== '-or'
		) {
			position += words[position] === '-a' ? 1 : 0;
			const before = left;
			const right = readPrimary();
			left = (seen, actions) => before(seen, actions) && right(seen, actions);
		}

		return left;
	};

	function readOr(): Evaluate {
		let left = readAnd();
		while (words[position] === '-o' || words[position] === '-or') {
			position++;
			const before = left;
			const right = readAnd();
			left = (seen, actions) => before(seen, actions) || right(seen, actions);
		}

		return left;
	}

	const expression = words.length === 0 ? yes : readOr();
	const evaluate: Evaluate = hasAction
		? expression
		: (seen, actions) => {
				const isMatch = expression(seen, actions);
				if (isMatch) {
					actions.print();
				}

				return isMatch;
			};

	return {
		evaluate,
		maxDepth,
		minDepth,
		oneFileSystem,
	};
};

const find: Program = async call => {
	const start = call.args.findIndex(arg => arg.startsWith('-') || arg === '(' || arg === '!');
	const paths = start === -1 ? call.args : call.args.slice(0, start);
	const plan = readPlan(start === -1 ? [] : call.args.slice(start));
	const lines: string[] = [];
	let status = 0;

	const visit = async (path: string, node: Node, depth: number): Promise<void> => {
		let isPruned = false;
		if (depth >= plan.minDepth) {
			plan.evaluate(
				{path, name: path.split('/').at(-1) ?? '', node},
				{
					print() {
						lines.push(path);
					},
					prune() {
						isPruned = true;
					},
				},
			);
		}

		if (isPruned || node.kind !== 'folder' || depth >= plan.maxDepth) {
			return;
		}

		if (!may(node, call.machine.credentials, 5)) {
			await call.complain(`${path}: Permission denied`);
			status = 1;
			return;
		}

		for (const name of call.view.list(path)) {
			const below = path === '/' ? `/${name}` : `${path}/${name}`;
			const isMount = call.machine.tree.has(call.view.absolute(below));
			if (!(isMount && plan.oneFileSystem)) {
				await visit(below, call.view.node(below, {follow: false}), depth + 1);
			}
		}
	};

	for (const path of paths.length > 0 ? paths : ['.']) {
		if (call.view.exists(path)) {
			await visit(path, call.view.node(path, {follow: false}), 0);
		} else {
			await call.complain(`${path}: No such file or directory`);
			status = 1;
		}
	}

	await call.write(lines.map(line => `${line}\n`).join(''));
	return status;
};

export const findPrograms: Programs = {find};
