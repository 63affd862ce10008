import {Buffer} from 'node:buffer';
import {Failure} from '../../failure/failure.js';
import {ownMark} from '../../manifests/objects/names.js';
import type {ProvidedSecrets} from '../../manifests/strategy.js';
import type {Question, StepContext} from '../../migration/step.js';
import type {KubernetesObject} from '../../migration/world.js';
import {adminApiOf} from '../../profile/admin-api.js';
import {outcomeIfAny, outcomeOf} from '../outcomes.js';
import {countText} from '../run/words.js';

/** The question of who makes the Secrets. */
export const secretsId = 'profile-secrets';

/** What a new server needs of what was kept out of git; undefined where it needs nothing of it. */
const kept = (context: Pick<StepContext, 'outcomes'>) => {
	const api = adminApiOf(outcomeOf(context, 'inventory').workload.product);
	const secrets = outcomeIfAny(context, 'profile')?.secrets;
	if (!api || !secrets || outcomeOf(context, 'strategy').strategy === 'root') {
		return undefined;
	}

	const {newName} = outcomeOf(context, 'strategy');
	const values = secrets.values && secrets.values.count > 0 ? secrets.values : undefined;
	return (values ?? secrets.key)
		? {api, values, key: secrets.key, names: {variables: `${newName}-variables`, key: `${newName}-key`}}
		: undefined;
};

/** The Secrets that the plan is to name. A key is not mounted into a claim: it is put there with the profile. */
export const providedSecrets = (
	context: Pick<StepContext, 'outcomes'>,
	isClaim: boolean,
): ProvidedSecrets | undefined => {
	const found = kept(context);
	return (
		found && {
			...(found.values && {variables: found.names.variables}),
			...(found.key &&
				!isClaim && {
					key: {secret: found.names.key, item: found.key.name, mountPath: found.api.key.mountPath},
				}),
		}
	);
};

/** The commands that make the Secrets from the files of the run's folder. */
const byHand = ({run}: Pick<StepContext, 'run'>, found: NonNullable<ReturnType<typeof kept>>): readonly string[] => {
	const create = `kubectl --context ${run.context} --namespace ${run.namespace} create secret generic`;
	return [
		...(found.values ? [`${create} ${found.names.variables} --from-env-file=${found.values.path}`] : []),
		...(found.key ? [`${create} ${found.names.key} --from-file=${found.key.name}=${found.key.path}`] : []),
	];
};

/** What is to be decided of the Secrets. */
export const secretsQuestions = (context: Pick<StepContext, 'outcomes' | 'run'>): readonly Question[] => {
	const found = kept(context);
	if (!found) {
		return [];
	}

	const names = [...(found.values ? [found.names.variables] : []), ...(found.key ? [found.names.key] : [])];
	return [
		{
			kind: 'choice',
			id: secretsId,
			title: `Who makes ${names.length === 1 ? 'the Secret' : 'the Secrets'} ${names.join(' and ')}?`,
			why:
				`The new server reads ${[
					...(found.values ? [`the values of ${countText(found.values.count, 'variable', 'variables')}`] : []),
					...(found.key ? [found.key.name] : []),
				].join(' and ')} from there. Without ` +
				`${names.length === 1 ? 'it' : 'them'} its pod does not start, or does not read its configuration.`,
			recommended: 'create',
			options: [
				{
					value: 'create',
					label: 'unroot',
					reason: 'It makes them of the files in the run folder when the new workload is applied.',
					cost: 'It needs the permission to create and patch Secrets.',
				},
				{
					value: 'by-hand',
					label: 'You, or your secret store',
					reason: byHand(context, found).join('; '),
					cost: 'They have to be there before the new workload is applied.',
				},
			],
		},
	];
};

const ofFile = async (context: StepContext<'files'>, path: string): Promise<string> => {
	const text = await context.world.files.readSecret(path);
	if (text === undefined) {
		throw new Failure({
			code: 'secret-file-missing',
			seen: `${path} is not there any more.`,
			means: 'The Secret that the new server reads cannot be made of it. Nothing was applied.',
			todo: 'Make the Secret by hand if you still have its content, then answer «You» to who makes it.',
			byHand: `ls -l ${path}`,
			exit: 'blocked',
			retryable: true,
		});
	}

	return text;
};

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** The values by their names: one a line, as they were written for `--from-env-file`. */
const valuesIn = (text: string): Readonly<Record<string, string>> =>
	Object.fromEntries(
		text
			.split('\n')
			.filter(Boolean)
			.map(line => [line.slice(0, line.indexOf('=')), encoded(line.slice(line.indexOf('=') + 1))]),
	);

/**
The Secrets as unroot makes them; empty where somebody else does. Their content is in no plan and in no journal.
*/
export const secretsToMake = async (context: StepContext<'files'>): Promise<readonly KubernetesObject[]> => {
	const found = kept(context);
	if (!found || context.answers[secretsId] !== 'create') {
		return [];
	}

	const {values, key, names} = found;
	const secret = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
		apiVersion: 'v1',
		kind: 'Secret',
		metadata: {name, namespace: context.run.namespace, labels: {[ownMark.key]: ownMark.value}},
		type: 'Opaque',
		data,
	});
	return [
		...(values ? [secret(names.variables, valuesIn(await ofFile(context, values.path)))] : []),
		...(key ? [secret(names.key, {[key.name]: encoded(await ofFile(context, key.path))})] : []),
	];
};

/** What the plan's reader is told of the Secrets. */
export const secretsNote = (context: Pick<StepContext, 'outcomes' | 'answers' | 'run'>): readonly string[] => {
	const found = kept(context);
	return found
		? [
				context.answers[secretsId] === 'by-hand'
					? `Make before the new workload is applied: ${byHand(context, found).join('; ')}`
					: `With the new workload unroot makes ${[
							...(found.values ? [`Secret/${found.names.variables}`] : []),
							...(found.key ? [`Secret/${found.names.key}`] : []),
						].join(' and ')} of the files in the run folder; no plan and no git holds what is in them.`,
			]
		: [];
};
