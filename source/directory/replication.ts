import type {Clock} from '../migration/world.js';
import type {DirectoryServer} from './server.js';
import {doWork} from './work.js';

/** A server as the tools of replication are given it. */
export type Address = {readonly host: string; readonly port: number};

/** What is to be done to a replica: joined for a base DN, or filled from another one. */
export type ReplicationOrder = {
	readonly kind: 'enable' | 'initialize';
	readonly source: Address;
	readonly destination: Address;
	readonly baseDn: string;
	readonly replicationPort: number;
	/** Absolute path of the tool's log in the pod. */
	readonly log: string;
};

/*
As Ping's hook 80 calls the tool (pingidentity-docker-builds 2103 pingdirectory/opt/staging/hooks/80-post-start.sh),
with the password files of the image. `--noSchemaReplication` is what the hook says; the schema is the profile's.
*/
const secrets = `
secret=\${ROOT_USER_PASSWORD_FILE:-/run/secrets/root-user-password}
[ -r "$secret" ] || secret=/tmp/secrets/root-user-password
admin=\${ADMIN_USER_PASSWORD_FILE:-/run/secrets/admin-user-password}
[ -r "$admin" ] || admin=/tmp/secrets/admin-user-password
[ -r "$admin" ] || admin=$secret
user=\${ADMIN_USER_NAME:-admin}
dn=\${ROOT_USER_DN:-cn=administrator}
`;

const enableScript = `${secrets}
dsreplication enable --host1 "$1" --port1 "$2" --useSSL1 --bindDN1 "$dn" --bindPasswordFile1 "$secret" --replicationPort1 "$6" --host2 "$3" --port2 "$4" --useSSL2 --bindDN2 "$dn" --bindPasswordFile2 "$secret" --replicationPort2 "$6" --baseDN "$5" --adminUID "$user" --adminPasswordFile "$admin" --noSchemaReplication --ignoreWarnings --trustAll --no-prompt
`;

const initializeScript = `${secrets}
dsreplication initialize --hostSource "$1" --portSource "$2" --useSSLSource --hostDestination "$3" --portDestination "$4" --useSSLDestination --baseDN "$5" --adminUID "$user" --adminPasswordFile "$admin" --trustAll --no-prompt
`;

/** The command of an order as an operator would type it in the pod; the passwords are in the files of the image. */
export const replicationWords = ({kind, source, destination, baseDn}: ReplicationOrder): readonly string[] =>
	kind === 'enable'
		? [
				'dsreplication',
				'enable',
				'--host1',
				source.host,
				'--port1',
				String(source.port),
				'--useSSL1',
				'--host2',
				destination.host,
				'--port2',
				String(destination.port),
				'--useSSL2',
				'--baseDN',
				baseDn,
				'--noSchemaReplication',
				'--trustAll',
			]
		: [
				'dsreplication',
				'initialize',
				'--hostSource',
				source.host,
				'--portSource',
				String(source.port),
				'--useSSLSource',
				'--hostDestination',
				destination.host,
				'--portDestination',
				String(destination.port),
				'--useSSLDestination',
				'--baseDN',
				baseDn,
				'--trustAll',
			];

/**
Joins or fills a replica by the tool in its own pod, detached, so that neither a lost connection ends it nor a second
try begins a second one. Rejects with a Failure where the tool does not end well; what it did is for a reading to say.
*/
export const changeReplication = async (
	server: DirectoryServer,
	clock: Clock,
	order: ReplicationOrder,
	onLines: (lines: readonly string[]) => void,
): Promise<void> => {
	const {kind, source, destination, baseDn, replicationPort, log} = order;
	await doWork(
		{
			server,
			clock,
			tool: `dsreplication ${kind}`,
			log,
			call: {
				script: kind === 'enable' ? enableScript : initializeScript,
				parameters: [
					source.host,
					String(source.port),
					destination.host,
					String(destination.port),
					baseDn,
					String(replicationPort),
				],
			},
			isTask: false,
			byHand: server.pods.byHand(server.target, replicationWords(order)),
			onLines,
		},
		true,
	);
};
