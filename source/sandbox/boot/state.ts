import {isFileError} from '../files/file-error.js';
import type {Start} from './boot.js';

const folder = '/opt/out/container-state/current';

/**
Keeps all variables with their values on the volume, passwords too, for all to read. Where it cannot, it says so and
goes on: what ends the start is the copy of the product a little later.
@see pingidentity-docker-builds, pingcommon/opt/staging/hooks/pingstate.lib.sh, tags 2102:35 and 2606:36
*/
export const keepState = ({machine, view, variables}: Start): void => {
	const attempt = (action: () => void, says: (error: {readonly code: string; readonly message: string}) => string) => {
		try {
			action();
		} catch (error) {
			if (!isFileError(error)) {
				throw error;
			}

			machine.log.write(says(error));
		}
	};

	attempt(
		() => {
			view.makeFolder(folder, {parents: true});
		},
		({message}) => `mkdir: can't create directory '/opt/out/container-state/': ${message}`,
	);
	attempt(
		() => {
			view.write(
				`${folder}/environment_variables`,
				[...variables].map(([name, text]) => `${name}=${text}\n`).join(''),
				0o644,
			);
		},
		({code, message}) =>
			`/opt/entrypoint.sh: line 35: can't create ${folder}/environment_variables: ` +
			(code === 'ENOENT' ? 'nonexistent directory' : message),
	);
};
