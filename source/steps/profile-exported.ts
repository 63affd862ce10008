import {Buffer} from 'node:buffer';
import type {AdminApi} from '../profile/admin-api.js';
import {exportWords, fetchExport} from '../profile/admin-export.js';
import {lookAtAdmin} from '../profile/admin-look.js';
import {hostsWithoutPort} from '../profile/hosts.js';
import {stringAt} from '../profile/json-text.js';
import {substituteSecrets, variablesText} from '../profile/substitute.js';
import {freeProfile, placeText} from '../profile/variables.js';
import {productWith} from '../ping/catalogue.js';
import type {Question, StepContext} from '../migration/step.js';
import {insideGit} from './inside-git.js';
import {findOldServer, portsOfOld} from './old-server.js';
import {outcomeOf} from './outcomes.js';
import {
	keepSecrets,
	passwordFileQuestion,
	passwordQuestions,
	readPassword,
	secretFiles,
	secretsFolder,
} from './profile-secrets.js';
import type {Collecting, ProfileSecrets} from './profile-way.js';
import {countText} from './words.js';

const userId = 'profile-admin-user';

const userQuestion = ({title, user}: AdminApi): Question => ({
	kind: 'text',
	id: userId,
	title: `Which administrator may ask for the ${title}?`,
	why: 'The export is read from the administration API, in the pod and over its own loopback.',
	recommended: user,
	pattern: {source: String.raw`[^\s:]+`, says: 'The name of an administrator.'},
});

const userOf = ({answers}: Pick<StepContext, 'answers'>, api: AdminApi): string => answers[userId] ?? api.user;

/** What an operator must still give the new server, and what is not in the export. */
const toProvide = (context: Pick<StepContext, 'outcomes'>, api: AdminApi, version: string | undefined, {values, key}: ProfileSecrets): readonly string[] => {
	const product = productWith(outcomeOf(context, 'inventory').workload.product);
	const others = product?.profile.paths.filter(path => path !== api.file) ?? [];
	return [
		...(values.count > 0 ? [`give the new server the ${countText(values.count, 'variable', 'variables')} of variables.txt: kubectl create secret generic NAME --from-env-file=${values.path}, and name it in envFrom`] : []),
		key
			? `mount ${key.name} at ${api.key.mountPath}, from a Secret made of ${key.path}: without the key of this export, ${api.withoutKey}`
			: `${api.key.name} was not found at ${api.key.remotePath}: find it and mount it at ${api.key.mountPath}; without it, ${api.withoutKey}`,
		`the export is of version ${version ?? 'unknown'}: an import is only sure on a server of the same version`,
		...(others.length > 0 ? [`save by hand what was edited outside of the export: ${others.join(', ')}`] : []),
	];
};

/** PingFederate and PingAccess: their administration API exports the configuration as one document. */
export const exportedProfile = (api: AdminApi): Collecting => ({
	kind: 'collect',
	madeBy: `Made from the ${api.title}, with variables in place of its secrets.`,
	pathWhy: `The images look for ${api.file.slice(0, -'.subst'.length)} below SERVER_PROFILE_PATH.`,
	async look(context) {
		const {workload} = outcomeOf(context, 'inventory');
		const {target} = await findOldServer(context);
		const [{hasCurl, mode}, failure] = await Promise.all([lookAtAdmin(context.world.pods, target), insideGit(context, 'The key of the server and the values of the profile\'s variables are kept in the run\'s folder: one careless commit would publish them.')]);
		if (mode === 'CLUSTERED_ENGINE') {
			return {state: 'not-needed', facts: [{label: 'OPERATIONAL_MODE', value: mode}], why: `${workload.name} is an engine: it takes its configuration from the administration node. Save the profile in the run of that workload.`};
		}

		const facts = [
			{label: 'source', value: `${api.title}, asked on ${target.pod} itself`},
			{label: 'curl', value: hasCurl ? `is in ${target.pod}` : `is not in ${target.pod}`, ...(!hasCurl && {mark: 'bad' as const})},
		];
		return failure ? {state: 'blocked', facts, failure: failure.parts} : {state: 'to-do', facts};
	},
	questions: [userQuestion(api), passwordFileQuestion],
	secrets: context => passwordQuestions(context, userOf(context, api)),
	async preview(context) {
		const {target} = await findOldServer(context);
		const {values, key} = secretFiles(context, api);
		return {
			summary: [
				`${target.pod} is asked for the ${api.title}; its secrets become variables before anything is kept in ${api.file}.`,
				`The values of the variables and ${api.key.name} stay in the run's folder, mode 0600, and never go into git.`,
			],
			commands: [context.world.pods.byHand(target, exportWords(api, userOf(context, api)))],
			files: [values, key],
		};
	},
	async draft(context, reporter) {
		const {target} = await findOldServer(context);
		const password = await readPassword(context);
		await context.world.files.makeFolder(secretsFolder(context));
		const document = await fetchExport({
			...context.world, target, api, user: userOf(context, api), password, folder: secretsFolder(context), run: context.run.id, signal: context.signal,
		});
		const {text, values} = substituteSecrets(document, api.prefix);
		const secrets = await keepSecrets(context, api, values, reporter);
		const freed = freeProfile(new Map([[api.file, Buffer.from(text)]]), {ports: portsOfOld(context), hosts: []});
		reporter.log(`${api.file}: ${countText(values.size, 'secret is a variable', 'secrets are variables')} now`);
		return {
			files: new Map([...freed.tree, ['variables.txt', Buffer.from(variablesText(api.file, values))]]),
			removed: [],
			toDecide: [...freed.toDecide, ...hostsWithoutPort(api.file, text)].map(place => placeText(place)),
			toProvide: toProvide(context, api, stringAt(document, api.version), secrets),
			secrets,
		};
	},
});
