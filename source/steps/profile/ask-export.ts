import type {StepContext} from '../../migration/step.js';
import type {PodTarget} from '../../migration/world.js';
import type {AdminApi} from '../../profile/admin-api.js';
import {fetchExport} from '../../profile/admin-export.js';
import type {Document} from '../../profile/json-text.js';
import {readPassword, secretsFolder} from './secrets.js';

/** The question which administrator may export the configuration. */
export const administratorId = 'profile-admin-user';

/** The administrator who may export: the same on the new server, since the old one's export brings him along. */
export const administratorOf = ({answers}: Pick<StepContext, 'answers'>, api: AdminApi): string =>
	answers[administratorId] ?? api.user;

/** Asks the administration API of a server for its export, secrets and all. Rejects with a Failure. */
export const askExport = async (
	context: StepContext<'pods' | 'files' | 'transfer'>,
	api: AdminApi,
	target: PodTarget,
): Promise<Document> => {
	const password = await readPassword(context);
	await context.world.files.makeFolder(secretsFolder(context));
	return fetchExport({
		...context.world,
		target,
		api,
		user: administratorOf(context, api),
		password,
		folder: secretsFolder(context),
		run: context.run.id,
		signal: context.signal,
	});
};
