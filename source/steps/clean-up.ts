import {join, resolve, sep} from 'node:path';
import {removeRemote, workFolder} from '../directory/volume.js';
import type {Evidence, Question, Step, StepContext} from '../migration/step.js';
import type {PodTarget} from '../migration/world.js';
import {asOutcome, outcomeIfAny, outcomeOf} from './outcomes.js';
import {judgeSecretFile} from './questions/paths.js';
import {remoteFiles} from './run/remote-files.js';
import {openHere, settleHere, settlePods, type Keeping} from './run/settle.js';
import {newPod} from './servers/new-server.js';
import {findOldServer} from './servers/old-server.js';
import {takesCommands} from './servers/workload-pods.js';

type Needs = 'pods' | 'files' | 'cluster';

/** The entries. */
const copiesOf = (context: Pick<StepContext, 'outcomes'>): readonly string[] =>
	outcomeIfAny(context, 'copy-out')?.files.map(({path}) => path) ?? [];

/** The values, the key and the archive of a profile. The operator may have carried them where they belong already. */
const secretsOf = (context: Pick<StepContext, 'outcomes'>): readonly string[] => {
	const {values, key, archive} = outcomeIfAny(context, 'profile')?.secrets ?? {};
	return [values?.path, key?.path, archive?.path].filter(path => path !== undefined);
};

const isWithin = (folder: string, path: string): boolean => resolve(path).startsWith(`${resolve(folder)}${sep}`);

/**
All that lies here and must be decided on: what the steps name, and what stands in the list beside it, such as rejects
and repairs.
*/
const keptOf = (context: Pick<StepContext, 'outcomes' | 'listed' | 'run'>): readonly string[] => [
	...new Set([
		// Whatever a journal says, nothing outside the run's folder is touched.
		...[...copiesOf(context), ...secretsOf(context)].filter(path => isWithin(context.run.folder, path)),
		...openHere(context)
			.filter(({path}) => /^(?:data|secrets)\//v.test(path))
			.map(({path}) => join(context.run.folder, path)),
	]),
];

const keepQuestion = (context: Pick<StepContext, 'outcomes' | 'listed' | 'run'>): Question => ({
	kind: 'choice',
	id: 'copies',
	title: 'What should happen to the copies on this machine?',
	why: [
		...(copiesOf(context).length > 0
			? [
					"The entries are the last thing to go back to if both servers are lost, and they hold every user's " +
						'password hash.',
				]
			: []),
		...(secretsOf(context).length > 0
			? [
					'What git must not hold of the profile opens the configuration: the new server must have it before ' +
						'it is gone from here.',
				]
			: []),
	].join(' '),
	recommended: 'keep',
	options: [
		{
			value: 'keep',
			label: 'Keep them, mode 0600',
			reason: 'Until the migration is signed off.',
			cost: 'Readable by whoever can read your files.',
		},
		{
			value: 'seal',
			label: 'Encrypt them',
			reason: 'AES-256-GCM with a passphrase of yours; unroot ldif unseal opens them.',
			cost: 'Without the passphrase they are lost.',
		},
		{
			value: 'shred',
			label: 'Overwrite and remove them',
			reason: "The servers' own backups are enough.",
			cost: 'On a journalling file system or an SSD old blocks may survive.',
		},
	],
});

const sealQuestion: Question = {
	kind: 'text',
	id: 'seal-passphrase-file',
	title: 'Which file holds the passphrase for the copies?',
	why: 'It is read from there and kept nowhere.',
	pattern: {source: '/.+', says: 'The path must start with /.'},
};

const keepingOf = ({answers}: Pick<StepContext, 'answers'>): Keeping =>
	answers.copies === 'seal' || answers.copies === 'shred' ? answers.copies : 'keep';

const modeText = (mode: number): string => (mode % 0o1000).toString(8).padStart(4, '0');

type Remote = {readonly target: PodTarget; readonly files: readonly string[]};

/** What lies in pods that run: a pod that was scaled away was cleaned before. */
const remotes = async (context: StepContext<Needs>): Promise<readonly Remote[]> => {
	const backends = outcomeIfAny(context, 'export')?.files.map(({backend}) => backend) ?? [];
	const files = remoteFiles(context.run.id).allOf(backends);
	const {container} = outcomeOf(context, 'inventory').workload;
	const [fresh, old] = await Promise.all([newPod(context), findOldServer(context)]);
	const targets = [...(fresh === undefined ? [] : [{pod: fresh, container}]), old.target].filter(
		(target, index, all) => all.findIndex(one => one.pod === target.pod) === index,
	);
	const looked = await Promise.all(
		targets.map(async target => ({target, isRunning: await takesCommands(context, target.pod)})),
	);
	return looked.filter(({isRunning}) => isRunning).map(({target}) => ({target, files}));
};

/** Nothing readable stays behind in the pods, and the copies here are kept as the operator says. */
export const cleanUp: Step<Needs> = {
	id: 'clean-up',
	title: 'Clean up',
	why:
		"Plain exports hold every user's password hash: they are removed from the pods. The report says what was " +
		'decided, done and proved.',
	needs: ['pods', 'files', 'cluster'],
	effect: 'cluster',
	async inspect(context) {
		const remote = await remotes(context);
		return {
			state: 'to-do',
			facts: [
				...remote.map(({target}) => ({
					label: 'in the pod',
					value: `the files of the run below ${workFolder(context.run.id)} of ${target.pod} are removed`,
				})),
				...keptOf(context).map(value => ({label: 'copy here', value})),
			],
		};
	},
	async questions(context) {
		return keptOf(context).length === 0
			? []
			: [keepQuestion(context), ...(context.answers.copies === 'seal' ? [sealQuestion] : [])];
	},
	judge: async (context, question, answer) =>
		question === sealQuestion.id ? judgeSecretFile(context, answer) : undefined,
	async preview(context) {
		const remote = await remotes(context);
		return {
			summary: ['Removes the exports from the pods; then the report is written.'],
			commands: remote.map(({target, files}) => context.world.pods.byHand(target, ['rm', '-f', ...files])),
			wayBack: 'The exports cannot be brought back; the copies here are kept unless you said otherwise.',
		};
	},
	async perform(context, reporter) {
		const settled = await settlePods(context, reporter);
		for (const {label, value} of settled) {
			reporter.log(`${label}: ${value}`);
		}

		// The list names what this version made; a version before kept none.
		for (const {target, files} of await remotes(context)) {
			await removeRemote(context.world.pods, target, context.run.id, files);
		}

		const copies = keepingOf(context);
		await settleHere(context, reporter, copies);
		for (const path of keptOf(context)) {
			const present = await context.world.files.stat(path);
			if (copies === 'seal' && present) {
				reporter.log(
					`sealed as ${await context.world.files.seal(path, context.answers['seal-passphrase-file'] ?? '')}`,
				);
			}

			if (copies !== 'keep' && present) {
				await context.world.files.shred(path);
			}
		}

		return asOutcome<'clean-up'>({copies});
	},
	async verify(context) {
		const remote = await remotes(context);
		const inPods = await Promise.all(
			remote.map(async ({target, files}): Promise<Evidence> => {
				const {stdout} = await context.world.pods.script(
					target,
					'for f in "$@"; do if [ -e "$f" ]; then echo "$f"; fi; done',
					files,
				);
				const left = stdout.split('\n').filter(Boolean);
				return {
					label: `exports in ${target.pod}`,
					value: left.length === 0 ? 'none' : left.join(', '),
					holds: left.length === 0,
				};
			}),
		);
		const {copies} = outcomeOf(context, 'clean-up');
		const here = await Promise.all(
			keptOf(context).map(async (path): Promise<Evidence> => {
				const present = await context.world.files.stat(path);
				const isCarried = present === undefined && secretsOf(context).includes(path);
				return {
					label: path,
					value: present ? `kept, mode ${modeText(present.mode)}` : 'gone from here',
					holds: isCarried || (present ? copies === 'keep' && present.mode % 0o100 === 0 : copies !== 'keep'),
				};
			}),
		);
		return [...inPods, ...here];
	},
	undo: {kind: 'cannot', says: 'The exports in the pods cannot be brought back.'},
	rehearsal: {kind: 'same'},
};
