/*
The verified copy against `kubectl cp`, and against `kubectl exec -- cat` with `sha256sum` on both sides, on the cluster
of KUBECONFIG: out of a pod and into it, on the bare link and on one of 100 Mbit/s with a round trip of 20 ms. Run `npm
run build` first, then `node bench/copy.ts`.

UNROOT_BENCH_IMAGE, UNROOT_BENCH_MIB (1024), UNROOT_BENCH_ROUNDS (5), UNROOT_BENCH_LINKS (`bare,shaped`).
*/
import {execFile, spawn} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {promisify} from 'node:util';

const run = promisify(execFile);
const {
	KUBECONFIG,
	UNROOT_BENCH_IMAGE: image = 'localhost/unroot-e2e/pingdirectory:2102',
	UNROOT_BENCH_MIB = '1024',
	UNROOT_BENCH_ROUNDS = '5',
	UNROOT_BENCH_LINKS = 'bare,shaped',
} = process.env;
const bytes = Number(UNROOT_BENCH_MIB) * 1024 * 1024;
const rounds = Number(UNROOT_BENCH_ROUNDS);
const namespace = 'unroot-bench-copy';
const pod = 'copy';
const remote = '/data/users.ldif';
const remoteIn = '/data/in.ldif';
const shape = {bitsPerSecond: 100_000_000, roundTripMilliseconds: 20};

type Measured = {
	readonly seconds: number;
	readonly isWhole: boolean;
	readonly ownMiB?: number | undefined;
	readonly kubectlMiB: number;
};
type Place = {readonly kubeconfig: string; readonly context: string};
type Way = {readonly name: string; readonly run: (place: Place) => Promise<Taken>};
/** What one run took; whether the copy is whole is looked at afterwards. */
type Taken = Omit<Measured, 'isWhole'>;

const say = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Peak memory of the kubectl processes below one, as Linux tells it. */
const kubectlPeak = async (parent: number): Promise<number> => {
	const {stdout} = await run('ps', ['-A', '-o', 'pid=,ppid=,comm=']).catch(() => ({stdout: ''}));
	const rows = stdout
		.trim()
		.split('\n')
		.map(row => row.trim().split(/\s+/v));
	const below = new Set([String(parent)]);
	for (const [pid = '', ppid = ''] of rows) {
		if (below.has(ppid)) {
			below.add(pid);
		}
	}

	const peaks = await Promise.all(
		rows
			.filter(([pid = '', , name = '']) => below.has(pid) && name.startsWith('kubectl'))
			.map(async ([pid]) => {
				const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
				return Number(/VmHWM:\s+(?<kib>\d+)/v.exec(status)?.groups?.kib ?? 0) / 1024;
			}),
	);
	return Math.max(0, ...peaks);
};

/** Runs a command to its end, and takes its time and the memory of the kubectl processes in it. */
const measure = async (
	command: string,
	argv: readonly string[],
	place: Place,
	onLine?: (line: string) => void,
): Promise<Taken> => {
	const begun = performance.now();
	const child = spawn(command, argv, {
		env: {...process.env, KUBECONFIG: place.kubeconfig},
		stdio: ['ignore', onLine ? 'pipe' : 'ignore', 'ignore'],
	});
	let kubectlMiB = 0;
	const timer = setInterval(() => {
		void kubectlPeak(child.pid ?? 0).then(peak => {
			kubectlMiB = Math.max(kubectlMiB, peak);
		});
	}, 500);
	if (child.stdout && onLine) {
		createInterface({input: child.stdout}).on('line', onLine);
	}

	const {promise, resolve} = Promise.withResolvers<void>();
	child.on('close', () => {
		resolve();
	});
	await promise;
	clearInterval(timer);

	return {seconds: (performance.now() - begun) / 1000, kubectlMiB};
};

const kubectl = async (place: Place, ...argv: readonly string[]): Promise<string> => {
	const {stdout} = await run('kubectl', ['--context', place.context, '--namespace', namespace, ...argv], {
		env: {...process.env, KUBECONFIG: place.kubeconfig},
		maxBuffer: 1e8,
	});
	return stdout;
};

const sh = async (script: string, place: Place, ...parameters: readonly string[]): Promise<Taken> =>
	measure(
		'bash',
		[
			'-o',
			'pipefail',
			'-c',
			`k() { kubectl --context "$1" --namespace ${namespace} "\${@:2}"; }; ${script}`,
			'bench',
			place.context,
			...parameters,
		],
		place,
	);

const ours = async (
	place: Place,
	direction: 'in' | 'out',
	local: string,
	streams: number,
	expected: readonly string[] = [],
): Promise<Taken> => {
	let last = '';
	const measured = await measure(
		process.execPath,
		[
			join(import.meta.dirname, 'copy-one.ts'),
			place.kubeconfig,
			place.context,
			namespace,
			pod,
			direction,
			direction === 'in' ? remoteIn : remote,
			local,
			String(streams),
			...expected,
		],
		place,
		line => {
			last = line;
		},
	);
	const {maxRssKiB = 0} = JSON.parse(last || '{}') as {readonly maxRssKiB?: number};
	return {...measured, ownMiB: maxRssKiB / 1024};
};

/** Time from the start of a second try to its first range that the first try did not have, and from the kill. */
const resume = async (place: Place, local: string): Promise<number> => {
	const argv = [
		join(import.meta.dirname, 'copy-one.ts'),
		place.kubeconfig,
		place.context,
		namespace,
		pod,
		'out',
		remote,
		local,
		'1',
	];
	let had = 0;
	const first = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'ignore']});
	for await (const line of createInterface({input: first.stdout})) {
		({verified: had} = JSON.parse(line) as {readonly verified: number});
		if (had >= bytes / 2) {
			break;
		}
	}

	const killed = performance.now();
	first.kill('SIGKILL');
	const second = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'ignore']});
	let seconds = NaN;
	for await (const line of createInterface({input: second.stdout})) {
		const {verified = 0} = JSON.parse(line) as {readonly verified?: number};
		if (verified > had && Number.isNaN(seconds)) {
			seconds = (performance.now() - killed) / 1000;
		}
	}

	return seconds;
};

const table = (title: string, ways: readonly Way[], results: ReadonlyMap<string, readonly Measured[]>): void => {
	say(
		`\n${title}: median seconds of ${rounds}, and its median ratio to kubectl cp in the same round; whole ` +
			'copies by the hash afterwards',
	);
	say('| way | seconds | least–most | ratio | whole copies | our MiB | kubectl MiB |\n|---|---|---|---|---|---|---|');
	const base = results.get(ways[0]?.name ?? '') ?? [];
	for (const {name} of ways) {
		const all = results.get(name) ?? [];
		const seconds = all.map(one => one.seconds);
		const ratio = median(seconds.map((one, index) => one / (base[index]?.seconds ?? NaN)));
		const own = Math.max(...all.map(one => one.ownMiB ?? 0));
		say(
			`| ${name} | ${median(seconds).toFixed(1)} | ` +
				`${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)} | ${ratio.toFixed(2)} | ` +
				`${all.filter(one => one.isWhole).length} of ${all.length} | ${own > 0 ? own.toFixed(0) : ''} | ` +
				`${Math.max(...all.map(one => one.kubectlMiB)).toFixed(0)} |`,
		);
	}
};

const compare = async (
	title: string,
	ways: readonly Way[],
	place: Place,
	check: () => Promise<boolean>,
): Promise<void> => {
	const results = new Map<string, Measured[]>();
	for (let round = 0; round < rounds; round += 1) {
		for (const {name, run: go} of ways) {
			const taken = await go(place);
			results.set(name, [...(results.get(name) ?? []), {...taken, isWhole: await check()}]);
		}
	}

	table(title, ways, results);
};

const podOf = () => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name: pod, namespace},
	spec: {
		terminationGracePeriodSeconds: 0,
		containers: [
			{
				name: 'main',
				image,
				imagePullPolicy: 'IfNotPresent',
				command: ['sh', '-c', 'while :; do sleep 60; done'],
				volumeMounts: [{name: 'data', mountPath: '/data'}],
				securityContext: {runAsUser: 0},
			},
		],
		volumes: [{name: 'data', emptyDir: {}}],
	},
});

const bench = async (folder: string, place: Place): Promise<void> => {
	const [local, copy] = [join(folder, 'users.ldif'), join(folder, 'copy.ldif')];
	const {stdout: printed} = await run(process.execPath, [
		join(import.meta.dirname, 'copy-data.ts'),
		local,
		String(bytes),
	]);
	const sha256 = printed.trim();
	await writeFile(join(folder, 'pod.json'), JSON.stringify(podOf()));
	await run('kubectl', ['--context', place.context, 'create', 'namespace', namespace], {
		env: {...process.env, KUBECONFIG: place.kubeconfig},
	});
	await kubectl(place, 'apply', '--filename', join(folder, 'pod.json'));
	await kubectl(place, 'wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=120s');
	await kubectl(place, 'cp', local, `${pod}:${remote}`);
	const tools = await kubectl(
		place,
		'exec',
		pod,
		'--',
		'sh',
		'-c',
		'for tool in openssl sha256sum gzip timeout; do command -v $tool; done; true',
	);
	say(`${bytes / 1024 / 1024} MiB of LDIF; in the pod (${image}): ${tools.trim().replaceAll('\n', ', ')}`);

	const out: readonly Way[] = [
		{name: 'kubectl cp (verifies nothing)', run: async at => sh('k "$1" cp "$2" "$3"', at, `${pod}:${remote}`, copy)},
		{
			name: 'exec cat, sha256sum on both sides',
			run: async at =>
				sh(
					`test "$(k "$1" exec ${pod} -- cat ${remote} | tee "$2" | sha256sum | cut -c1-64)" = "$(k "$1" exec ` +
						`${pod} -- sha256sum ${remote} | cut -c1-64)"`,
					at,
					copy,
				),
		},
		{name: 'unroot', run: async at => ours(at, 'out', copy, 1)},
		{
			name: 'unroot, hash of the whole known before',
			run: async at => ours(at, 'out', copy, 1, [sha256, String(bytes)]),
		},
		{name: 'unroot, 2 streams', run: async at => ours(at, 'out', copy, 2)},
	];
	const into: readonly Way[] = [
		{
			name: 'kubectl cp (verifies nothing)',
			run: async at => sh('k "$1" cp "$2" "$3"', at, local, `${pod}:${remoteIn}`),
		},
		{
			name: 'exec cat, sha256sum on both sides',
			run: async at =>
				sh(
					`k "$1" exec -i ${pod} -- sh -c 'cat >${remoteIn}; true' <"$2" && test "$(sha256sum "$2" | cut ` +
						`-c1-64)" = "$(k "$1" exec ${pod} -- sha256sum ${remoteIn} | cut -c1-64)"`,
					at,
					local,
				),
		},
		{name: 'unroot', run: async at => ours(at, 'in', local, 1)},
		{name: 'unroot, 2 streams', run: async at => ours(at, 'in', local, 2)},
	];
	const checkOut = async (): Promise<boolean> => {
		const {stdout} = await run('sha256sum', [copy]).catch(() => ({stdout: ''}));
		await rm(copy, {force: true});
		return stdout.startsWith(sha256);
	};

	const checkIn = async (): Promise<boolean> => {
		const stdout = await kubectl(place, 'exec', pod, '--', 'sh', '-c', `sha256sum ${remoteIn}; rm -f ${remoteIn}*`);
		return stdout.startsWith(sha256);
	};

	for (const link of UNROOT_BENCH_LINKS.split(',')) {
		const shaped = link === 'shaped' ? await shapedPlace(folder, place) : undefined;
		const title = shaped ? `${shape.bitsPerSecond / 1e6} Mbit/s, ${shape.roundTripMilliseconds} ms` : 'Bare link';
		await compare(`${title}, out of the pod`, out, shaped?.place ?? place, checkOut);
		await compare(`${title}, into the pod`, into, shaped?.place ?? place, checkIn);
		shaped?.close();
	}

	const seconds: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		seconds.push(await resume(place, copy));
		await rm(copy, {force: true});
	}

	say(
		`\nFrom SIGKILL half way to the first new verified range of the next try: ${median(seconds).toFixed(2)} s ` +
			`(median of ${rounds})`,
	);
};

const shapedPlace = async (
	folder: string,
	place: Place,
): Promise<{readonly place: Place; readonly close: () => void}> => {
	const config = JSON.parse(
		await kubectl(place, 'config', 'view', '--raw', '--minify', '--flatten', '--output', 'json'),
	) as {readonly clusters: ReadonlyArray<{readonly cluster: Record<string, unknown>}>};
	const [first] = config.clusters;
	const url = new URL(String(first?.cluster.server));
	const link = spawn(
		process.execPath,
		[
			join(import.meta.dirname, 'copy-link.ts'),
			url.hostname,
			url.port || '443',
			String(shape.bitsPerSecond),
			String(shape.roundTripMilliseconds),
		],
		{stdio: ['pipe', 'pipe', 'inherit']},
	);
	const {value: port} = await createInterface({input: link.stdout})[Symbol.asyncIterator]().next();
	const kubeconfig = join(folder, 'shaped.kubeconfig');
	const shaped = {
		...config,
		clusters: config.clusters.map(one => ({
			...one,
			cluster: {...one.cluster, server: `${url.protocol}//127.0.0.1:${port}`, 'tls-server-name': url.hostname},
		})),
	};
	await writeFile(kubeconfig, JSON.stringify(shaped), {mode: 0o600});
	return {place: {...place, kubeconfig}, close: () => link.stdin.end()};
};

const answers = async (): Promise<boolean> => {
	try {
		await run('kubectl', ['get', '--raw', '/readyz', '--request-timeout', '10s']);
		return true;
	} catch {
		return false;
	}
};

if (!KUBECONFIG) {
	say('copy: skipped, KUBECONFIG names no cluster');
} else if (await answers()) {
	const {stdout} = await run('kubectl', ['config', 'current-context']);
	const place = {kubeconfig: KUBECONFIG, context: stdout.trim()};
	const folder = await mkdtemp(join(tmpdir(), 'copy-bench-'));
	try {
		await bench(folder, place);
	} finally {
		await run('kubectl', ['delete', 'namespace', namespace, '--ignore-not-found', '--wait=true']);
		await rm(folder, {recursive: true, force: true});
	}
} else {
	say('copy: skipped, the cluster of KUBECONFIG does not answer');
}
