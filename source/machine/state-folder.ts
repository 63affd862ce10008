import {isAbsolute, join} from 'node:path';

/**
Where runs are kept: `$XDG_STATE_HOME/unroot`, else `~/.local/state/unroot`. A relative XDG_STATE_HOME is passed over,
as its specification wants.
Source: specifications.freedesktop.org, basedir-spec.
*/
export const stateFolder = (environment: Readonly<Record<string, string | undefined>>, home: string): string => {
	const named = environment.XDG_STATE_HOME ?? '';
	return join(isAbsolute(named) ? named : join(home, '.local', 'state'), 'unroot');
};
