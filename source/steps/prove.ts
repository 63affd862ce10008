import {join} from 'node:path';
import {entriesIn, readBackends} from '../directory/backends.js';
import {readRuntime} from '../directory/runtime.js';
import {Failure} from '../failure/failure.js';
import {diffLdif} from '../ldif/diff.js';
import {digestOf} from '../ldif/digest.js';
import type {Evidence, Fact, Reporter, Step, StepContext} from '../migration/step.js';
import {lookBeside} from './configuration/beside.js';
import {
	configurationEvidence,
	differencesQuestions,
	isUndecided,
	passwordNeeded,
	proveConfiguration,
} from './configuration/proof.js';
import {asOutcome, outcomeIfAny, outcomeOf, type CopiedFile, type Proof} from './outcomes.js';
import {countText} from './run/words.js';
import {balanceOf} from './servers/balance.js';
import {digestOn} from './servers/digest-on.js';
import {copiedFiles, provedBackends} from './servers/moved-data.js';
import {findNewServer, newServer} from './servers/new-server.js';

type Needs = 'pods' | 'clock' | 'cluster' | 'files' | 'transfer' | 'git';

const localOf = ({run}: StepContext<Needs>, backend: string): string =>
	join(run.folder, 'data', `proof-${backend}.ldif`);

const repairOf = ({run}: StepContext<Needs>, backend: string): string =>
	join(run.folder, 'data', `repair-${backend}.ldif`);

const differencesOf = ({run}: StepContext<Needs>, backend: string): string =>
	join(run.folder, 'data', `differences-${backend}.txt`);

/** The new server exports what it has. */
const reExport = async (context: StepContext<Needs>, backend: string, reporter: Reporter): Promise<string> =>
	digestOn(context, newServer(context), {backend, localPath: localOf(context, backend)}, reporter);

/** Writes every differing DN, and the changes that would mend them; values go into that file of mode 0600 alone. */
const explain = async (context: StepContext<Needs>, copy: CopiedFile, reporter: Reporter): Promise<Failure> => {
	const {files} = context.world;
	const differences: string[] = [];
	const repair: string[] = [];
	const result = await diffLdif(
		() => files.stream(copy.path),
		() => files.stream(localOf(context, copy.backend)),
		{
			onDifference(difference) {
				differences.push(
					`${difference.kind} ` +
						`${difference.dn}${difference.kind === 'differs' ? `: ${difference.attributes.join(', ')}` : ''}\n`,
				);
			},
			onRepair(text) {
				repair.push(text);
			},
		},
	);
	await files.writeText(differencesOf(context, copy.backend), differences.join(''));
	await files.writeText(repairOf(context, copy.backend), repair.join(''));
	reporter.log(
		`${countText(differences.length, 'difference')} of ${copy.backend}, by name in ` +
			differencesOf(context, copy.backend),
	);
	return new Failure({
		code: 'entries-differ',
		seen:
			`${copy.backend}: ${result.missing} entries are missing on the new server, ${result.extra} are there that ` +
			`were not exported, ${result.differing} differ.`,
		means: 'The new server does not hold what the old one held. Clients are still on the old one.',
		todo:
			`Read ${differencesOf(context, copy.backend)}, which names them, and ${repairOf(context, copy.backend)}, ` +
			'the changes that would repair it (user data, mode 0600). Fix the cause, import again.',
		byHand: `unroot ldif diff ${copy.path} ${localOf(context, copy.backend)}`,
		retryable: true,
	});
};

const isFreshRun = (context: Pick<StepContext, 'outcomes'>): boolean =>
	outcomeOf(context, 'strategy').strategy === 'fresh';

const proveOne = async (context: StepContext<Needs>, copy: CopiedFile, reporter: Reporter): Promise<Proof> => {
	const entries = await entriesIn(newServer(context), copy.backend);
	if (copy.digest === null) {
		return {
			backend: copy.backend,
			source: null,
			copy: null,
			target: null,
			entries,
		};
	}

	const [fromDisk, target] = await Promise.all([
		digestOf(context.world.files.stream(copy.path)),
		reExport(context, copy.backend, reporter),
	]);
	reporter.log(`${copy.backend}: source ${copy.digest}`);
	reporter.log(`${copy.backend}: copy   ${fromDisk.digest}`);
	reporter.log(`${copy.backend}: target ${target}`);
	if (isFreshRun(context) && (target !== copy.digest || fromDisk.digest !== copy.digest)) {
		throw await explain(context, copy, reporter);
	}

	await context.world.files.shred(localOf(context, copy.backend));
	return {
		backend: copy.backend,
		source: copy.digest,
		copy: fromDisk.digest,
		target,
		entries,
	};
};

const digestEvidence = (context: StepContext<Needs>, {backend, source, copy, target}: Proof): readonly Evidence[] => {
	if (source === null) {
		return [];
	}

	const isSame = source === copy && copy === target;
	return [
		{label: `copy digest of ${backend}`, value: copy ?? 'none', holds: copy === source},
		{
			label: `target digest of ${backend}`,
			value:
				(target ?? 'none') +
				(isSame ? '' : ", other than the source's: the old volume went on taking writes after the export"),
			holds: isSame || !isFreshRun(context),
		},
	];
};

const sourceFact = ({backend, source}: Proof): Fact =>
	source === null
		? {
				label: `digest of ${backend}`,
				value: 'none: the export is encrypted, so counts and the hash of the file are the proof',
				mark: 'warning',
			}
		: {label: `source digest of ${backend}`, value: source};

/** Nothing is missing: counts, the three digests, and the server as it runs. */
export const prove: Step<Needs> = {
	id: 'prove',
	title: 'Prove',
	why:
		'Counts can agree while entries differ. So the new server exports what it has, and the digest of that must ' +
		'be the digest of what the old one exported.',
	needs: ['pods', 'clock', 'cluster', 'files', 'transfer', 'git'],
	effect: 'none',
	async inspect(context) {
		const {newPorts, identity} = outcomeOf(context, 'strategy');
		return {
			state: 'to-do',
			facts: [
				...(outcomeIfAny(context, 'copy-out')?.files ?? []).map(({backend, digest, entries}) => ({
					label: `source of ${backend}`,
					value: `${entries ?? 'unknown'} entries, digest ${digest ?? 'none (encrypted)'}`,
				})),
				{label: 'to be', value: `uid ${identity.uid}, ports ${Object.values(newPorts).join(', ')}`},
			],
		};
	},
	questions: async context => [...differencesQuestions(context), ...(await passwordNeeded(context))],
	async preview(context) {
		return {
			summary: [
				'The new server exports its entries and generates its profile; both are compared with what the old one gave.',
			],
			commands: [],
			wayBack: `Nothing is changed in ${newServer(context).target.pod}; the re-export is removed.`,
		};
	},
	async perform(context, reporter) {
		const configuration = await proveConfiguration(context, reporter);
		const proofs: Proof[] = [];
		for (const copy of copiedFiles(context)) {
			proofs.push(await proveOne(context, copy, reporter));
		}

		return asOutcome<'prove'>({proofs, configuration, beside: await lookBeside(context)});
	},
	tell(context) {
		const {proofs, beside = []} = outcomeOf(context, 'prove');
		return [...proofs.map(proof => sourceFact(proof)), ...beside];
	},
	async verify(context) {
		const proofs = provedBackends(context);
		const {identity, newPorts} = outcomeOf(context, 'strategy');
		const server = await findNewServer(context);
		const [runtime, backends] = await Promise.all([
			readRuntime(context.world.pods, server.target, context.run.id),
			proofs.length === 0 ? [] : readBackends(server),
		]);
		const expected = [newPorts.LDAP_PORT, newPorts.LDAPS_PORT];
		const deaf = proofs.length === 0 ? [] : expected.filter(port => !runtime.listening.includes(port));
		const exported = outcomeIfAny(context, 'export')?.files ?? [];
		const imported = outcomeIfAny(context, 'import')?.files ?? [];
		return [
			...(await configurationEvidence(context)),
			...imported.map(file => balanceOf(file)),
			...proofs.flatMap(proof => {
				const wanted = exported.find(({backend}) => backend === proof.backend)?.exported;
				const now = backends.find(({id}) => id === proof.backend)?.entries;
				return [
					{
						label: `entries of ${proof.backend}`,
						value: `${now ?? 'none'} on the server, ${wanted ?? 'none'} exported`,
						holds: now !== undefined && now > 0 && (now === wanted || !isFreshRun(context)),
					},
					...digestEvidence(context, proof),
				];
			}),
			{label: 'user', value: `uid ${runtime.uid}, gid ${runtime.gid}`, holds: runtime.uid === identity.uid},
			{label: 'listening', value: runtime.listening.join(', ') || 'nothing', holds: deaf.length === 0},
			{label: 'volume', value: runtime.canWrite ? 'takes a write' : 'refuses a write', holds: runtime.canWrite},
		];
	},
	verifiedUntil: ['catch-up', 'cut-over'],
	mayDecideAnew: isUndecided,
	undo: {kind: 'cannot', says: 'There is nothing to undo: it only looks.'},
	rehearsal: {kind: 'same'},
};
