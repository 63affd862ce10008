import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';

/** The passphrase itself: it goes nowhere but into the pod's standard input. */
export const readPassphrase = async ({world, answers}: StepContext<'files'>): Promise<string> => {
	const path = answers['passphrase-file'] ?? '';
	const text = await world.files.readSecret(path);
	if (!text?.trim()) {
		throw new Failure({
			code: 'passphrase-missing',
			seen: `The passphrase file ${path} ${text === undefined ? 'is not there' : 'is empty'}.`,
			means: 'The export cannot be encrypted with it. Nothing was exported.',
			todo: 'Write the passphrase into that file, with mode 0600, then try again.',
			byHand: `ls -l ${path}`,
			retryable: true,
		});
	}

	return text.trimEnd();
};
