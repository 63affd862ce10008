import {isFileError} from '../files/file-error.js';
import {makeView} from '../files/view.js';
import {isRefusal} from '../ldap/refusal.js';
import {ready, root, value, type Boot, type Ready, type Start, type State} from './boot.js';
import {containerFailure} from './failure.js';
import {joinTopology} from './join.js';
import {listen} from './listen.js';
import {restart} from './restart.js';
import {prepareSecrets} from './secrets.js';
import {setup} from './setup.js';
import {stageProfile} from './staging.js';
import {keepState} from './state.js';
import {sayWho, stepDown} from './who.js';

/** The last hook: joins the topology, where there is one to join. */
const postStart = async (start: Start, state: State): Promise<Ready> => {
	const {machine} = start;
	const service = value(start, 'K8S_STATEFUL_SET_SERVICE_NAME');
	const domain =
		value(start, 'ORCHESTRATION_TYPE') === 'KUBERNETES' && service !== '' ? start.domain(service) : undefined;
	const isSeed = machine.pod === `${value(start, 'K8S_STATEFUL_SET_NAME')}-0`;
	const isAlone = state === 'GENESIS' || (isSeed && state === 'UPDATE');
	if (machine.directory && domain && !isAlone) {
		return joinTopology(start, machine.directory, domain);
	}

	if (state === 'GENESIS') {
		machine.log.write(
			"PD_STATE is GENESIS ==> Replication on this server won't be set up until more instances are added",
			'Replication will not be configured.',
		);
	}

	return ready;
};

/** Runs the hooks; a profile that manage-profile does not take ends the start. */
const runHooks = async (start: Start): Promise<Ready> => {
	const {machine, view} = start;
	const staged = await stageProfile(start);
	if (!('ready' in staged)) {
		return staged;
	}

	keepState(start);
	prepareSecrets(start);
	const isRestart = view.exists(`${root}/config/server.uuid`);
	if (!isRestart && view.exists(root)) {
		machine.log.write(`No server.uuid found. Removing existing SERVER_ROOT_DIR '${root}''`);
		view.rename(root, `/tmp/removed-${Date.now()}`);
	}

	await start.wait(120);
	const prepared = isRestart ? restart(start) : setup(start);
	if (!('state' in prepared)) {
		return prepared;
	}

	await start.wait(150);
	const listening = listen(start);
	return 'ready' in listening ? postStart(start, prepared.state) : listening;
};

/** Starts as the image's hooks do, with their words and exit codes. */
export const bootDirectory = async (boot: Boot): Promise<Ready> => {
	const {machine, facts} = boot;
	const credentials = stepDown(boot);
	const start: Start = {
		...boot,
		variables: new Map(machine.environment),
		view: makeView(machine.tree, credentials, '/opt', 0o022),
		credentials,
		sprint: facts.sprint ?? 2606,
	};
	sayWho(boot, credentials);
	if (credentials.uid !== 0 && !start.view.may('/opt/bootstrap.sh', 4)) {
		machine.log.write("sh: can't open './bootstrap.sh': Permission denied");
		return {exit: 2};
	}

	await boot.wait(60);
	machine.log.write(
		'----- Starting hook: /opt/staging/hooks/01-start-server.sh',
		'Ping Identity DevOps Docker Image',
		`      IMAGE_VERSION: ${value(start, 'IMAGE_VERSION')}`,
		`             DATE: ${new Date().toISOString()}`,
	);
	try {
		return await runHooks(start);
	} catch (error) {
		if (!isFileError(error) && !isRefusal(error)) {
			throw error;
		}

		const isRestart = start.view.exists(`${root}/config/server.uuid`);
		machine.log.write(isFileError(error) ? `${root}: ${error.message}` : error.message);
		return containerFailure(start, {
			why: `Error running ${isRestart ? '20-restart-sequence.sh' : '183-run-setup.sh'}`,
			hooks: isRestart ? [] : ['18-setup-sequence.sh', '10-start-sequence.sh'],
			exit: isRestart ? 20 : 10,
		});
	}
};
