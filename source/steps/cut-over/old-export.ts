import {removeRemote} from '../../directory/volume.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {outcomeIfAny} from '../outcomes.js';
import {remoteFiles} from '../run/remote-files.js';
import {isOfRun, settlePods} from '../run/settle.js';
import {findOldServer} from '../servers/old-server.js';
import {takesCommands} from '../servers/workload-pods.js';
import type {Needs} from './needs.js';

/** The old server's plain export goes before the server does: afterwards nobody can reach it. */
export const removeOldExport = async (context: StepContext<Needs>, reporter: Reporter): Promise<void> => {
	const exported = outcomeIfAny(context, 'export');
	const {target} = await findOldServer(context);
	if (exported && (await takesCommands(context, target.pod))) {
		// The list names what this version made; a version before kept none.
		const settled = await settlePods(context, reporter, target.pod);
		const files = [...exported.files.map(({file}) => file), remoteFiles(context.run.id).passphrase].filter(file =>
			isOfRun(context.run.id, file),
		);
		const left = await removeRemote(context.world.pods, target, context.run.id, files);
		await reporter.note({kind: 'removed-export', left: left.length});
		for (const {label, value} of settled) {
			reporter.log(`${label}: ${value}`);
		}
	}
};
