import {value, type Start} from './boot.js';
import {exportVariables} from './staging.js';

/** The password that everybody knows, which images from 2111 on take where none is given. */
const publicDefault = '2FederateM0re';

/** Where password files are looked for and made: from 2111 on another folder where the usual one takes no file. */
const folderOf = ({machine, view, variables, sprint}: Start): string => {
	const folder = value({variables}, 'SECRETS_DIR') || '/run/secrets';
	const isThere = view.exists(folder);
	if (isThere && (sprint < 2111 || view.may(folder, 2))) {
		return folder;
	}

	machine.log.write(
		isThere
			? `WARNING: Unable to write password files to '${folder}'`
			: `WARNING: Important that the orchestration environment create a tmpfs for '${folder}'`,
		"         Using 'tmp/secrets' for now.",
	);
	view.makeFolder('/tmp/secrets', {parents: true});
	return '/tmp/secrets';
};

/**
Names the password files, and makes those that are not there out of PING_IDENTITY_PASSWORD.
@see pingidentity-docker-builds, pingdatacommon/opt/staging/hooks/pingdata.lib.sh, tags 2103:25-85, 2111:41-98
*/
export const prepareSecrets = (start: Start): void => {
	const {view, sprint} = start;
	const folder = folderOf(start);
	const password = value(start, 'PING_IDENTITY_PASSWORD') || (sprint < 2111 ? '' : publicDefault);
	const files = {
		ROOT_USER_PASSWORD_FILE: 'root-user-password',
		ADMIN_USER_PASSWORD_FILE: 'admin-user-password',
		ENCRYPTION_PASSWORD_FILE: 'encryption-password',
	};
	const paths = Object.fromEntries(
		Object.entries(files).map(([name, file]) => [name, value(start, name) || `${folder}/${file}`]),
	);
	exportVariables(start, paths);
	for (const path of Object.values(paths)) {
		if (password !== '' && !view.exists(path)) {
			view.write(path, `${password}\n`, 0o600);
		}
	}
};
