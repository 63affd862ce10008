import {entriesIn} from '../../directory/backends.js';
import {applyChanges, changeAbilities, lackingFor, type ChangeAbilities} from '../../directory/changes.js';
import {importBackend} from '../../directory/import.js';
import {readRejects} from '../../directory/rejects.js';
import type {DirectoryServer} from '../../directory/server.js';
import {putSecret, removeRemote} from '../../directory/volume.js';
import {Failure} from '../../failure/failure.js';
import {changesBetween, countOf, isCarried, type Changes} from '../../ldif/changes.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {readPassphrase} from '../export/passphrase.js';
import type {CopiedFile} from '../outcomes.js';
import {remoteFiles} from '../run/remote-files.js';
import {countText} from '../run/words.js';
import {tellRejects, watchWith} from '../servers/tries.js';
import type {Way} from './figures.js';
import {pictureHere, takePicture, type RoundNeeds} from './pictures.js';

/** From whom to whom a round carries, and how. */
export type Sides = {
	readonly from: DirectoryServer;
	readonly to: DirectoryServer;
	readonly way: Way;
	readonly abilities: ChangeAbilities;
	/** Lets a change of the side that is carried to be made, or rejects: clients may be on it. */
	readonly change: (make: () => Promise<void>) => Promise<void>;
	/** Told of what the other side holds where that is not what it was given, before it is changed once more. */
	readonly onLeft?: (held: CopiedFile, wanted: CopiedFile) => Promise<void>;
};

/**
How often a difference that is left is applied once more: an entry whose change was refused because of another's is
taken the second time.
*/
const mostPasses = 3;

/**
How changes can be carried to a server: by its `ldapmodify` where that keeps what it is given, and where the difference
can be seen at all; otherwise by a second import of everything. Says why.
*/
export const wayTo = async (
	context: Pick<StepContext, 'answers'>,
	server: DirectoryServer,
): Promise<{readonly way: Way; readonly abilities: ChangeAbilities; readonly why: string}> => {
	const abilities = await changeAbilities(server);
	const lacking = lackingFor(abilities);
	if (context.answers.encryption === 'passphrase') {
		return {
			way: 'whole',
			abilities,
			why: 'The exports are encrypted, so no difference can be seen here: all entries are imported once more.',
		};
	}

	return lacking.length > 0
		? {
				way: 'whole',
				abilities,
				why:
					`ldapmodify in ${server.target.pod} has no ${lacking.join(', ')}: it cannot make an entry exactly what ` +
					'it is elsewhere, so all entries are imported once more.',
			}
		: {way: 'changes', abilities, why: 'ldapmodify applies what differs, exactly as it is.'};
};

const changesHere = (context: Pick<StepContext, 'run'>, backend: string): string =>
	pictureHere(context, backend, 'changes');

/** Compares two pictures and writes what it takes to make the first one the second. */
export const compare = async (
	context: StepContext<'files'>,
	held: CopiedFile,
	wanted: CopiedFile,
	onDifference?: Parameters<typeof changesBetween>[2]['onDifference'],
): Promise<Changes> => {
	const {files} = context.world;
	const sink = await files.begin(changesHere(context, wanted.backend));
	try {
		return await changesBetween(
			() => files.stream(held.path),
			() => files.stream(wanted.path),
			{onText: sink.write, ...(onDifference && {onDifference})},
		);
	} finally {
		await sink.close();
	}
};

const applyAll = async (
	context: StepContext<RoundNeeds>,
	{to, abilities}: Sides,
	backend: string,
	reporter: Reporter,
): Promise<void> => {
	const {clock, pods, transfer} = context.world;
	const remote = remoteFiles(context.run.id);
	const file = remote.changesOf(backend);
	const rejectFile = remote.rejectsOf(backend);
	await removeRemote(pods, to.target, context.run.id, [file, rejectFile]);
	await transfer.copyIn({
		target: to.target,
		remotePath: file,
		localPath: changesHere(context, backend),
		signal: context.signal,
		onProgress({bytes, total}) {
			reporter.progress({what: `Copying the changes of ${backend} in`, unit: 'bytes', done: bytes, total});
		},
	});
	const rejected = await applyChanges(to, clock, {
		file,
		log: remote.logOf('changes', backend),
		rejectFile,
		abilities,
	});
	tellRejects(reporter, rejected.first);

	if (rejected.count > 0) {
		reporter.log(
			`${backend}: ${countText(rejected.count, 'change was', 'changes were')} rejected by ${to.target.pod}; ` +
				'what is left is compared and applied again',
		);
	}

	await removeRemote(pods, to.target, context.run.id, [file, rejectFile, ...remote.logFilesOf('changes', backend)]);
};

const importAll = async (
	context: StepContext<RoundNeeds>,
	{to}: Sides,
	wanted: CopiedFile,
	reporter: Reporter,
): Promise<void> => {
	const {clock, pods, transfer} = context.world;
	const {backend} = wanted;
	const remote = remoteFiles(context.run.id);
	const file = remote.pictureOf('round', backend);
	const isEncrypted = context.answers.encryption === 'passphrase';
	await removeRemote(pods, to.target, context.run.id, [file, remote.rejectsOf(backend)]);
	await transfer.copyIn({
		target: to.target,
		remotePath: file,
		localPath: wanted.path,
		signal: context.signal,
		onProgress({bytes, total}) {
			reporter.progress({what: `Copying ${backend} in`, unit: 'bytes', done: bytes, total});
		},
	});
	if (isEncrypted) {
		await putSecret(pods, to.target, remote.passphrase, await readPassphrase(context));
	}

	const {counts} = await importBackend(
		to,
		clock,
		{
			backend,
			file,
			log: remote.logOf('import', backend),
			rejectFile: remote.rejectsOf(backend),
			...(isEncrypted && {passphraseFile: remote.passphrase}),
		},
		{isFresh: true, ...watchWith(reporter, `Importing ${backend}`, wanted.entries ?? undefined)},
	);
	const {count, first} = await readRejects(to, remote.rejectsOf(backend));
	tellRejects(reporter, first);

	await removeRemote(pods, to.target, context.run.id, [
		file,
		remote.rejectsOf(backend),
		remote.passphrase,
		...remote.logFilesOf('import', backend),
	]);
	const rejected = Math.max(count, counts.rejected ?? 0);
	if (rejected > 0) {
		throw new Failure({
			code: 'entries-rejected',
			seen: `${to.target.pod} rejected ${countText(rejected, 'entry', 'entries')} of ${backend}.`,
			means: 'They would be missing. Most often the schema that they need is not there.',
			todo: 'Read the log above, correct the schema of that server, then try again.',
			byHand: to.pods.byHand(to.target, ['ldapsearch', '--baseDN', 'cn=schema', '--scope', 'base', '(&)']),
			retryable: true,
		});
	}
};

/** What a server was brought to hold, and what its proof found. */
export type Carried = {
	/** What differed before, and was carried. */
	readonly changes: Pick<Changes, 'added' | 'changed' | 'removed'>;
	/** Entries that differ still, in nothing but what the server writes anew. */
	readonly remade: Pick<Changes, 'remade' | 'remadeAttributes'>;
	/** The digest that the server was found to have; null where the exports are encrypted. */
	readonly proof: string | null;
	/** Whether all entries were imported: replicas of the server do not get that from it. */
	readonly isWhole: boolean;
};

/**
Names every differing entry, and keeps the changes that would mend them; values go into that file of mode 0600 alone.
*/
const unequal = (context: StepContext<RoundNeeds>, {to}: Sides, backend: string, left: Changes): Failure =>
	new Failure({
		code: 'entries-differ',
		seen:
			`${backend}: after ${mostPasses} passes ${countText(countOf(left) - left.remade, 'entry', 'entries')} of ` +
			`${to.target.pod} still differ: ${left.added} missing, ${left.removed} too many, ` +
			`${left.changed - left.remade} with other values.`,
		means: 'The difference could not be carried whole. Clients are where they were.',
		todo:
			`Read ${changesHere(context, backend)}, the changes that are left (user data, mode 0600). Correct the ` +
			'cause, then try again.',
		byHand: `less ${changesHere(context, backend)}`,
		retryable: true,
	});

/**
Proves by their counts that both sides hold as many entries: of an encrypted picture nothing else can be seen here.
Rejected entries have stopped the import before.
*/
const requireSameCount = async ({from, to}: Sides, backend: string): Promise<void> => {
	const [wanted, held] = await Promise.all([entriesIn(from, backend), entriesIn(to, backend)]);
	if (held !== wanted) {
		throw new Failure({
			code: 'entries-differ',
			seen:
				`${backend}: ${to.target.pod} holds ${countText(held, 'entry', 'entries')} after the import, ` +
				`${from.target.pod} has ${wanted}.`,
			means: 'Not all entries were carried, or the export was not whole. Clients are where they were.',
			todo: 'Look at the logs of both servers for what was skipped, correct the cause, then try again.',
			byHand: 'unroot resume',
			retryable: true,
		});
	}
};

/**
In a round that is to prove nothing clients go on writing on the side that is carried from, so that its count is held
against nothing.
*/
const carryEncrypted = async (
	context: StepContext<RoundNeeds>,
	sides: Sides,
	{wanted, isToProve}: {readonly wanted: CopiedFile; readonly isToProve: boolean},
	reporter: Reporter,
): Promise<Carried> => {
	await sides.change(async () => importAll(context, sides, wanted, reporter));
	if (isToProve) {
		await requireSameCount(sides, wanted.backend);
	}

	return {
		changes: {added: 0, removed: 0, changed: 0},
		remade: {remade: 0, remadeAttributes: {}},
		proof: null,
		isWhole: true,
	};
};

/**
Brings a server to hold what the picture shows, and proves it by a picture of its own, entry by entry where the
digests
differ. `held` is what the server is known to hold; undefined where that is not sure, and it is looked at first.
`onChange` is waited for before anything is changed.
*/
export const carry = async (
	context: StepContext<RoundNeeds>,
	sides: Sides,
	{
		wanted,
		held,
		isToProve,
		onChange,
	}: {
		readonly wanted: CopiedFile;
		readonly held: CopiedFile | undefined;
		/** Whether a server that needs no change is looked at all the same. */
		readonly isToProve: boolean;
		readonly onChange: () => Promise<void>;
	},
	reporter: Reporter,
): Promise<Carried> => {
	const {backend} = wanted;
	const {files} = context.world;
	if (wanted.digest === null) {
		await onChange();
		return carryEncrypted(context, sides, {wanted, isToProve}, reporter);
	}

	const look = async (): Promise<CopiedFile> =>
		takePicture(context, sides.to, {backend, picture: 'held', name: 'held'}, reporter);
	let seen = held ?? (await look());
	let isLooked = held === undefined;
	let left = await compare(context, seen, wanted);
	if (left.held.digest !== seen.digest && held) {
		reporter.log(`${held.path} is not what it was: ${sides.to.target.pod} is looked at instead`);
		seen = await look();
		isLooked = true;
		left = await compare(context, seen, wanted);
	}

	const {added, removed, changed} = left;
	let way = sides;
	let isWhole = false;
	for (let applied = 0; ;) {
		// What servers write anew is sent along once, and not chased afterwards.
		const isToApply = applied === 0 ? left.held.digest !== left.wanted.digest : !isCarried(left);
		if (!isToApply && (isLooked || !isToProve)) {
			break;
		}

		if (isToApply) {
			if (applied === mostPasses) {
				throw unequal(context, sides, backend, left);
			}

			if (applied === mostPasses - 1 && way.way === 'changes') {
				reporter.log(
					`${backend}: ${countText(countOf(left), 'entry differs', 'entries differ')} still; all entries are ` +
						'imported once more',
				);
				way = {...sides, way: 'whole'};
			}

			if (applied === 0) {
				await onChange();
			}

			const sent = way;
			await sides.change(async () =>
				sent.way === 'changes'
					? applyAll(context, sent, backend, reporter)
					: importAll(context, sent, wanted, reporter),
			);
			applied += 1;
			isWhole ||= sent.way === 'whole';
		}

		seen = await look();
		isLooked = true;
		left = await compare(context, seen, wanted);
		if (isToApply && !isCarried(left)) {
			await sides.onLeft?.(seen, wanted);
		}
	}

	await files.shred(pictureHere(context, backend, 'held'));
	await files.shred(changesHere(context, backend));
	return {
		changes: {added, removed, changed},
		remade: {remade: left.remade, remadeAttributes: left.remadeAttributes},
		proof: isLooked ? left.held.digest : wanted.digest,
		isWhole,
	};
};
