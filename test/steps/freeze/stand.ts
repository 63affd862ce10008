import {createReader} from '../../../source/cluster/api/reader.js';
import {createKubectl} from '../../../source/cluster/kubectl/kubectl.js';
import {createPodShell} from '../../../source/cluster/kubectl/pod-shell.js';
import {withFreeze, withoutFreeze, type Freeze} from '../../../source/migration/freeze.js';
import type {Reporter, StepContext} from '../../../source/migration/step.js';
import type {Clock} from '../../../source/migration/world.js';
import type {FreezeNeeds} from '../../../source/steps/freeze/servers.js';
import {createFastClock} from '../../cluster/hand-clock.js';
import {withSandbox} from '../../cluster/sandbox-connection.js';

/** Steps' contexts on a sandbox with several replicas, whose freezes are folded as the journal's are. */
export const openStand = async (replicas = 2, clock: Clock = createFastClock()) => {
	const {connection, sandbox} = await withSandbox({replicas, backends: 2, entries: 10});
	const pods = createPodShell(connection);
	const kept: Array<string | undefined> = [];
	const lines: string[] = [];
	let freezes: readonly Freeze[] = [];
	let seconds = 0;
	const at = (): string => new Date(Date.UTC(2026, 0, 1, 3, 0, seconds++)).toISOString();
	const world = {
		pods,
		kubectl: createKubectl(connection),
		clock,
		cluster: createReader(connection, createFastClock()),
		hold: {
			async keep(why: string | undefined) {
				kept.push(why);
			},
		},
	};
	const reporter: Reporter = {
		progress() {
			/* nobody watches */
		},
		log(line) {
			lines.push(line);
		},
		async note() {
			/* nothing is kept */
		},
		async frozen(begun) {
			freezes = withFreeze(freezes, at(), begun);
		},
		async settle() {
			/* no file is made here */
		},
		async thawed(workload, how) {
			freezes = withoutFreeze(freezes, at(), workload, how);
		},
	};
	const names = Array.from({length: replicas}, (_, index) => `pingdirectory-${index}`);
	const run = async (pod: string, argv: readonly string[], input?: string) =>
		pods.run({pod, container: 'pingdirectory'}, argv, {...(input !== undefined && {input})});
	return {
		sandbox,
		kept,
		lines,
		reporter,
		world,
		names,
		run,
		freezes: () => freezes,
		context: (): StepContext<FreezeNeeds> => ({
			world,
			run: {id: 'r', folder: '/runs/r', mode: 'migrate', context: 'sandbox', namespace: 'identity', sandbox: false},
			answers: {},
			secrets: new Map(),
			outcomes: {
				inventory: {
					workload: {
						name: 'pingdirectory',
						kind: 'StatefulSet',
						container: 'pingdirectory',
						pods: names,
						ports: {LDAPS_PORT: 636},
					},
				},
			},
			attempts: 1,
			listed: [],
			notes: [],
			freezes,
			signal: new AbortController().signal,
		}),
		/** Writes as a client does. Gives what ldapmodify says. */
		async write(pod: string) {
			const {stdout, stderr} = await run(
				pod,
				['ldapmodify'],
				'dn: dc=example,dc=com\nchangetype: modify\nreplace: description\ndescription: a write\n',
			);
			return stdout + stderr;
		},
		/** What the workload says of a freeze. */
		async annotation(): Promise<Readonly<Record<string, unknown>> | undefined> {
			const object = await world.cluster.get('StatefulSet', 'pingdirectory');
			const text = object?.metadata.annotations?.['unroot/freeze'];
			return text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, unknown>>);
		},
	};
};
