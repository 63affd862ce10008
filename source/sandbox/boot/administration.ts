import {makeView, type View} from '../files/view.js';
import {apiOf, type Api} from '../tools/admin-api.js';
import {ready, root, type Boot, type Ready, type Start} from './boot.js';
import {stageProfile} from './staging.js';

const move = (view: View, from: string, to: string): void => {
	view.makeFolder(to.slice(0, to.lastIndexOf('/')), {parents: true});
	view.write(to, view.read(from), 0o600);
};

/**
Imports the export of the profile, whose values can only be read with the key of the server that made it: without it
the import is skipped with a line in the log. A server that imports nothing has what its version brings.
@see pingidentity-docker-builds, 2103:pingaccess/opt/staging/hooks/81-after-start-process.sh and
  2104:pingfederate/opt/staging/hooks/85-import-configuration.sh
*/
const importExport = ({machine, view, facts}: Start, {configuration, key, profile, bare}: Api): Ready => {
	view.makeFolder(configuration.slice(0, configuration.lastIndexOf('/')), {parents: true});
	view.write(configuration, JSON.stringify(bare(facts.version)), 0o600);
	const file = profile.find(path => view.exists(`/opt/staging/${path}`));
	if (file === undefined) {
		return ready;
	}

	if (!view.exists(`/opt/staging/${key}`)) {
		machine.log.write(`WARNING: ${file} found, but no /${key} found`, 'WARNING: skipping import.');
		return ready;
	}

	move(view, `/opt/staging/${key}`, `/opt/out/${key}`);
	move(view, `/opt/staging/${file}`, configuration);
	machine.log.write('INFO: Removing Imported Bulk File');
	return ready;
};

/** Starts a product that is configured through its administration API, as its image's hooks do. */
export const bootAdministered = async (boot: Boot): Promise<Ready> => {
	const {machine, facts} = boot;
	const api = apiOf(machine.image);
	if (!api || machine.environment.get('OPERATIONAL_MODE') === 'CLUSTERED_ENGINE') {
		return ready;
	}

	const {credentials} = machine;
	const start: Start = {
		...boot,
		variables: new Map([['CONTAINER_ENV', '/opt/staging/.env'], ...machine.environment]),
		view: makeView(machine.tree, credentials, '/opt', 0o022),
		credentials,
		sprint: facts.sprint ?? 2606,
	};
	const isRestart = start.view.exists(root);
	machine.log.write(`RUN_PLAN : ${isRestart ? 'RESTART' : 'START'}`);
	if (isRestart) {
		return ready;
	}

	const staged = await stageProfile(start);
	return 'ready' in staged ? importExport(start, api) : staged;
};
