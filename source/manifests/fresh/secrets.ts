import {Failure} from '../../failure/failure.js';
import {listOf, mapOf, textOf} from '../../ping/fields.js';
import {readImage} from '../../ping/image.js';
import type {Manifest} from '../../ping/workload.js';
import type {ContainerPlace} from '../objects/containers.js';
import {variablesOf} from '../objects/environment.js';
import type {Decisions} from '../strategy.js';

/** The first sprint whose hooks leave a folder of secrets aside that takes no file. */
const firstSprint = 2111;

const folders = new Set(['/run/secrets', '/var/run/secrets']);

/**
Refuses a new server that would leave its mounted passwords aside: from 2111 the hooks try to write into the folder of
secrets, and where that fails they use another one. The root password is then PING_IDENTITY_PASSWORD, or the public
default.
@see pingidentity-docker-builds, pingdatacommon/opt/staging/hooks/pingdata.lib.sh, tags 2111:41-76 and 2606:43-78
@throws Failure `secrets-ignored`
*/
export const checkSecrets = (
	server: ContainerPlace | undefined,
	{image}: Pick<Decisions, 'image'>,
	configMaps: readonly Manifest[],
): void => {
	const sprint = Number(readImage(image).sprint ?? 0);
	const mount = listOf(mapOf(server?.container).volumeMounts)
		.map(each => textOf(mapOf(each).mountPath)?.replace(/\/$/v, '') ?? '')
		.find(path => folders.has(path));
	const named = variablesOf(server?.container, configMaps).ROOT_USER_PASSWORD_FILE;
	const isNamed =
		named !== undefined ||
		listOf(mapOf(server?.container).env).some(entry => textOf(mapOf(entry).name) === 'ROOT_USER_PASSWORD_FILE');
	if (sprint < firstSprint || mount === undefined || isNamed) {
		return;
	}

	throw new Failure({
		code: 'secrets-ignored',
		seen: `${server?.name ?? 'The server'} has its passwords mounted at ${mount}, and ${image} is of sprint ${sprint}.`,
		means:
			'From sprint 2111 such a folder is left aside where the server cannot write into it: the root password ' +
			'would be PING_IDENTITY_PASSWORD or, without it, the public default. Nothing was planned.',
		todo:
			`Set ROOT_USER_PASSWORD_FILE to ${mount}/root-user-password in the workload, and ADMIN_USER_PASSWORD_FILE ` +
			'and ENCRYPTION_PASSWORD_FILE where those are mounted too; the old server reads the same files. Then try ' +
			'again.',
		byHand: `kubectl set env WORKLOAD ROOT_USER_PASSWORD_FILE=${mount}/root-user-password`,
		exit: 'blocked',
		retryable: true,
	});
};
