import type {Backend} from '../directory/backends.js';
import {converge, notConverged} from '../directory/converge.js';
import {readData} from '../directory/data.js';
import {exportAbilities, exportBackend, exportWords, type Encryption} from '../directory/export.js';
import type {DirectoryServer} from '../directory/server.js';
import {countEntries, putSecret, readSpace, removeRemote, type Space} from '../directory/volume.js';
import {readWriteState} from '../directory/writability.js';
import {Failure} from '../failure/failure.js';
import {freezeOf, frozenNow} from '../migration/freeze.js';
import type {Evidence, Reporter, Step, StepContext} from '../migration/step.js';
import {bytesText} from '../migration/words/figures.js';
import {beginFreeze, freezeCommands, frozenMode} from './freeze/begin.js';
import {liftFreeze} from './freeze/lift.js';
import {oldServers, oldWorkloadOf, type FreezeNeeds} from './freeze/servers.js';
import {asOutcome, outcomeIfAny, outcomeOf, type ExportedFile} from './outcomes.js';
import {encryptionQuestion, passphraseQuestion} from './questions/export.js';
import {judgeSecretFile} from './questions/paths.js';
import {remoteFiles} from './run/remote-files.js';
import {settlePods} from './run/settle.js';
import {countText, noteText} from './run/words.js';
import {freezeQuestion, isToFreeze} from './servers/freeze.js';
import {lookingOnce} from './servers/look-once.js';
import {oldServer} from './servers/old-server.js';
import {holdsDirectoryData} from './servers/products.js';
import {isFreshTry, isToolFailure, watchWith} from './servers/tries.js';

type Needs = FreezeNeeds | 'files' | 'transfer';

/** A plain export can be larger than the databases; as long as nobody has measured, this much of them must be free. */
const spaceFactor = 1.5;

const filesOf = (context: Pick<StepContext<Needs>, 'run'>) => remoteFiles(context.run.id);

const encryptionOf = (context: StepContext<Needs>): Encryption =>
	context.answers.encryption === 'passphrase'
		? {kind: 'passphrase', remoteFile: filesOf(context).passphrase}
		: {kind: 'none'};

const tooSmall = (context: StepContext<Needs>, space: Space): Failure =>
	new Failure({
		code: 'no-space-in-pod',
		seen: `${bytesText(space.free)} are free below /opt/out of ${oldServer(context).target.pod}; the databases take ${bytesText(space.database)}.`,
		means: 'The export might not fit, and a full volume stops the server.',
		todo: 'Make room on the volume or enlarge the claim, then try again.',
		byHand: context.world.pods.byHand(oldServer(context).target, ['df', '-P', '-k', '/opt/out']),
		exit: 'blocked',
		retryable: true,
	});

/** What is to be exported, and how the old server can do it. What is shown and done after the inspection goes by it, except for the counts of what is exported. */
const lookOnce = lookingOnce(async (context: StepContext<Needs>) => {
	const server = oldServer(context);
	const [data, abilities] = await Promise.all([readData(server), exportAbilities(server)]);
	return {...data, abilities};
});

const exportOne = async (context: StepContext<Needs>, backend: Backend, reporter: Reporter): Promise<ExportedFile> => {
	const server = oldServer(context);
	const file = filesOf(context).ldifOf(backend.id);
	const {abilities} = await lookOnce(context, false);
	const isFresh = isFreshTry(context.notes, 'export', backend.id);
	if (isFresh) {
		await reporter.note({kind: 'export', backend: backend.id});
	}

	const result = await exportBackend(
		server,
		context.world.clock,
		{
			backend: backend.id,
			file,
			log: filesOf(context).logOf('export', backend.id),
			encryption: encryptionOf(context),
			abilities,
		},
		{
			isFresh,
			...watchWith(reporter, `Exporting ${backend.id}`, backend.entries),
		},
	).catch(async (error: unknown) => {
		if (isToolFailure(error)) {
			await reporter.note({kind: 'export-failed', backend: backend.id});
		}

		throw error;
	});
	const print = await context.world.transfer.fingerprint(server.target, file, context.signal);
	if (!print) {
		await reporter.note({kind: 'export-failed', backend: backend.id});
		throw new Failure({
			code: 'no-export-file',
			seen: `export-ldif ended well, but there is no file ${file} in ${server.target.pod}.`,
			means: 'There is nothing to copy.',
			todo: 'Look at the log of the tool, then try again.',
			byHand: context.world.pods.byHand(server.target, ['cat', filesOf(context).logOf('export', backend.id)]),
			retryable: true,
		});
	}

	const isPlain = context.answers.encryption !== 'passphrase';
	// A task that the server itself calls completed is whole; that its count is right is for the import to show.
	const exported =
		result.exported ??
		(isPlain ? await countEntries(context.world.pods, server.target, file) : undefined) ??
		(result.taskId === undefined ? undefined : backend.entries);
	if (exported === undefined) {
		await reporter.note({kind: 'export-failed', backend: backend.id});
		throw new Failure({
			code: 'export-uncounted',
			seen: `export-ldif in ${server.target.pod} does not say how many entries of ${backend.id} it exported.`,
			means: 'Nothing tells a whole export from one that was cut short, so it is not used.',
			todo: 'Look at the log of the tool. If the volume was full, make room; then try again.',
			byHand: context.world.pods.byHand(server.target, ['cat', filesOf(context).logOf('export', backend.id)]),
			retryable: true,
		});
	}

	return {
		backend: backend.id,
		file,
		...print,
		exported,
		counted: backend.entries,
	};
};

/** The passphrase itself: it goes nowhere but into the pod's standard input. */
export const readPassphrase = async ({world, answers}: StepContext<'files'>): Promise<string> => {
	const path = answers['passphrase-file'] ?? '';
	const text = await world.files.readSecret(path);
	if (!text?.trim()) {
		throw new Failure({
			code: 'passphrase-missing',
			seen: `The passphrase file ${path} ${text === undefined ? 'is not there' : 'is empty'}.`,
			means: 'The export cannot be encrypted with it. Nothing was exported.',
			todo: 'Write the passphrase into that file, with mode 0600, then try again.',
			byHand: `ls -l ${path}`,
			retryable: true,
		});
	}

	return text.trimEnd();
};

/** The commands that freeze the old servers, as an operator would type them. */
const freezeByHand = async (context: StepContext<Needs>): Promise<readonly string[]> => {
	const servers = await oldServers(context);
	const states = await Promise.all(servers.map(async server => ({server, state: await readWriteState(server)})));
	return states.flatMap(({server, state: {global, backends}}) =>
		freezeCommands({global, backends: backends.map(({id, mode}) => ({id, was: mode}))}, frozenMode(servers.length)).map(
			words => context.world.pods.byHand(server.target, words),
		),
	);
};

/** Entries of the directory, as they were counted at the beginning. */
const entriesBefore = (context: Pick<StepContext, 'outcomes'>): number =>
	outcomeOf(context, 'inventory').backends.reduce((sum, {entries}) => sum + entries, 0);

/** Waits until the frozen replicas agree: what one took last must be on the one that is exported from. */
const settle = async (
	context: StepContext<Needs>,
	servers: readonly DirectoryServer[],
	reporter: Reporter,
): Promise<void> => {
	if (servers.length < 2) {
		return;
	}

	const rest = await converge({
		servers,
		clock: context.world.clock,
		signal: context.signal,
		onReading({changes, restless}) {
			reporter.progress({
				what: changes > 0 ? `The replicas agree on all but ${countText(changes, 'change')}` : 'The replicas agree',
				unit: 'pods',
				done: servers.length - restless.length,
				total: servers.length,
			});
		},
		onLog: reporter.log,
	});
	if (!rest.isAtRest) {
		throw notConverged(rest, servers, 'Nothing was exported: what one replica took may be missing on another.');
	}
};

/** The user data leaves the server as LDIF, into the persistent volume. */
export const exportData: Step<Needs> = {
	id: 'export',
	title: 'Export',
	why: 'The entries are the one thing that cannot be made again. They are exported while the old server runs, and it stays as it is until the end.',
	needs: ['pods', 'clock', 'files', 'transfer', 'cluster', 'kubectl', 'hold'],
	effect: 'cluster',
	async inspect(context) {
		const {workload} = outcomeOf(context, 'inventory');
		if (!holdsDirectoryData(workload.product)) {
			return {state: 'not-needed', facts: [], why: `${workload.product} keeps no user data that export-ldif carries.`};
		}

		const server = oldServer(context);
		const [{backends, empty, abilities}, space] = await Promise.all([
			lookOnce(context, true),
			readSpace(context.world.pods, server.target),
		]);
		const facts = [
			...backends.map(({id, entries, baseDns, writability}) => ({
				label: `backend ${id}`,
				value: `${countText(entries, 'entry', 'entries')} below ${baseDns.map(({dn}) => dn).join(', ')}; writes ${writability}`,
			})),
			...empty.map(({id}) => ({
				label: `backend ${id}`,
				value: 'holds no entry: there is nothing to export',
				mark: 'warning' as const,
			})),
			{label: 'space', value: `${bytesText(space.free)} free below /opt/out, databases ${bytesText(space.database)}`},
			{
				label: 'export-ldif',
				value: abilities.task ? 'can run as a task of the server' : 'runs beside the server (no --task)',
			},
		];
		return space.free < space.database * spaceFactor
			? {state: 'blocked', facts, failure: tooSmall(context, space).parts}
			: {state: 'to-do', facts};
	},
	async questions(context) {
		const isFresh = outcomeOf(context, 'strategy').strategy === 'fresh';
		const {workload} = outcomeOf(context, 'inventory');
		return [
			encryptionQuestion,
			...(context.answers.encryption === 'passphrase' ? [passphraseQuestion] : []),
			...(isFresh ? [freezeQuestion(Math.max(1, workload.pods.length), entriesBefore(context))] : []),
		];
	},
	judge: async (context, question, answer) =>
		question === passphraseQuestion.id ? judgeSecretFile(context, answer) : undefined,
	async preview(context) {
		const server = oldServer(context);
		const {backends, abilities} = await lookOnce(context, false);
		const freeze = isToFreeze(context) ? await freezeByHand(context) : [];
		return {
			summary: [
				...(isToFreeze(context) ? ['Writes are frozen first; reads and logins go on.'] : []),
				`${backends.map(({id}) => id).join(', ')} is exported into ${filesOf(context).folder} on the volume of ${server.target.pod}.`,
			],
			commands: [
				...freeze,
				...backends.map(({id}) =>
					context.world.pods.byHand(server.target, [
						'export-ldif',
						...exportWords({
							backend: id,
							file: filesOf(context).ldifOf(id),
							encryption: encryptionOf(context),
							abilities,
						}),
					]),
				),
			],
			wayBack: isToFreeze(context)
				? 'unroot rollback lifts the freeze and removes the export from the volume.'
				: 'unroot rollback removes the export from the volume.',
		};
	},
	async perform(context, reporter) {
		const server = oldServer(context);
		if (isToFreeze(context)) {
			const servers = await oldServers(context);
			const order = {workload: oldWorkloadOf(context), servers, mode: frozenMode(servers.length)};
			await beginFreeze(context, order, reporter);
			await settle(context, servers, reporter);
		}

		if (context.answers.encryption === 'passphrase') {
			await putSecret(context.world.pods, server.target, filesOf(context).passphrase, await readPassphrase(context));
		}

		const files: ExportedFile[] = [];
		const {backends} = await readData(server);
		for (const backend of backends) {
			files.push(await exportOne(context, backend, reporter));
		}

		return asOutcome<'export'>({
			server: {...server.target, ldapsPort: server.ldapsPort},
			files,
			isEncrypted: context.answers.encryption === 'passphrase',
		});
	},
	async verify(context) {
		const {server, files, isEncrypted} = outcomeOf(context, 'export');
		const results = await Promise.all(
			files.map(async ({backend, file, bytes, sha256, exported, counted}): Promise<readonly Evidence[]> => {
				const [print, inFile] = await Promise.all([
					context.world.transfer.fingerprint(server, file, context.signal),
					isEncrypted ? undefined : countEntries(context.world.pods, server, file),
				]);
				const isSame = print?.bytes === bytes && print.sha256 === sha256;
				// While clients write, what the monitor counted before the export says nothing of it.
				const counts = [exported, ...(isToFreeze(context) ? [counted] : []), ...(isEncrypted ? [] : [inFile])];
				return [
					{
						label: `export of ${backend}`,
						value: print ? `${bytesText(print.bytes)}, SHA-256 ${print.sha256}` : 'is not in the pod',
						holds: isSame,
					},
					{
						label: `entries of ${backend}`,
						value: `tool ${exported}, monitor ${counted}${isEncrypted ? '' : `, file ${inFile ?? 'none'}`}`,
						holds: exported > 0 && counts.every(count => count === exported),
					},
				];
			}),
		);
		// A freeze that was lifted meanwhile is no reason to export all anew: the last round freezes again and carries what came in.
		return results.flat();
	},
	verifiedUntil: ['cut-over', 'clean-up'],
	undo: {
		kind: 'can',
		says: 'Lifts the write freeze and removes the export from the volume.',
		async run(context, reporter) {
			const exported = outcomeIfAny(context, 'export');
			const freeze = freezeOf(context.freezes, outcomeOf(context, 'inventory').workload.name);
			const lifted = freeze ? await liftFreeze(context, freeze, reporter) : [];
			const backends =
				exported?.files.map(({backend}) => backend) ??
				context.notes.filter(note => note.kind === 'export').map(note => noteText(note.backend));
			const inPods = await settlePods(context, reporter);
			// A version before kept no list.
			const left = await removeRemote(
				context.world.pods,
				oldServer(context).target,
				context.run.id,
				filesOf(context).allOf(backends),
			);
			return [
				...lifted,
				...inPods,
				{
					label: 'export on the old volume',
					value: left.length === 0 ? 'removed' : `still there: ${left.join(', ')}`,
					holds: left.length === 0,
				},
			];
		},
	},
	async unfreeze(context, reporter) {
		const freeze = frozenNow(context.freezes);
		return freeze ? liftFreeze(context, freeze, reporter) : [];
	},
	rehearsal: {kind: 'same'},
};
