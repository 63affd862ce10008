import {execFileSync, spawnSync} from 'node:child_process';
import {cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {constants, setPriority, tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {randomFrom, sampled} from '../seeded.ts';
import {mutationsOf} from './generate.ts';
import {rooms, type Mutation, type Room} from './mutation.ts';
import {named} from './named.ts';
import {explained} from './survivors.ts';
import {createTestsOf} from './tests-of.ts';

/*
Puts small faults into a copy of the project, one at a time, and runs the tests that must notice: the named ones, and a
sample of those that can be generated, which is the same for the same seed. The checkout is never changed. Ends with 1
where a named one survives, or where fewer than nine in ten are noticed.

	npm run test:mutations -- --sample 50 --seed 1 --room directory
*/
const {values} = parseArgs({
	options: {
		sample: {type: 'string', default: '50'},
		seed: {type: 'string', default: '1'},
		room: {type: 'string', multiple: true, default: [...rooms]},
		file: {type: 'string', default: ''},
		'no-named': {type: 'boolean', default: false},
	},
});
const chosen = rooms.filter(room => values.room.includes(room));
const top = join(import.meta.dirname, '../..');
process.chdir(top);
setPriority(constants.priority.PRIORITY_LOW);

type Fault = Mutation & {readonly tests: readonly string[]; readonly isNamed: boolean};

const testsOf = createTestsOf();

const namedFaults = (): readonly Fault[] =>
	named.map(({from, ...fault}) => {
		const text = readFileSync(fault.file, 'utf8');
		const at = text.indexOf(from);
		if (at === -1 || text.includes(from, at + 1)) {
			throw new Error(`${fault.file} does not have the text of «${fault.harm}» exactly once: ${from}`);
		}

		return {...fault, from: at, to: at + from.length, isNamed: true};
	});

const generated = (room: Room): readonly Fault[] =>
	globSync(`source/${room}/**/*.ts`)
		.toSorted()
		.filter(file => file.includes(values.file))
		.flatMap(file => mutationsOf(file, readFileSync(file, 'utf8')))
		.map(mutation => ({...mutation, tests: testsOf(mutation.file, room), isNamed: false}));

const faults = [
	...(values['no-named'] ? [] : namedFaults()),
	...sampled(
		chosen.flatMap(room => generated(room)),
		Number(values.sample),
		randomFrom(Number(values.seed)),
	),
];
const copy = mkdtempSync(join(tmpdir(), 'unroot-mutations-'));

/** Whether one of the tests fails. A test that does not end has noticed something, too. */
const isNoticed = (tests: readonly string[], seconds: number): boolean => {
	if (tests.length === 0) {
		return false;
	}

	const {status} = spawnSync('npx', ['vitest', 'run', '--bail', '1', '--maxWorkers', '1', ...tests], {
		cwd: copy,
		stdio: 'ignore',
		timeout: seconds * 1000,
		killSignal: 'SIGKILL',
	});
	return status !== 0;
};

const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

try {
	for (const path of execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {encoding: 'utf8'})
		.trimEnd()
		.split('\n')) {
		cpSync(path, join(copy, path), {errorOnExist: false});
	}

	symlinkSync(join(top, 'node_modules'), join(copy, 'node_modules'));
	if (isNoticed([...new Set(faults.flatMap(({tests}) => tests))], 1800)) {
		throw new Error('These tests fail without any fault: nothing can be learnt from them.');
	}

	const survivors: Fault[] = [];
	for (const fault of faults) {
		const {file, harm, from, to, by, tests, isNamed} = fault;
		const text = readFileSync(join(copy, file), 'utf8');
		writeFileSync(join(copy, file), text.slice(0, from) + by + text.slice(to));
		const isKilled = isNoticed(tests, 240);
		writeFileSync(join(copy, file), text);
		const reason = explained.find(one => one.file === file && harm.includes(one.line))?.reason;
		if (!isKilled) {
			survivors.push(fault);
		}

		say(`${isKilled ? 'killed  ' : 'SURVIVED'} ${isNamed ? 'named ' : ''}${file}: ${harm}`);
		if (!isKilled && reason !== undefined) {
			say(`         which is known: ${reason}`);
		}
	}

	const killed = faults.length - survivors.length;
	const share = Math.round((killed / Math.max(faults.length, 1)) * 1000) / 10;
	say(`${killed} of ${faults.length} killed (${share} %), by --sample ${values.sample} --seed ${values.seed}`);
	if (killed < 0.9 * faults.length || survivors.some(({isNamed}) => isNamed)) {
		process.exitCode = 1;
	}
} finally {
	rmSync(copy, {recursive: true, force: true});
}
