import {join} from 'node:path';
import {Failure} from '../failure/failure.js';
import {createDigest} from '../ldif/digest.js';
import type {Evidence, Step, StepContext} from '../migration/step.js';
import {bytesText} from '../migration/words/figures.js';
import type {CopyProgress} from '../migration/world.js';
import {asOutcome, outcomeIfAny, outcomeOf, type CopiedFile} from './outcomes.js';
import {insideGit} from './run/inside-git.js';
import {countText} from './run/words.js';
import {copiedFiles, exportedFiles} from './servers/moved-data.js';

type Needs = 'transfer' | 'files' | 'git' | 'pods';

/** Where the copies lie: a folder of mode 0700 in the run's folder. */
export const copyOf = ({run}: Pick<StepContext, 'run'>, backend: string): string =>
	join(run.folder, 'data', `${backend}.ldif`);

const tooSmall = ({run}: StepContext<'files'>, free: number, needed: number): Failure =>
	new Failure({
		code: 'no-space-here',
		seen: `${bytesText(free)} are free below ${run.folder}; the copies need ${bytesText(needed)}.`,
		means: 'The copy, and the re-export that proves it, do not fit.',
		todo: 'Make room, then try again.',
		byHand: `df -h ${run.folder}`,
		exit: 'blocked',
		retryable: true,
	});

const totalOf = (context: Pick<StepContext, 'outcomes' | 'run'>): number =>
	exportedFiles(context).reduce((sum, {bytes}) => sum + bytes, 0);

/** The entries come here, verified by length and SHA-256, and are digested while they stream. */
export const copyOut: Step<Needs> = {
	id: 'copy-out',
	title: 'Copy out',
	why:
		'The export must outlive the pod and its volume. kubectl cp was measured to end short and say it was done; ' +
		'this copy is whole only when length and SHA-256 agree on both sides.',
	needs: ['transfer', 'files', 'git', 'pods'],
	effect: 'local',
	async inspect(context) {
		const exported = outcomeIfAny(context, 'export');
		if (!exported) {
			return {state: 'not-needed', facts: [], why: 'Nothing was exported.'};
		}

		const [failure, free] = await Promise.all([
			insideGit(context, "One careless commit would publish every user's password hash."),
			context.world.files.freeBytes(context.run.folder),
		]);
		const needed = totalOf(context) * 2;
		const facts = [
			...exported.files.map(({backend, file, bytes}) => ({
				label: `export of ${backend}`,
				value: `${file}, ${bytesText(bytes)}`,
			})),
			{label: 'free here', value: bytesText(free)},
		];
		const blocked = failure ?? (free < needed ? tooSmall(context, free, needed) : undefined);
		return blocked ? {state: 'blocked', facts, failure: blocked.parts} : {state: 'to-do', facts};
	},
	questions: async () => [],
	async preview(context) {
		const {server, files} = outcomeOf(context, 'export');
		return {
			summary: ['Copies the export in verified ranges; what was copied before an interruption is not copied again.'],
			commands: files.map(({file}) => context.world.pods.byHand(server, ['sha256sum', file])),
			files: files.map(({backend}) => copyOf(context, backend)),
			wayBack: 'The copy on this machine is removed at the end, if you say so.',
		};
	},
	async perform(context, reporter) {
		const {server, files, isEncrypted} = outcomeOf(context, 'export');
		await context.world.files.makeFolder(join(context.run.folder, 'data'));
		const copied: CopiedFile[] = [];
		for (const exported of files) {
			const {backend, file} = exported;
			const digest = isEncrypted ? undefined : createDigest();
			const receipt = await context.world.transfer.copyOut({
				target: server,
				remotePath: file,
				localPath: copyOf(context, backend),
				expected: exported,
				signal: context.signal,
				...(digest && {
					onBytes(bytes: Uint8Array) {
						digest.write(bytes);
					},
				}),
				onProgress({bytes, total}: CopyProgress) {
					reporter.progress({
						what: `Copying ${backend}`,
						unit: 'bytes',
						done: bytes,
						total,
					});
				},
			});
			const result = await digest?.end();
			reporter.log(
				`${backend}: ${bytesText(receipt.bytes)} in ${countText(receipt.ranges, 'range')}, ${receipt.retried} ` +
					`fetched again, ${bytesText(receipt.resumedFrom)} from an earlier try`,
			);
			copied.push({
				backend,
				path: copyOf(context, backend),
				bytes: receipt.bytes,
				sha256: receipt.sha256,
				digest: result?.digest ?? null,
				entries: result?.entries ?? null,
				...(result?.reversible && {reversible: result.reversible}),
			});
		}

		return asOutcome<'copy-out'>({files: copied});
	},
	async verify(context) {
		const files = copiedFiles(context);
		const exported = outcomeOf(context, 'export');
		const results = await Promise.all(
			files.map(async ({backend, path, bytes, sha256, entries, digest}): Promise<readonly Evidence[]> => {
				const source = exported.files.find(one => one.backend === backend);
				const [here, stat] = await Promise.all([context.world.files.fingerprint(path), context.world.files.stat(path)]);
				const isSame =
					here?.bytes === bytes && here.sha256 === sha256 && source?.sha256 === sha256 && source.bytes === bytes;
				return [
					{
						label: `copy of ${backend}`,
						value: here
							? `${bytesText(here.bytes)}, SHA-256 ${here.sha256}${isSame ? ', as in the pod' : ', not as in the pod'}`
							: `${path} is not there`,
						holds: isSame,
					},
					{
						label: 'mode of the file',
						value: stat ? (stat.mode % 0o1000).toString(8).padStart(4, '0') : 'none: it is not there',
						holds: stat !== undefined && stat.mode % 0o100 === 0,
					},
					...(digest === null
						? []
						: [
								{
									label: `entries of ${backend}`,
									value: `${entries ?? 'none'} in the copy, ${source?.exported ?? 'none'} exported`,
									holds: entries !== null && entries === source?.exported,
								},
							]),
				];
			}),
		);
		return results.flat();
	},
	verifiedUntil: ['clean-up'],
	undo: {
		kind: 'cannot',
		says: "The copy stays in the run's folder. Keep it: you may need it to go back.",
	},
	rehearsal: {kind: 'same'},
};
