import {readData} from '../../directory/data.js';
import {exportWays} from '../../directory/export.js';
import {countEntries, putSecret, readSpace, removeRemote, type Space} from '../../directory/volume.js';
import {Failure} from '../../failure/failure.js';
import {freezeOf, frozenNow} from '../../migration/freeze.js';
import type {Evidence, Step, StepContext} from '../../migration/step.js';
import {bytesText, durationText} from '../../migration/words/figures.js';
import {beginFreeze, frozenMode} from '../freeze/begin.js';
import {keptBudgetQuestion} from '../freeze/budget.js';
import {liftFreeze} from '../freeze/lift.js';
import {oldServers, oldWorkloadOf} from '../freeze/servers.js';
import {settleFreeze} from '../freeze/settle.js';
import {asOutcome, outcomeIfAny, outcomeOf, type ExportedFile} from '../outcomes.js';
import {encryptionQuestion, passphraseQuestion} from '../questions/export.js';
import {judgeSecretFile} from '../questions/paths.js';
import {estimateFor} from '../rounds/forecast.js';
import {settlePods} from '../run/settle.js';
import {countText, noteText} from '../run/words.js';
import {freezeQuestion, isToFreeze} from '../servers/freeze.js';
import {oldServer} from '../servers/old-server.js';
import {holdsDirectoryData} from '../servers/products.js';
import {cancelTasks} from '../servers/tries.js';
import {freezeByHand, keptSeconds, keptUntil, settle} from './freeze-first.js';
import {encryptionOf, filesOf, lookOnce} from './look.js';
import type {Needs} from './needs.js';
import {exportOne} from './one-backend.js';
import {readPassphrase} from './passphrase.js';

/**
A plain export can be larger than the databases; as long as nobody has measured, this much of them must be free.
*/
const spaceFactor = 1.5;

const tooSmall = (context: StepContext<Needs>, space: Space): Failure =>
	new Failure({
		code: 'no-space-in-pod',
		seen:
			`${bytesText(space.free)} are free below /opt/out of ${oldServer(context).target.pod}; the ` +
			`databases take ${bytesText(space.database)}.`,
		means: 'The export might not fit, and a full volume stops the server.',
		todo: 'Make room on the volume or enlarge the claim, then try again.',
		byHand: context.world.pods.byHand(oldServer(context).target, ['df', '-P', '-k', '/opt/out']),
		exit: 'blocked',
		retryable: true,
	});

/** Entries of the directory, as they were counted at the beginning. */
const entriesBefore = (context: Pick<StepContext, 'outcomes'>): number =>
	outcomeOf(context, 'inventory').backends.reduce((sum, {entries}) => sum + entries, 0);

/** The user data leaves the server as LDIF, into the persistent volume. */
export const exportData: Step<Needs> = {
	id: 'export',
	title: 'Export',
	why:
		'The entries are the one thing that cannot be made again. They are exported while the old server ' +
		'runs, and it stays as it is until the end.',
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
				value:
					`${countText(entries, 'entry', 'entries')} below ${baseDns.map(({dn}) => dn).join(', ')}; ` +
					`writes ${writability}`,
			})),
			...empty.map(({id}) => ({
				label: `backend ${id}`,
				value: 'holds no entry: there is nothing to export',
				mark: 'warning' as const,
			})),
			{label: 'space', value: `${bytesText(space.free)} free below /opt/out, databases ${bytesText(space.database)}`},
			{
				label: 'export-ldif',
				value: abilities.task ? 'can run as a task of the server' : 'has no --task: the task is added over LDAP',
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
			...(isFresh && isToFreeze(context) ? [keptBudgetQuestion(estimateFor(entriesBefore(context)).freeze)] : []),
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
				...(isToFreeze(context)
					? [
							'Writes are frozen first; reads go on. After ' +
								`${durationText(keptSeconds(context))} at the latest they are allowed again.`,
						]
					: []),
				`${backends.map(({id}) => id).join(', ')} is exported into ${filesOf(context).folder} on the ` +
					`volume of ${server.target.pod}.`,
			],
			commands: [
				...freeze,
				...backends.map(({id}) => {
					const order = {
						backend: id,
						file: filesOf(context).ldifOf(id),
						encryption: encryptionOf(context),
						abilities,
					};
					return exportWays(server, order)[0].byHand;
				}),
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
			const until = keptUntil(context);
			const order = {workload: oldWorkloadOf(context), servers, mode: frozenMode(servers.length), until};
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
		// A freeze that was lifted meanwhile is no reason to export all anew: the last round freezes again and carries
		// what came in.
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
			const cancelled = await cancelTasks(
				context,
				oldServer(context),
				backends.map(backend => filesOf(context).logOf('export', backend)),
			);
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
				...cancelled,
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
	settleFreeze,
	renews: ['freeze-budget'],
	rehearsal: {kind: 'same'},
};
