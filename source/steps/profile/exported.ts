import {Buffer} from 'node:buffer';
import type {Question} from '../../migration/step.js';
import type {AdminApi} from '../../profile/admin-api.js';
import {exportWords} from '../../profile/admin-export.js';
import {lookAtAdmin} from '../../profile/admin-look.js';
import {exportPlaceOf, versionOf} from '../../profile/admin-place.js';
import {hostsWithoutPort} from '../../profile/hosts.js';
import {substituteSecrets, variablesText} from '../../profile/substitute.js';
import {freeProfile, placeText} from '../../profile/variables.js';
import {outcomeOf} from '../outcomes.js';
import {insideGit} from '../run/inside-git.js';
import {countText} from '../run/words.js';
import {findOldServer, portsOfOld} from '../servers/old-server.js';
import {chosenArchive, draftArchive, methodQuestions, previewArchive} from './archived.js';
import {administratorId, administratorOf, askExport} from './ask-export.js';
import {keyToProvide, othersToProvide, valuesToProvide} from './provide.js';
import {keepSecrets, passwordFileQuestion, passwordQuestions, secretFiles} from './secrets.js';
import type {Collecting} from './way.js';

const userQuestion = ({user}: AdminApi): Question => ({
	kind: 'text',
	id: administratorId,
	title: 'Which administrator may export the configuration?',
	why: 'The export is read from the administration API, in the pod and over its own loopback.',
	recommended: user,
	pattern: {source: String.raw`[^\s:]+`, says: 'The name of an administrator.'},
});

/** PingFederate and PingAccess: their administration API exports the configuration as one document. */
export const exportedProfile = (api: AdminApi): Collecting => ({
	kind: 'collect',
	madeBy(context) {
		const archive = chosenArchive(context, api);
		return archive
			? `The length and SHA-256 of the ${archive.title}, which itself stays out of git.`
			: `Made from the ${api.title}, with variables in place of its secrets.`;
	},
	pathWhy: `The images look for ${api.file.slice(0, -'.subst'.length)} below SERVER_PROFILE_PATH.`,
	async look(context) {
		const {workload} = outcomeOf(context, 'inventory');
		const {target} = await findOldServer(context);
		const [{hasCurl, mode}, failure] = await Promise.all([
			lookAtAdmin(context.world.pods, target),
			insideGit(
				context,
				"The key of the server and the secrets of its configuration are kept in the run's folder: one careless " +
					'commit would publish them.',
			),
		]);
		if (mode === 'CLUSTERED_ENGINE') {
			return {
				state: 'not-needed',
				facts: [{label: 'OPERATIONAL_MODE', value: mode}],
				why:
					`${workload.name} is an engine: it takes its configuration from the administration node. Save the ` +
					'profile in the run of that workload.',
			};
		}

		const facts = [
			{
				label: 'source',
				value:
					`${[api, ...(api.archive ? [api.archive] : [])].map(({title}) => title).join(' or ')}, asked on ` +
					`${target.pod} itself`,
			},
			{
				label: 'curl',
				value: hasCurl ? `is in ${target.pod}` : `is not in ${target.pod}`,
				...(!hasCurl && {mark: 'bad' as const}),
			},
		];
		return failure ? {state: 'blocked', facts, failure: failure.parts} : {state: 'to-do', facts};
	},
	questions: [...methodQuestions(api), userQuestion(api), passwordFileQuestion],
	secrets: context => passwordQuestions(context, administratorOf(context, api)),
	async preview(context) {
		const archive = chosenArchive(context, api);
		if (archive) {
			return previewArchive(context, api, archive, administratorOf(context, api));
		}

		const {target} = await findOldServer(context);
		const {values, key} = secretFiles(context, api);
		return {
			summary: [
				`${target.pod} is asked for the ${api.title}; its secrets become variables before anything is kept in ` +
					api.file +
					(api.earlier ? `, or ${api.earlier.file} where it is of a version before ${api.earlier.before}.` : '.'),
				`The values of the variables and ${api.key.name} stay in the run's folder, mode 0600, and never go into git.`,
			],
			commands: [context.world.pods.byHand(target, exportWords(api, api, administratorOf(context, api)))],
			files: [values, key],
		};
	},
	async draft(context, reporter) {
		const archive = chosenArchive(context, api);
		if (archive) {
			return draftArchive(context, api, archive, administratorOf(context, api), reporter);
		}

		const {target} = await findOldServer(context);
		const document = await askExport(context, api, target);
		const {text, values} = substituteSecrets(document, api.prefix);
		const secrets = await keepSecrets(context, api, values, reporter);
		const version = versionOf(api, document);
		const {file, says} = exportPlaceOf(api, version) ?? {file: api.file};
		const freed = freeProfile(new Map([[file, Buffer.from(text)]]), {ports: portsOfOld(context), hosts: []});
		reporter.log(`${file}: ${countText(values.size, 'secret is a variable', 'secrets are variables')} now`);
		return {
			files: new Map([...freed.tree, ['variables.txt', Buffer.from(variablesText(file, values))]]),
			removed: [],
			toDecide: [...freed.toDecide, ...hostsWithoutPort(file, text)].map(place => placeText(place)),
			toProvide: [
				...(secrets.values ? valuesToProvide(secrets.values) : []),
				keyToProvide(api, secrets.key),
				...(says === undefined ? [] : [says]),
				`the export is of version ${version ?? 'unknown'}: ${api.takenBy}`,
				...othersToProvide(context, api),
			],
			secrets,
		};
	},
});
