import {tellableDetails} from '../failure/tellable.js';
import type {CommandResult, PodShell, PodTarget} from '../migration/world.js';

/** A running directory server: the container it runs in and the port its LDAPS listener has. */
export type DirectoryServer = {
	readonly pods: PodShell;
	readonly target: PodTarget;
	/** As the running server has it, which is not always what the environment says. */
	readonly ldapsPort: number;
	readonly signal?: AbortSignal;
};

/**
The identity that the server was set up with: what its hooks have written into $CONTAINER_ENV, where a profile's
env_vars may name another root user than the container's environment, and where the password files are that were used.
The container's environment stands in where there is none.
@see pingidentity-docker-builds, pingcommon/opt/staging/hooks/pingcommon.lib.sh, export_container_env (one variable a
  line, the last one counts); pingdirectory/opt/liveness.sh
*/
export const connectionIdentity = `
told=\${CONTAINER_ENV:-/opt/staging/.env}; dn=; secret=
if [ -r "$told" ]; then
dn=$(sed -n 's/^ROOT_USER_DN=//p' "$told" | tail -n 1)
secret=$(sed -n 's/^ROOT_USER_PASSWORD_FILE=//p' "$told" | tail -n 1)
fi
dn=\${dn#[\\"\\']}; dn=\${dn%[\\"\\']}
dn=\${dn:-\${ROOT_USER_DN:-cn=administrator}}
secret=\${secret:-\${ROOT_USER_PASSWORD_FILE:-/run/secrets/root-user-password}}
[ -r "$secret" ] || secret=/tmp/secrets/root-user-password
`;

/**
Runs a tool with its connection said explicitly, because tools that can work offline or online choose by what they find
in `tools.properties` (whose port is the old one on an old volume). Where the password file cannot be read,
`tools.properties` is all there is.

Password files: pingidentity-docker-builds 2103:pingdirectory/Dockerfile, with the fallback to /tmp/secrets when
/run/secrets is not writable.
*/
const connected = `
port=$1; tool=$2; shift 2
${connectionIdentity}
if [ -r "$secret" ]; then
	"$tool" --hostname localhost --port "$port" --useSSL --trustAll --bindDN "$dn" --bindPasswordFile "$secret" "$@"
else
	"$tool" "$@"
fi
`;

/**
The same for tools whose first word is a sub-command, which the connection options follow. `$1` is the port, then the
tool, its sub-command and its options.
*/
export const connectedSubcommand = `
port=$1; tool=$2; sub=$3; shift 3
${connectionIdentity}
if [ -r "$secret" ]; then
	"$tool" "$sub" --hostname localhost --port "$port" --useSSL --trustAll --bindDN "$dn" --bindPasswordFile "$secret" "$@"
else
	"$tool" "$sub" "$@"
fi
`;

/** How a call to a tool is run in the pod: a constant script and its parameters. */
export type ToolCall = {
	readonly script: string;
	readonly parameters: readonly string[];
	/** Absolute paths of what it leaves in the container, beside its log. */
	readonly makes?: readonly string[];
};

/** A call to a tool over a connection to the running server. */
export const toolCall = (
	{ldapsPort}: Pick<DirectoryServer, 'ldapsPort'>,
	tool: string,
	argv: readonly string[],
): ToolCall => ({
	script: connected,
	parameters: [String(ldapsPort), tool, ...argv],
});

/** Runs a tool such as `ldapsearch` and waits for its end. */
export const runServerTool = async (
	server: DirectoryServer,
	tool: string,
	argv: readonly string[],
	options: {readonly input?: string; readonly timeoutSeconds?: number} = {},
): Promise<CommandResult> => {
	const {script, parameters} = toolCall(server, tool, argv);
	return server.pods.script(server.target, script, parameters, {
		...options,
		...(server.signal && {signal: server.signal}),
	});
};

/** Runs a tool with sub-commands, such as `dsconfig`, and waits for its end. */
export const runSubcommand = async (
	server: DirectoryServer,
	tool: string,
	sub: string,
	argv: readonly string[],
): Promise<CommandResult> =>
	server.pods.script(server.target, connectedSubcommand, [String(server.ldapsPort), tool, sub, ...argv], {
		...(server.signal && {signal: server.signal}),
	});

/** All that a tool said, line by line: for the file that only the operator reads. */
export const allWords = ({stdout, stderr}: CommandResult): readonly string[] =>
	`${stdout}\n${stderr}`
		.split('\n')
		.map(line => line.trimEnd())
		.filter(Boolean);

/** What may be told of what a tool said, for a Failure's details. */
export const lastWords = (result: CommandResult): readonly string[] => tellableDetails(allWords(result));
