import {entriesIn, readBackends} from '../directory/backends.js';
import {enableBackend, importAbilities, importBackend, importWays, isImporting} from '../directory/import.js';
import {readRejects} from '../directory/rejects.js';
import {putSecret, readSpace, removeRemote} from '../directory/volume.js';
import {Failure} from '../failure/failure.js';
import type {Reporter, Step, StepContext} from '../migration/step.js';
import {bytesText} from '../migration/words/figures.js';
import {checkOutside} from './configuration/outside.js';
import {readPassphrase} from './export/passphrase.js';
import {asOutcome, outcomeIfAny, outcomeOf, type CopiedFile, type ImportedFile} from './outcomes.js';
import {refuseReversible, reversibleQuestion} from './questions/reversible.js';
import {remoteFiles} from './run/remote-files.js';
import {settlePods} from './run/settle.js';
import {countText} from './run/words.js';
import {balanceOf} from './servers/balance.js';
import {copiedFiles, exportedFiles, importedFiles} from './servers/moved-data.js';
import {newServer} from './servers/new-server.js';
import {cancelTasks, isFreshTry, isToolFailure, tellRejects, watchWith} from './servers/tries.js';

type Needs = 'cluster' | 'pods' | 'clock' | 'files' | 'transfer';

const filesOf = (context: Pick<StepContext<Needs>, 'run'>) => remoteFiles(context.run.id);

const localRejectsOf = ({run}: StepContext<Needs>, backend: string): string =>
	`${run.folder}/data/rejects-${backend}.ldif`;

const orderOf = (context: StepContext<Needs>, backend: string) => ({
	backend,
	file: filesOf(context).ldifOf(backend),
	log: filesOf(context).logOf('import', backend),
	rejectFile: filesOf(context).rejectsOf(backend),
	...(outcomeOf(context, 'export').isEncrypted && {passphraseFile: filesOf(context).passphrase}),
});

/** Rejected entries are counted by the kind of their reasons, kept in a file of mode 0600, and never waved through. */
const refuseRejects = async (
	context: StepContext<Needs>,
	backend: string,
	reporter: Reporter,
	said = 0,
): Promise<void> => {
	const server = newServer(context);
	const {count: inFile, first} = await readRejects(server, filesOf(context).rejectsOf(backend));
	const count = Math.max(inFile, said);
	if (count === 0) {
		return;
	}

	tellRejects(reporter, first);

	await context.world.transfer.copyOut({
		target: server.target,
		remotePath: filesOf(context).rejectsOf(backend),
		localPath: localRejectsOf(context, backend),
		signal: context.signal,
	});
	await reporter.note({kind: 'import-failed', backend});
	throw new Failure({
		code: 'entries-rejected',
		seen: `The new server rejected ${countText(count, 'entry', 'entries')} of ${backend}.`,
		means: 'They would be missing. Most often the schema that they need is not in the server profile.',
		todo:
			`Read ${localRejectsOf(context, backend)} (user data, mode 0600), fix the schema of the new server, then ` +
			'try again: the import starts again.',
		byHand: server.pods.byHand(server.target, ['grep', '-E', '^(dn:|#)', filesOf(context).rejectsOf(backend)]),
		retryable: true,
	});
};

const notesOf = (context: Pick<StepContext<Needs>, 'notes'>, backend: string) =>
	context.notes.filter(note => note.backend === backend).map(({kind}) => kind);

/** Whether an import of an earlier try was cut off by the end of the server; if so, its backend is enabled again. */
const mendCutOff = async (context: StepContext<Needs>, backend: string, reporter: Reporter): Promise<boolean> => {
	if (notesOf(context, backend).length === 0) {
		return false;
	}

	const server = newServer(context);
	const backends = await readBackends(server);
	if (
		backends.some(({id}) => id === backend) ||
		(await isImporting(server, filesOf(context).logOf('import', backend)))
	) {
		return false;
	}

	reporter.log(
		`an import into ${backend} was cut off and left the backend disabled: it is enabled, and the import starts again`,
	);
	await enableBackend(server, backend);
	return true;
};

const notExported = ({run}: StepContext<Needs>, backend: string): Failure =>
	new Failure({
		code: 'not-exported',
		seen: `There is a copy of ${backend} here, and the journal has no export of it.`,
		means: 'How many entries it should hold is not known, so its import could not be proved.',
		todo: 'The journal was changed. Undo this run and start a new one.',
		byHand: `unroot rollback ${run.id}`,
		exit: 'blocked',
	});

const importOne = async (context: StepContext<Needs>, copy: CopiedFile, reporter: Reporter): Promise<ImportedFile> => {
	const {backend} = copy;
	const server = newServer(context);
	await context.world.transfer.copyIn({
		target: server.target,
		remotePath: filesOf(context).ldifOf(backend),
		localPath: copy.path,
		signal: context.signal,
		onProgress({bytes, total}) {
			reporter.progress({
				what: `Copying ${backend} in`,
				unit: 'bytes',
				done: bytes,
				total,
			});
		},
	});

	const isCutOff = await mendCutOff(context, backend, reporter);
	const isFresh = isCutOff || isFreshTry(context.notes, 'import', backend);
	if (isFresh) {
		await reporter.note({kind: 'import', backend});
	}

	const exported = exportedFiles(context).find(file => file.backend === backend)?.exported;
	if (exported === undefined) {
		throw notExported(context, backend);
	}

	const {counts} = await importBackend(server, context.world.clock, orderOf(context, backend), {
		isFresh,
		...watchWith(reporter, `Importing ${backend}`, exported),
	}).catch(async (error: unknown) => {
		if (isToolFailure(error)) {
			await refuseRejects(context, backend, reporter);
			await reporter.note({kind: 'import-failed', backend});
		}

		throw error;
	});
	await refuseRejects(context, backend, reporter, counts.rejected);
	return {
		backend,
		exported,
		imported: counts.imported ?? (await entriesIn(server, backend)),
		rejected: counts.rejected ?? 0,
		skipped: counts.skipped ?? 0,
	};
};

/** The entries go into the new server. */
export const importData: Step<Needs> = {
	id: 'import',
	title: 'Import',
	why:
		'The new server starts empty. The import replaces its backend by the copy, as a task of the server, so that ' +
		'neither the pod nor a lost connection ends it.',
	needs: ['cluster', 'pods', 'clock', 'files', 'transfer'],
	effect: 'cluster',
	async inspect(context) {
		const copies = outcomeIfAny(context, 'copy-out');
		if (!copies || outcomeOf(context, 'strategy').strategy === 'root') {
			return {
				state: 'not-needed',
				facts: [],
				why: copies ? 'The server goes on with its old volume: there is nothing to import.' : 'Nothing was exported.',
			};
		}

		const server = newServer(context);
		const [backends, space] = await Promise.all([readBackends(server), readSpace(context.world.pods, server.target)]);
		const facts = [
			...copies.files.map(({backend, entries, bytes}) => ({
				label: `copy of ${backend}`,
				value: `${entries ?? 'encrypted'} entries, ${bytesText(bytes)}`,
			})),
			...backends.map(({id, entries}) => ({
				label: `backend ${id} of the new server`,
				value: `${entries} entries, which the import replaces`,
			})),
			{label: 'space', value: `${bytesText(space.free)} free below /opt/out`},
		];
		const missing = copies.files
			.filter(({backend}) => notesOf(context, backend).length === 0 && backends.every(({id}) => id !== backend))
			.map(({backend}) => backend);
		return missing.length === 0
			? {state: 'to-do', facts}
			: {
					state: 'blocked',
					facts,
					failure: {
						code: 'backend-missing',
						seen: `The new server has no backend ${missing.join(', ')}.`,
						means: 'Its server profile does not create it, so the entries have nowhere to go.',
						todo: 'Let the profile create the backend, start the new server with it, then try again.',
						byHand: server.pods.byHand(server.target, ['dsconfig', 'list-backends', '--no-prompt']),
						exit: 'blocked',
						retryable: true,
					},
				};
	},
	questions: async context => reversibleQuestion(copiedFiles(context)),
	async preview(context) {
		const {files} = outcomeOf(context, 'copy-out');
		const server = newServer(context);
		const abilities = await importAbilities(server);
		return {
			summary: [
				`The copy goes into ${filesOf(context).folder} on the new volume, verified as on the way out.`,
				`import-ldif replaces ${files.map(({backend}) => backend).join(', ')} of ${server.target.pod}.`,
			],
			commands: files.map(({backend}) => importWays(server, orderOf(context, backend), abilities)[0].byHand),
			wayBack: 'Clients are still on the old server; the import can be repeated as often as need be.',
		};
	},
	async perform(context, reporter) {
		refuseReversible(context, copiedFiles(context));
		if (outcomeOf(context, 'export').isEncrypted) {
			await putSecret(
				context.world.pods,
				newServer(context).target,
				filesOf(context).passphrase,
				await readPassphrase(context),
			);
		}

		const copies = copiedFiles(context);
		for (const copy of copies) {
			await checkOutside(context, copy, newServer(context), reporter);
		}

		const files: ImportedFile[] = [];
		for (const copy of copies) {
			files.push(await importOne(context, copy, reporter));
		}

		return asOutcome<'import'>({files});
	},
	async verify(context) {
		const files = importedFiles(context);
		const backends = await readBackends(newServer(context));
		return files.flatMap(file => {
			const {backend, exported} = file;
			const entries = backends.find(({id}) => id === backend)?.entries;
			return [
				balanceOf(file),
				{label: `entries of ${backend}`, value: `${entries ?? 'none'} on the new server`, holds: entries === exported},
			];
		});
	},
	verifiedUntil: ['catch-up', 'cut-over'],
	mayDecideAnew: notes => notes.length === 0,
	undo: {
		kind: 'can',
		says: 'Removes the copy from the new volume; the old server was not touched.',
		async run(context, reporter) {
			const server = newServer(context);
			const {target} = server;
			const backends = outcomeOf(context, 'copy-out').files.map(({backend}) => backend);
			const cancelled = await cancelTasks(
				context,
				server,
				backends.map(backend => filesOf(context).logOf('import', backend)),
			);
			const inPod = await settlePods(context, reporter, target.pod);
			// A version before kept no list.
			const left = await removeRemote(context.world.pods, target, context.run.id, filesOf(context).allOf(backends));
			return [
				...cancelled,
				...inPod,
				{
					label: 'copy on the new volume',
					value: left.length === 0 ? 'removed' : `still there: ${left.join(', ')}`,
					holds: left.length === 0,
				},
			];
		},
	},
	rehearsal: {kind: 'same'},
};
