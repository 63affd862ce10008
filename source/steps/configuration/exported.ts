import {Failure} from '../../failure/failure.js';
import type {StepContext} from '../../migration/step.js';
import type {AdminApi} from '../../profile/admin-api.js';
import {compareSettings, type Comparison} from '../../profile/compare.js';
import {documentSettings} from '../../profile/document-settings.js';
import {substituteSecrets} from '../../profile/substitute.js';
import {decoded, type ProfileTree} from '../../profile/tree.js';
import {askExport} from '../profile/ask-export.js';
import {readPassword} from '../profile/secrets.js';
import {findNewServer} from '../servers/new-server.js';

type Needs = 'pods' | 'cluster' | 'files' | 'transfer';

/** The export of an administration API that was committed; undefined where the profile has none. */
export const committedExport = (committed: ProfileTree | undefined, api: AdminApi): string | undefined => {
	const bytes = [api.file, ...(api.earlier ? [api.earlier.file] : [])]
		.map(file => committed?.get(file))
		.find(found => found !== undefined);
	return bytes && decoded(bytes);
};

/** Failures that say that nobody has given the password. */
const withoutPassword = new Set(['password-file', 'password-not-typed']);

/** Whether the password is at hand: in a file, or typed for this try. */
export const hasPassword = async (context: StepContext<'files'>): Promise<boolean> => {
	try {
		await readPassword(context);
		return true;
	} catch (error) {
		if (error instanceof Failure && withoutPassword.has(error.parts.code)) {
			return false;
		}

		throw error;
	}
};

/**
Lets the new server export its configuration, takes its secrets out as those of the old one were, and compares the two
by setting. The same secret goes by the same name on both sides, so that what is encrypted anew is no difference.
*/
export const compareExport = async (
	context: StepContext<Needs>,
	api: AdminApi,
	committed: string,
): Promise<Comparison> => {
	const {target} = await findNewServer(context);
	const document = await askExport(context, api, target);
	const {text} = substituteSecrets(document, api.prefix);
	return compareSettings(documentSettings(committed, api.version), documentSettings(text, api.version), {});
};
