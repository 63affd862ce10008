import {readData} from '../../directory/data.js';
import {exportAbilities, type Encryption} from '../../directory/export.js';
import type {StepContext} from '../../migration/step.js';
import {remoteFiles} from '../run/remote-files.js';
import {lookingOnce} from '../servers/look-once.js';
import {oldServer} from '../servers/old-server.js';
import type {Needs} from './needs.js';

/** The files of the run in its pods. */
export const filesOf = (context: Pick<StepContext<Needs>, 'run'>) => remoteFiles(context.run.id);

/** Whether exports are encrypted, and with what. */
export const encryptionOf = (context: StepContext<Needs>): Encryption =>
	context.answers.encryption === 'passphrase'
		? {kind: 'passphrase', remoteFile: filesOf(context).passphrase}
		: {kind: 'none'};

/**
What is to be exported, and how the old server can do it. What is shown and done after the inspection goes by
it, except for the counts of what is exported.
*/
export const lookOnce = lookingOnce(async (context: StepContext<Needs>) => {
	const server = oldServer(context);
	const [data, abilities] = await Promise.all([readData(server), exportAbilities(server)]);
	return {...data, abilities};
});
