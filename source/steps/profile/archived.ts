import {Buffer} from 'node:buffer';
import {join} from 'node:path';
import type {Question, Reporter, StepContext} from '../../migration/step.js';
import type {Fingerprint} from '../../migration/world.js';
import {readImage} from '../../ping/image.js';
import type {AdminApi, AdminArchive} from '../../profile/admin-api.js';
import {exportWords, fetchArchive} from '../../profile/admin-export.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {findOldServer} from '../servers/old-server.js';
import {keyToProvide, othersToProvide} from './provide.js';
import {keepKey, readPassword, secretFiles} from './secrets.js';
import {methodByDefault, methodId, type Collecting, type ProfileDraft, type ProfileNeeds} from './way.js';

/** Which of the two ways, where there are two. */
export const methodQuestions = ({title, file, key, archive}: AdminApi): readonly Question[] =>
	archive
		? [
				{
					kind: 'choice',
					id: methodId,
					title: 'What is the configuration to be saved as?',
					why:
						'The server exports it either as one text, or as an archive of its own files. Both need the key of ' +
						'this server.',
					recommended: methodByDefault,
					options: [
						{
							value: methodByDefault,
							label: `The ${title}`,
							reason:
								`One text, ${file}, with variables in place of secrets: it can be read, compared and reviewed in ` +
								'git.',
							cost: 'The new server must be given the values of the variables.',
						},
						{
							value: 'archive',
							label: `The ${archive.title}`,
							reason:
								"All files of the server's configuration folder as they are, key pairs and data of plug-ins " +
								'too: nothing is to be filled in.',
							cost:
								`A binary with the server's keys (${key.name}) in it: it stays in the run's folder, and git gets ` +
								`its length and SHA-256 alone. It replaces all that a server has, and ${archive.takenBy}.`,
						},
					],
				},
			]
		: [];

/** The archive, where that way was chosen. */
export const chosenArchive = ({answers}: Pick<StepContext, 'answers'>, {archive}: AdminApi): AdminArchive | undefined =>
	answers[methodId] === 'archive' ? archive : undefined;

/** It lies where the copies of user data lie: whoever has it has the server's keys. */
const archivePath = ({run}: Pick<StepContext, 'run'>, {name}: AdminArchive): string => join(run.folder, 'data', name);

/** What is about to happen on this way. */
export const previewArchive = async (
	context: StepContext<ProfileNeeds>,
	api: AdminApi,
	archive: AdminArchive,
	user: string,
): ReturnType<Collecting['preview']> => {
	const {target} = await findOldServer(context);
	const path = archivePath(context, archive);
	return {
		summary: [
			`${target.pod} is asked for the ${archive.title}. It holds the server's keys: it is kept as ${path}, ` +
				'mode 0600, and never goes into git.',
			`git gets its length and SHA-256, and how it is brought back. ${api.key.name} is copied beside it.`,
		],
		commands: [context.world.pods.byHand(target, exportWords(api, archive, user))],
		files: [path, secretFiles(context, api).key],
	};
};

const versionOf = (productVersion: string | undefined): string =>
	productVersion ?? 'a version that its image does not name';

const versions = (context: Pick<StepContext, 'outcomes'>, {takenBy}: AdminArchive): string => {
	const {productVersion} = outcomeOf(context, 'inventory').workload;
	const image = outcomeIfAny(context, 'strategy')?.image;
	return (
		`${takenBy}: the old server is of ${versionOf(productVersion)}, the new one of ` +
		versionOf(image === undefined ? undefined : readImage(image).productVersion)
	);
};

/** How the archive is brought back, a sentence each. */
const toProvide = (
	context: Pick<StepContext, 'run' | 'outcomes'>,
	api: AdminApi,
	archive: AdminArchive,
	user: string,
): readonly string[] => {
	const path = archivePath(context, archive);
	return [
		`bring the archive back: mount it at ${archive.mountPath} of a server that starts for the first time, from ` +
			`a Secret (kubectl create secret generic NAME --from-file=${archive.name}=${path}) or, above 1 MiB, from a ` +
			'volume',
		`or let a running server take it: curl --insecure --user ${user} --header '${api.header}' --form ` +
			`file=@${path} https://HOST:${api.port}${archive.importPath}; either way it replaces the whole ` +
			'configuration',
		versions(context, archive),
	];
};

/** What git gets in the archive's place. */
const noteText = (
	context: Pick<StepContext, 'outcomes'>,
	archive: AdminArchive,
	pod: string,
	{bytes, sha256}: Fingerprint,
): string =>
	[
		`The ${archive.title} of ${outcomeOf(context, 'inventory').workload.name} is not in git: it holds the keys ` +
			'of the server.',
		'',
		`file: ${archive.name}`,
		`bytes: ${bytes}`,
		`sha256: ${sha256}`,
		`exported from: ${pod}, ${outcomeOf(context, 'inventory').workload.image}`,
		`goes to: ${archive.mountPath}`,
		'',
	].join('\n');

/** Fetches the archive and says how it is brought back. */
export const draftArchive = async (
	context: StepContext<ProfileNeeds>,
	api: AdminApi,
	archive: AdminArchive,
	user: string,
	reporter: Reporter,
): Promise<ProfileDraft> => {
	const {target} = await findOldServer(context);
	const path = archivePath(context, archive);
	const folder = join(context.run.folder, 'data');
	const password = await readPassword(context);
	await context.world.files.makeFolder(folder);
	const print = await fetchArchive(
		{
			...context.world,
			target,
			api,
			user,
			password,
			folder,
			run: context.run.id,
			signal: context.signal,
		},
		archive,
		path,
	);
	reporter.log(`${path}: ${print.bytes} bytes, SHA-256 ${print.sha256}`);
	const key = await keepKey(context, api, reporter);
	return {
		files: new Map([['configuration-archive.txt', Buffer.from(noteText(context, archive, target.pod, print))]]),
		removed: [],
		toDecide: [
			`${archive.name} was not searched for old ports and host names: look at its LDAP data stores (a host ` +
				'without a port means 389 or 636) and redirect URIs once a server has taken it',
		],
		toProvide: [...toProvide(context, api, archive, user), keyToProvide(api, key), ...othersToProvide(context, api)],
		secrets: {values: null, key, archive: {path, ...print}},
	};
};
