import {Failure} from '../failure/failure.js';
import {readBackends} from './backends.js';
import {lastWords, runSubcommand, type DirectoryServer} from './server.js';

/*
Whether a server takes the writes of clients. There is a mode for the whole server, which covers every backend of user
data and leaves configuration, schema and tasks alone, and one for each backend; the stricter of the two counts
(docs.pingidentity.com, PingDirectory 8.2 to 11.0, pd_sec_writability_mode). Each server has its own: configuration is
not replicated.
*/

/**
Whether clients may write: `internal-only` lets replication and the server's own writes go on, such as those of a login;
`disabled` lets nothing.
*/
export type Writability = 'enabled' | 'internal-only' | 'disabled';

/** The modes, the strictest last. */
const modes: readonly Writability[] = ['enabled', 'internal-only', 'disabled'];

/** A mode that the server said; one that is not known is taken for a server that takes writes. */
export const asWritability = (text: string | undefined): Writability => modes.find(mode => mode === text) ?? 'enabled';

/** What a server says of itself. */
export type WriteState = {
	/** The mode of the whole server; null where it knows none, or could not be asked. */
	readonly global: Writability | null;
	readonly backends: ReadonlyArray<{readonly id: string; readonly mode: Writability}>;
};

/** The mode that holds for a backend. */
const effective = ({global}: WriteState, mode: Writability): Writability =>
	modes[Math.max(modes.indexOf(mode), modes.indexOf(global ?? 'enabled'))] ?? 'enabled';

/** The mode that holds for a backend of a server; undefined where the server does not name it. */
export const modeFor = (state: WriteState, backend: string): Writability | undefined => {
	const own = state.backends.find(({id}) => id === backend);
	return own && effective(state, own.mode);
};

/** The backends of a server that take the writes of clients. */
export const openBackends = (state: WriteState): readonly string[] =>
	state.backends.filter(({mode}) => effective(state, mode) === 'enabled').map(({id}) => id);

/** The mildest mode among the backends: what can be said of the server as a whole. */
export const modeOf = (state: WriteState): Writability =>
	state.backends.map(({mode}) => effective(state, mode)).toSorted((a, b) => modes.indexOf(a) - modes.indexOf(b))[0] ??
	'enabled';

/** The command that sets the mode of the whole server, or of one backend. */
export const writabilityCommand = (backend: string | undefined, mode: Writability): readonly string[] => [
	'dsconfig',
	...(backend === undefined ? ['set-global-configuration-prop'] : ['set-backend-prop', '--backend-name', backend]),
	'--set',
	`writability-mode:${mode}`,
	'--no-prompt',
];

const readGlobal = async (server: DirectoryServer): Promise<Writability | null> => {
	const {stdout} = await runSubcommand(server, 'dsconfig', 'get-global-configuration-prop', [
		'--property',
		'writability-mode',
		'--script-friendly',
		'--no-prompt',
	]);
	const said = /^writability-mode\s+(?<mode>enabled|internal-only|disabled)\s*$/mv.exec(stdout)?.groups?.mode;
	return said === undefined ? null : asWritability(said);
};

/** Asks a server whether it takes writes, as a whole and backend by backend. */
export const readWriteState = async (server: DirectoryServer): Promise<WriteState> => {
	const [global, backends] = await Promise.all([readGlobal(server), readBackends(server)]);
	return {
		global,
		backends: backends
			.filter(({isPrivate}) => !isPrivate)
			.map(({id, writability}) => ({id, mode: asWritability(writability)})),
	};
};

/**
Sets the mode of the whole server, or of one backend. Whether it was taken is to be read back. Gives what dsconfig said.
*/
export const setWritability = async (
	server: DirectoryServer,
	backend: string | undefined,
	mode: Writability,
): Promise<readonly string[]> => {
	const [tool = '', sub = '', ...argv] = writabilityCommand(backend, mode);
	return lastWords(await runSubcommand(server, tool, sub, argv));
};

/** The Failure of a server that still takes writes, or still refuses them, after it was told otherwise. */
export const notTaken = (server: DirectoryServer, mode: Writability, seen: string, said: readonly string[]): Failure =>
	new Failure({
		code: 'writability',
		seen: `dsconfig was told to set writability-mode in ${server.target.pod} to ${mode}; the server says: ${seen}.`,
		means:
			mode === 'enabled'
				? 'The server still refuses writes.'
				: 'The server still takes writes, so what is written from now on could be missing on the other side.',
		todo: 'Look at what dsconfig says, set it by hand, then try again.',
		byHand: server.pods.byHand(server.target, writabilityCommand(undefined, mode)),
		retryable: true,
		details: said,
	});
