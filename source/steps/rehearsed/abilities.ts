import {createHash} from 'node:crypto';
import {exportAbilities} from '../../directory/export.js';
import {readClasses} from '../../directory/schema.js';
import type {StepContext} from '../../migration/step.js';
import type {Workload} from '../../ping/workload.js';
import type {Outcomes} from '../outcomes.js';
import {holdsDirectoryData} from '../servers/products.js';

/** What cannot be asked is not known: it keeps no run from beginning. */
const ifKnown = async <T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | null> => {
	try {
		return await ask();
	} catch {
		signal.throwIfAborted();
		return null;
	}
};

/** What the old server's tools can do, and a hash of its schema's names: a rehearsal is of this. */
export const abilitiesOf = async (
	{world, signal}: StepContext<'pods'>,
	workload: Workload,
): Promise<Pick<Outcomes['inventory'], 'tools' | 'schema'>> => {
	const [pod] = workload.pods;
	if (pod === undefined || !holdsDirectoryData(workload.product)) {
		return {};
	}

	const server = {
		pods: world.pods,
		target: {pod, container: workload.container},
		ldapsPort: workload.ports.LDAPS_PORT ?? 636,
		signal,
	};
	const [tools, classes] = await Promise.all([
		ifKnown(signal, async () => exportAbilities(server)),
		ifKnown(signal, async () => readClasses(server)),
	]);
	const names = classes && [...classes].toSorted((one, other) => one.localeCompare(other, 'en')).join('\n');
	return {tools, schema: names === null ? null : createHash('sha256').update(names).digest('hex')};
};
