import {Failure} from '../failure/failure.js';
import type {Clock} from '../migration/world.js';
import {readRejects, type Reject} from './rejects.js';
import {lastWords, toolCall, type DirectoryServer} from './server.js';
import {doWork} from './work.js';

/**
What the server's `ldapmodify` can be told, read from its own help: which of it a version has is not written down
anywhere (pingidentity/ldapsdk, LDAPModify.java, has all of it today).
*/
export type ChangeAbilities = {
	/** Takes `entryUUID`, `createTimestamp` and the account state as they are given. */
	readonly ignoreNoUserModification: boolean;
	/** Takes passwords as they are encoded, whatever the policy says of their history and age. */
	readonly passwordUpdateBehavior: boolean;
	/** Leaves `modifyTimestamp` and `modifiersName` alone. */
	readonly suppressOperationalAttributeUpdates: boolean;
	readonly suppressReferentialIntegrityUpdates: boolean;
	readonly usePermissiveModify: boolean;
	readonly useManageDsaIT: boolean;
	/** Without it a rejected change cannot be told from one that was made. */
	readonly rejectFile: boolean;
};

/** What it takes to make an entry exactly what it is elsewhere. */
const neededFor: ReadonlyArray<{readonly ability: keyof ChangeAbilities; readonly what: string}> = [
	{ability: 'ignoreNoUserModification', what: 'keeps entryUUID, createTimestamp and account state'},
	{ability: 'passwordUpdateBehavior', what: 'takes encoded passwords'},
	{ability: 'suppressOperationalAttributeUpdates', what: 'keeps modifyTimestamp'},
	{ability: 'rejectFile', what: 'keeps what was rejected'},
];

/** What the tool lacks to apply changes exactly; empty where it lacks nothing. */
export const lackingFor = (abilities: ChangeAbilities): readonly string[] =>
	neededFor.filter(({ability}) => abilities[ability] === false).map(({ability, what}) => `--${ability} (${what})`);

/** Reads the help text of `ldapmodify` in the pod. A tool that says nothing can do nothing. */
export const changeAbilities = async (server: DirectoryServer): Promise<ChangeAbilities> => {
	const {stdout} = await server.pods.script(server.target, 'ldapmodify --help 2>&1', []);
	const has = (flag: string): boolean => stdout.includes(`--${flag}`);
	return {
		ignoreNoUserModification: has('ignoreNoUserModification'),
		passwordUpdateBehavior: has('passwordUpdateBehavior'),
		suppressOperationalAttributeUpdates: has('suppressOperationalAttributeUpdates'),
		suppressReferentialIntegrityUpdates: has('suppressReferentialIntegrityUpdates'),
		usePermissiveModify: has('usePermissiveModify'),
		useManageDsaIT: has('useManageDsaIT'),
		rejectFile: has('rejectFile'),
	};
};

/** Changes to apply, and what stands where in the pod. All paths are absolute. */
export type ChangeOrder = {
	/** Change records. */
	readonly file: string;
	readonly log: string;
	readonly rejectFile: string;
	readonly abilities: ChangeAbilities;
};

const passwordBehaviours = [
	'allow-pre-encoded-password=true',
	'skip-password-validation=true',
	'ignore-password-history=true',
	'ignore-minimum-password-age=true',
];

/** The words after `ldapmodify`, without the connection. */
export const changeWords = ({file, rejectFile, abilities}: Omit<ChangeOrder, 'log'>): readonly string[] => [
	'--filename',
	file,
	'--continueOnError',
	...(abilities.rejectFile ? ['--rejectFile', rejectFile] : []),
	...(abilities.ignoreNoUserModification ? ['--ignoreNoUserModification'] : []),
	...(abilities.passwordUpdateBehavior
		? passwordBehaviours.flatMap(behaviour => ['--passwordUpdateBehavior', behaviour])
		: []),
	...(abilities.suppressOperationalAttributeUpdates ? ['--suppressOperationalAttributeUpdates', 'lastmod'] : []),
	...(abilities.suppressReferentialIntegrityUpdates ? ['--suppressReferentialIntegrityUpdates'] : []),
	...(abilities.usePermissiveModify ? ['--usePermissiveModify'] : []),
	...(abilities.useManageDsaIT ? ['--useManageDsaIT'] : []),
];

/** Changes that were not made. */
export type Rejected = {readonly count: number; readonly first: readonly Reject[]};

/**
Applies change records, and gives those that the server rejected. Rejects with a Failure where the tool did not come to
apply anything, or was lost.
*/
export const applyChanges = async (server: DirectoryServer, clock: Clock, order: ChangeOrder): Promise<Rejected> => {
	const words = changeWords(order);
	const byHand = server.pods.byHand(server.target, ['ldapmodify', ...words]);
	const {lines, exitCode} = await doWork(
		{
			server,
			clock,
			tool: 'ldapmodify',
			log: order.log,
			call: toolCall(server, 'ldapmodify', words),
			isTask: false,
			isJudgedByCaller: true,
			byHand,
		},
		true,
	);
	const rejected = await readRejects(server, order.rejectFile);
	if (exitCode !== 0 && rejected.count === 0) {
		throw new Failure({
			code: 'changes-not-applied',
			seen:
				`ldapmodify in ${server.target.pod} ended with exit status ${exitCode ?? 'unknown'} and names no change ` +
				'that was rejected.',
			means: 'It could not connect, or could not read the changes: what of them was made is not known.',
			todo: 'Read what the tool said, then try again: both sides are compared again.',
			byHand,
			retryable: true,
			details: lastWords({stdout: lines.join('\n'), stderr: '', exitCode}),
		});
	}

	return rejected;
};
