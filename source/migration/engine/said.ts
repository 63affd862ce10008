import {join} from 'node:path';
import {Failure, partsOf, type FailureParts} from '../../failure/failure.js';
import type {Step} from '../step.js';
import type {Session} from './session.js';

/**
The parts of what a step failed with. What a tool said may hold user data: it goes into a file of the run that only the
operator reads, and the parts name the file.
*/
export const tellFailure = async (
	{world, run}: Pick<Session, 'world' | 'run'>,
	step: Pick<Step, 'id'>,
	error: unknown,
): Promise<FailureParts> => {
	const parts = partsOf(error);
	if (!(error instanceof Failure) || error.said.length === 0) {
		return parts;
	}

	const path = join(run.folder, 'data', `said-${step.id}.log`);
	try {
		await world.files.writeText(path, `${error.said.join('\n')}\n`, 0o600);
	} catch {
		// On a full disk the failure itself is what counts.
		return parts;
	}

	return {
		...parts,
		details: [...(parts.details ?? []), `All that was said is in ${path} (mode 0600; it may hold user data).`],
	};
};
