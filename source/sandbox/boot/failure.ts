import type {Failed, Start} from './boot.js';

/** What ends a start: why, and the hooks that it ends, the innermost first. `exit` is the status up to sprint 2108. */
type ContainerFailure = {readonly why: string; readonly hooks: readonly string[]; readonly exit: number};

/**
Ends a start as `container_failure` of the sprint does: up to 2108 each hook ends and says so, and the outermost decides
the status; 2109 and 2110 send tini a signal that does not end it; from 2111 tini is terminated.
@see pingidentity-docker-builds, pingcommon/opt/staging/hooks/pingcommon.lib.sh, tags 2108:236, 2109:260, 2110:264,
  2111:285
*/
export const containerFailure = (
	{machine, sprint}: Pick<Start, 'machine' | 'sprint'>,
	{why, hooks, exit}: ContainerFailure,
): Failed => {
	machine.log.write(`CONTAINER FAILURE: ${why}`);
	if (sprint <= 2108) {
		machine.log.write(...hooks.map(hook => `CONTAINER FAILURE: Error running ${hook}`));
		return {exit};
	}

	return sprint <= 2110 ? {hangs: true} : {exit: 143};
};

/** The hooks around what is run before the run plan decides, such as `02-get-remote-server-profile.sh`. */
export const atStart = (hook: string): Pick<ContainerFailure, 'hooks' | 'exit'> => ({
	hooks: [hook, '01-start-server.sh'],
	exit: 1,
});

/** The hooks around what a first start runs, such as `183-run-setup.sh`. */
export const inSetup = (hook: string): Pick<ContainerFailure, 'hooks' | 'exit'> => ({
	hooks: [hook, '18-setup-sequence.sh', '10-start-sequence.sh'],
	exit: 10,
});
