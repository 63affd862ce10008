import {join} from 'node:path';
import {Failure} from '../../failure/failure.js';
import type {Evidence, Question, Reporter, StepContext} from '../../migration/step.js';
import type {Fingerprint} from '../../migration/world.js';
import type {AdminApi} from '../../profile/admin-api.js';
import {environmentText} from '../../profile/substitute.js';
import {countText} from '../run/words.js';
import {findOldServer} from '../servers/old-server.js';
import type {ProfileNeeds, ProfileSecrets} from './way.js';

/** Where what git must not hold lies in the run's folder. */
export const secretsFolder = ({run}: Pick<StepContext, 'run'>): string => join(run.folder, 'secrets');

/** The files of a way's secrets. */
export const secretFiles = (
	context: Pick<StepContext, 'run'>,
	{key}: AdminApi,
): {readonly values: string; readonly key: string} => ({
	values: join(secretsFolder(context), 'profile.env'),
	key: join(secretsFolder(context), key.name),
});

/** Where the administrator's password lies. Without a terminal it lies in a file, so nothing is recommended. */
export const passwordFileQuestion: Question = {
	kind: 'text',
	id: 'profile-admin-password-file',
	title: 'Which file holds the password of that administrator?',
	why:
		'The password is read from there or typed by you, goes into the pod through standard input, and is kept ' +
		'nowhere: never an argument, never in the journal.',
	pattern: {
		source: '(?:/.+)?',
		says: 'The path must start with /. On a terminal you can leave it empty and type the password.',
	},
	ifEmpty: 'you are asked to type the password.',
};

const passwordId = 'profile-admin-password';

/** The password itself, where no file was named. */
export const passwordQuestions = ({answers}: Pick<StepContext, 'answers'>, user: string): readonly Question[] =>
	answers[passwordFileQuestion.id] === ''
		? [
				{
					kind: 'secret',
					id: passwordId,
					title: `What is the password of ${user}?`,
					why:
						'It goes into the pod through standard input once you start the step, and is forgotten after that. A ' +
						'resumed run asks again.',
					instead: {
						question: passwordFileQuestion.id,
						says: 'the absolute path of a file of mode 0600 that holds the password on one line',
					},
				},
			]
		: [];

/** What was typed. It is not there where the draft was removed after the questions had been asked. */
const typedPassword = ({secrets}: Pick<StepContext, 'secrets'>): string => {
	const password = secrets.get(passwordId);
	if (password === undefined) {
		throw new Failure({
			code: 'password-not-typed',
			seen: 'The password of the administrator was not asked for in this try.',
			means: 'The administration API cannot be asked. Nothing was exported.',
			todo: 'Try again: the password is asked for.',
			byHand: 'unroot resume',
			retryable: true,
		});
	}

	return password;
};

/** The password: typed, or one line of a file, whose end does not belong to it. */
export const readPassword = async ({world, answers, secrets}: StepContext<'files'>): Promise<string> => {
	const path = answers[passwordFileQuestion.id] ?? '';
	if (path === '') {
		return typedPassword({secrets});
	}

	const text = await world.files.readSecret(path);
	const password = (text ?? '').replace(/\r?\n$/v, '');
	if (password === '' || /[\0\n\r]/v.test(password)) {
		throw new Failure({
			code: 'password-file',
			seen:
				`The password file ${path} ` +
				`${text === undefined ? 'is not there' : password === '' ? 'is empty' : 'holds more than one line'}.`,
			means: 'The administration API cannot be asked. Nothing was exported.',
			todo: 'Write the password into that file, on one line and with mode 0600, then try again.',
			byHand: `ls -l ${path}`,
			retryable: true,
		});
	}

	return password;
};

/** Keeps the key of the server, mode 0600. Gives null where it is not where it should be. */
export const keepKey = async (
	context: StepContext<ProfileNeeds>,
	api: AdminApi,
	reporter: Reporter,
): Promise<ProfileSecrets['key']> => {
	const {files, transfer} = context.world;
	const {target} = await findOldServer(context);
	const {key: path} = secretFiles(context, api);
	await files.makeFolder(secretsFolder(context));
	const inPod = await transfer.fingerprint(target, api.key.remotePath, context.signal);
	if (!inPod) {
		reporter.log(`${api.key.remotePath} is not in ${target.pod}`);
		return null;
	}

	const {sha256} = await transfer.copyOut({
		target,
		remotePath: api.key.remotePath,
		localPath: path,
		signal: context.signal,
	});
	return {name: api.key.name, path, sha256};
};

/** Keeps the values and the key of the same server in files that only this user may read. */
export const keepSecrets = async (
	context: StepContext<ProfileNeeds>,
	api: AdminApi,
	values: ReadonlyMap<string, string>,
	reporter: Reporter,
): Promise<ProfileSecrets> => {
	const {values: path} = secretFiles(context, api);
	await context.world.files.writeText(path, environmentText(values), 0o600);
	return {values: {path, count: values.size}, key: await keepKey(context, api, reporter)};
};

const modeText = (mode: number): string => (mode % 0o1000).toString(8).padStart(4, '0');

type Lying = {readonly isPrivate: boolean; readonly where: string; readonly print: Fingerprint | undefined};

/** How a file lies here. One that is gone was carried where it belongs: it is told, and no fault. */
const lying = async ({world}: StepContext<'files'>, path: string): Promise<Lying> => {
	const [stat, print] = await Promise.all([world.files.stat(path), world.files.fingerprint(path)]);
	return {
		isPrivate: stat === undefined || stat.mode % 0o100 === 0,
		where:
			`${stat ? `${path}, mode ${modeText(stat.mode)}` : `was ${path}, which is not there any more`}, never in ` +
			'git',
		print,
	};
};

const keyEvidence = async (
	context: StepContext<'files'>,
	{name, path, sha256}: NonNullable<ProfileSecrets['key']>,
): Promise<Evidence> => {
	const {isPrivate, where, print} = await lying(context, path);
	return {
		label: `key ${name}`,
		value: `of the server that made the export, SHA-256 ${sha256}: ${where}`,
		holds: isPrivate && (print === undefined || print.sha256 === sha256),
	};
};

const archiveEvidence = async (
	context: StepContext<'files'>,
	{path, bytes, sha256}: NonNullable<ProfileSecrets['archive']>,
): Promise<Evidence> => {
	const {isPrivate, where, print} = await lying(context, path);
	return {
		label: 'configuration archive',
		value: `${bytes} bytes, SHA-256 ${sha256}: ${where}`,
		holds: isPrivate && (print === undefined || (print.bytes === bytes && print.sha256 === sha256)),
	};
};

const valuesEvidence = async (
	context: StepContext<'files'>,
	{path, count}: NonNullable<ProfileSecrets['values']>,
): Promise<Evidence> => {
	const {isPrivate, where} = await lying(context, path);
	return {
		label: 'variables',
		value: `${countText(count, 'name', 'names')} in variables.txt; their values: ${where}`,
		holds: isPrivate,
	};
};

/** What is kept out of git, as it lies here. */
export const secretsEvidence = async (
	context: StepContext<'files'>,
	{values, key, archive}: ProfileSecrets,
): Promise<readonly Evidence[]> =>
	Promise.all([
		...(values ? [valuesEvidence(context, values)] : []),
		...(archive ? [archiveEvidence(context, archive)] : []),
		...(key ? [keyEvidence(context, key)] : []),
	]);
