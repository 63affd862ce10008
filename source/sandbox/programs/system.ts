import type {Program, Programs} from '../pods/machine.js';
import {nameOfGroup, nameOfUser} from './accounts.js';
import {readOptions, usageError} from './options.js';

const signals: Readonly<Record<string, number>> = {
	HUP: 1,
	INT: 2,
	KILL: 9,
	TERM: 15,
};

const signalOf = (text: string): number =>
	/^\d+$/v.test(text) ? Number(text) : (signals[text.replace(/^SIG/v, '')] ?? 15);

const kill: Program = async call => {
	let signal = 15;
	let targets = [...call.args];
	if (targets[0] === '-s') {
		signal = signalOf(targets[1] ?? '');
		targets = targets.slice(2);
	} else if (targets[0]?.startsWith('-')) {
		signal = signalOf(targets[0].slice(1));
		targets = targets.slice(1);
	}

	let status = 0;
	const pids = targets.filter(text => text !== '--');
	for (const target of pids) {
		const process = call.machine.processes.get(Number(target));
		if (!process) {
			await call.writeError(`sh: can't kill pid ${target}: No such process\n`);
			status = 1;
		} else if (signal !== 0) {
			process.kill(signal);
		}
	}

	return status;
};

const secondsOf = (text: string): number => {
	const {digits, unit = ''} = /^(?<digits>\d+(?:\.\d+)?|\.\d+)(?<unit>[dhms]?)$/v.exec(text)?.groups ?? {};
	if (digits === undefined) {
		throw usageError(`invalid number '${text}'`);
	}

	return (
		Number(digits) *
		{
			'': 1,
			s: 1,
			m: 60,
			h: 3600,
			d: 86_400,
		}[unit]!
	);
};

/** As BusyBox does it: the signal goes to the command alone, and the status is the command's own. */
const timeout: Program = async call => {
	let rest = [...call.args];
	let signal = 15;
	let killAfter: number | undefined;
	while (rest[0]?.startsWith('-')) {
		if (rest[0] === '-s') {
			signal = signalOf(rest[1] ?? '');
		} else if (rest[0] === '-k') {
			killAfter = secondsOf(rest[1] ?? '');
		} else {
			throw usageError(`unrecognized option: ${rest[0]}`);
		}

		rest = rest.slice(2);
	}

	const [duration = '', ...argv] = rest;
	if (argv.length === 0) {
		throw usageError('missing command');
	}

	const child = call.spawn(argv);
	const timer = setTimeout(
		() => {
			child.kill(signal);
		},
		secondsOf(duration) * 1000,
	);
	const last =
		killAfter === undefined
			? undefined
			: setTimeout(
					() => {
						child.kill(9);
					},
					(secondsOf(duration) + killAfter) * 1000,
				);
	timer.unref();
	last?.unref();
	try {
		return await child.ended;
	} finally {
		clearTimeout(timer);
		clearTimeout(last);
	}
};

const id: Program = async call => {
	const options = readOptions(call.args, 'ugnG');
	const {uid, gid, groups} = call.machine.credentials;
	const user = nameOfUser(call.view, uid);
	const all = [...new Set([gid, ...groups])];
	const named = (number: number, name: string): string => (name === String(number) ? name : `${number}(${name})`);
	if (options.has('u') && options.has('n') && user === String(uid)) {
		await call.complain(`unknown ID ${uid}`);
		return 1;
	}

	if (options.has('u')) {
		await call.write(`${options.has('n') ? user : uid}\n`);
	} else if (options.has('G')) {
		await call.write(`${all.join(' ')}\n`);
	} else if (options.has('g')) {
		await call.write(`${options.has('n') ? nameOfGroup(call.view, gid) : gid}\n`);
	} else {
		const groupNames = all.map(number => named(number, nameOfGroup(call.view, number))).join(',');
		await call.write(`uid=${named(uid, user)} gid=${named(gid, nameOfGroup(call.view, gid))} groups=${groupNames}\n`);
	}

	return 0;
};

const pad = (number: number): string => String(number).padStart(2, '0');

const date: Program = async call => {
	const format = call.args.find(arg => arg.startsWith('+'))?.slice(1) ?? '%a %b %d %H:%M:%S UTC %Y';
	const now = new Date();
	const values: Readonly<Record<string, string>> = {
		'%': '%',
		a: now.toUTCString().slice(0, 3),
		b: now.toUTCString().slice(8, 11),
		d: pad(now.getUTCDate()),
		F: now.toISOString().slice(0, 10),
		H: pad(now.getUTCHours()),
		M: pad(now.getUTCMinutes()),
		m: pad(now.getUTCMonth() + 1),
		N: String(now.getUTCMilliseconds() * 1_000_000).padStart(9, '0'),
		S: pad(now.getUTCSeconds()),
		s: String(Math.floor(now.getTime() / 1000)),
		T: now.toISOString().slice(11, 19),
		Y: String(now.getUTCFullYear()),
		y: String(now.getUTCFullYear()).slice(2),
		Z: 'UTC',
		z: '+0000',
	};
	await call.write(
		`${format.replaceAll(/%(?<letter>[%FHMNSTYZabdmsyz])/gv, (_, letter: string) => values[letter]!)}\n`,
	);
	return 0;
};

const env: Program = async call => {
	const environment = new Map(call.args[0] === '-i' ? [] : call.environment);
	let rest = call.args[0] === '-i' ? call.args.slice(1) : call.args;
	while (rest[0]?.includes('=')) {
		const [name = '', ...value] = rest[0].split('=');
		environment.set(name, value.join('='));
		rest = rest.slice(1);
	}

	if (rest.length > 0) {
		return call.become(rest, environment);
	}

	await call.write([...environment].map(([name, value]) => `${name}=${value}\n`).join(''));
	return 0;
};

/** Programs that tell of the machine and of processes. */
export const systemPrograms: Programs = {
	date,
	env,
	async hostname({machine, write}) {
		await write(`${machine.pod}\n`);
		return 0;
	},
	id,
	kill,
	nohup: async call => call.become(call.args),
	async printenv(call) {
		const [name] = call.args;
		if (name === undefined) {
			return env(call);
		}

		const value = call.environment.get(name);
		if (value === undefined) {
			return 1;
		}

		await call.write(`${value}\n`);
		return 0;
	},
	async ps({machine, write}) {
		await write('PID   USER     TIME  COMMAND\n');
		for (const {pid, command} of machine.processes.list()) {
			await write(`${String(pid).padStart(5)} ${String(machine.credentials.uid).padEnd(8)}  0:00 ${command}\n`);
		}

		return 0;
	},
	async sleep(call) {
		await call.sleep(call.args.reduce((sum, text) => sum + secondsOf(text), 0) * 1000);
		return 0;
	},
	sync: async () => 0,
	timeout,
	async uname({args, write, machine}) {
		const facts: Readonly<Record<string, string>> = {
			'-a': `Linux ${machine.pod} 5.15.0 #1 SMP x86_64 Linux`,
			'-m': 'x86_64',
			'-n': machine.pod,
			'-r': '5.15.0',
		};
		await write(`${facts[args[0] ?? ''] ?? 'Linux'}\n`);
		return 0;
	},
	async which({args, write, machine, environment, view}) {
		const [name = ''] = args;
		const path = machine.programs.has(name)
			? `/usr/bin/${name}`
			: (environment.get('PATH') ?? '')
					.split(':')
					.map(folder => `${folder}/${name}`)
					.find(candidate => view.exists(candidate));
		if (path === undefined) {
			return 1;
		}

		await write(`${path}\n`);
		return 0;
	},
	async whoami({machine, write}) {
		await write(`${machine.credentials.uid === 0 ? 'root' : machine.credentials.uid}\n`);
		return 0;
	},
};
