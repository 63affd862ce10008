import {removeRemote, workFolder} from '../directory/volume.js';
import type {
	Evidence,
	Question,
	Step,
	StepContext,
} from '../migration/step.js';
import type {PodTarget} from '../migration/world.js';
import {newPod} from './new-server.js';
import {findOldServer} from './old-server.js';
import {asOutcome, outcomeIfAny, outcomeOf} from './outcomes.js';
import {remoteFiles} from './remote-files.js';
import {takesCommands} from './workload-pods.js';

type Needs = 'pods' | 'files' | 'cluster';

const keepQuestion: Question = {
	kind: 'choice',
	id: 'copies',
	title: 'What becomes of the copy on this machine?',
	why: 'It is the last thing to go back to if both servers are lost, and it holds every user\'s password hash.',
	recommended: 'keep',
	options: [
		{
			value: 'keep', label: 'Keep it, mode 0600', reason: 'Until the migration is signed off.', cost: 'Readable by whoever can read your files.',
		},
		{
			value: 'seal', label: 'Encrypt it', reason: 'AES-256-GCM with a passphrase of yours; unroot ldif unseal opens it.', cost: 'Without the passphrase it is lost.',
		},
		{
			value: 'shred', label: 'Overwrite and remove it', reason: 'The servers\' own backups are enough.', cost: 'On a journalling file system or an SSD old blocks may survive.',
		},
	],
};

const sealQuestion: Question = {
	kind: 'text',
	id: 'seal-passphrase-file',
	title: 'Which file holds the passphrase for the copy?',
	why: 'It is read from there and kept nowhere.',
	pattern: {source: '/.+', says: 'An absolute path.'},
};

type Remote = {readonly target: PodTarget; readonly files: readonly string[]};

/** What lies in pods that run: a pod that was scaled away was cleaned before. */
const remotes = async (context: StepContext<Needs>): Promise<readonly Remote[]> => {
	const backends = outcomeIfAny(context, 'export')?.files.map(({backend}) => backend) ?? [];
	const files = remoteFiles(context.run.id).allOf(backends);
	const {container} = outcomeOf(context, 'inventory').workload;
	const [fresh, old] = await Promise.all([newPod(context), findOldServer(context)]);
	const targets = [...(fresh === undefined ? [] : [{pod: fresh, container}]), old.target].filter((target, index, all) => all.findIndex(one => one.pod === target.pod) === index);
	const looked = await Promise.all(targets.map(async target => ({target, isRunning: await takesCommands(context, target.pod)})));
	return looked.filter(({isRunning}) => isRunning).map(({target}) => ({target, files}));
};

const copiesOf = (context: Pick<StepContext, 'outcomes'>): readonly string[] => outcomeIfAny(context, 'copy-out')?.files.map(({path}) => path) ?? [];

/** Nothing readable stays behind in the pods, and the copy here is kept as the operator says. */
export const cleanUp: Step<Needs> = {
	id: 'clean-up',
	title: 'Clean up',
	why: 'Plain exports hold every user\'s password hash: they are removed from the pods. The report says what was decided, done and proved.',
	needs: ['pods', 'files', 'cluster'],
	effect: 'cluster',
	async inspect(context) {
		const remote = await remotes(context);
		return {
			state: 'to-do',
			facts: [
				...remote.map(({target}) => ({label: 'in the pod', value: `the files of the run below ${workFolder(context.run.id)} of ${target.pod} are removed`})),
				...copiesOf(context).map(value => ({label: 'copy here', value})),
			],
		};
	},
	async questions(context) {
		return copiesOf(context).length === 0 ? [] : [keepQuestion, ...(context.answers.copies === 'seal' ? [sealQuestion] : [])];
	},
	async preview(context) {
		const remote = await remotes(context);
		return {
			summary: ['Removes the exports from the pods; then the report is written.'],
			commands: remote.map(({target, files}) => context.world.pods.byHand(target, ['rm', '-f', ...files])),
			wayBack: 'The exports cannot be brought back; the copy here is kept unless you said otherwise.',
		};
	},
	async perform(context, reporter) {
		for (const {target, files} of await remotes(context)) {
			await removeRemote(context.world.pods, target, files);
			reporter.log(`${target.pod}: removed`);
		}

		const copies = context.answers.copies ?? 'keep';
		for (const path of copiesOf(context)) {
			const present = await context.world.files.stat(path);
			if (copies === 'seal' && present) {
				reporter.log(`sealed as ${await context.world.files.seal(path, context.answers['seal-passphrase-file'] ?? '')}`);
			}

			if (copies !== 'keep' && present) {
				await context.world.files.shred(path);
			}
		}

		return asOutcome<'clean-up'>({copies});
	},
	async verify(context) {
		const remote = await remotes(context);
		const inPods = await Promise.all(remote.map(async ({target, files}): Promise<Evidence> => {
			const {stdout} = await context.world.pods.script(target, 'for f in "$@"; do if [ -e "$f" ]; then echo "$f"; fi; done', files);
			const left = stdout.split('\n').filter(Boolean);
			return {label: `exports in ${target.pod}`, value: left.length === 0 ? 'none' : left.join(', '), holds: left.length === 0};
		}));
		const {copies} = outcomeOf(context, 'clean-up');
		const here = await Promise.all(copiesOf(context).map(async (path): Promise<Evidence> => {
			const present = await context.world.files.stat(path);
			return {label: path, value: present ? 'kept, mode 0600' : 'gone from here', holds: (present !== undefined) === (copies === 'keep')};
		}));
		return [...inPods, ...here];
	},
	undo: {kind: 'cannot', says: 'The exports in the pods cannot be brought back.'},
	rehearsal: {kind: 'same'},
};
