import {createHash} from 'node:crypto';
import {Failure} from '../../failure/failure.js';
import type {Evidence, Question, Reporter, StepContext} from '../../migration/step.js';
import {portVariables} from '../../ping/ports.js';
import {adminApiOf} from '../../profile/admin-api.js';
import {exportWords} from '../../profile/admin-export.js';
import {cleanProfile} from '../../profile/clean.js';
import {collectProfile, generateWords} from '../../profile/collect.js';
import {compareProfiles, type Comparison, type SettingDifference} from '../../profile/compare.js';
import type {ProfileTree} from '../../profile/tree.js';
import {freeProfile} from '../../profile/variables.js';
import {committedProfile} from '../delivery/committed.js';
import {outcomeIfAny, outcomeOf, type ConfigurationProof} from '../outcomes.js';
import {administratorOf} from '../profile/ask-export.js';
import {passwordQuestions} from '../profile/secrets.js';
import {countText} from '../run/words.js';
import {findNewServer} from '../servers/new-server.js';
import {portsOfOld} from '../servers/old-server.js';
import {committedExport, compareExport, hasPassword} from './exported.js';

type Needs = 'pods' | 'cluster' | 'files' | 'transfer' | 'git';

/** The question of what is to become of differences. */
export const differencesId = 'configuration-differences';

/** What tells one list of differences from another: what was accepted holds for that list alone. */
const markOf = (differences: readonly SettingDifference[]): string =>
	createHash('sha256').update(JSON.stringify(differences)).digest('hex').slice(0, 8);

const texts: Readonly<Record<SettingDifference['what'], string>> = {
	missing: 'is not on the new server',
	unexpected: 'is on the new server and not in the profile',
	other: 'has another value on the new server',
};

const differenceText = ({setting, what}: SettingDifference): string => `${setting} ${texts[what]}`;

/** The configuration of the new server, generated and cleaned as that of the old one was. */
const generatedFrom = async (context: StepContext<Needs>, onLine: (line: string) => void): Promise<ProfileTree> => {
	const {target} = await findNewServer(context);
	const {run, world, signal} = context;
	const {tree} = await collectProfile({...world, target, folder: run.folder, run: run.id, signal}, onLine);
	const {newPorts} = outcomeOf(context, 'strategy');
	const freed = freeProfile(cleanProfile(tree).kept, {ports: newPorts, hosts: []});
	return new Map([...freed.tree].map(([path, bytes]) => [`pd.profile/${path}`, bytes]));
};

/**
Compares the new server's configuration with what was committed; undefined where nothing was committed that a server
generates.
*/
const compared = async (
	context: StepContext<Needs>,
	onLine: (line: string) => void,
): Promise<Comparison | undefined> => {
	if (outcomeOf(context, 'strategy').strategy === 'root') {
		return undefined;
	}

	const committed = await committedProfile(context);
	const api = adminApiOf(outcomeOf(context, 'inventory').workload.product);
	if (api) {
		const text = committedExport(committed, api);
		return text === undefined ? undefined : compareExport(context, api, text);
	}

	if (!committed?.keys().some(path => path.startsWith('pd.profile/'))) {
		return undefined;
	}

	const {newPorts} = outcomeOf(context, 'strategy');
	return compareProfiles(
		committed,
		await generatedFrom(context, onLine),
		Object.fromEntries(portVariables.map(name => [name, String(newPorts[name])])),
	);
};

const differ = async (context: StepContext<Needs>, differences: readonly SettingDifference[]): Promise<Failure> => {
	const {target} = await findNewServer(context);
	const api = adminApiOf(outcomeOf(context, 'inventory').workload.product);
	const words = api ? exportWords(api, api, administratorOf(context, api)) : generateWords(context.run.id);
	const first = differences.slice(0, 3).map(difference => differenceText(difference));
	return new Failure({
		code: 'configuration-differs',
		seen:
			`${countText(differences.length, 'setting', 'settings')} of ${target.pod} ` +
			`${differences.length === 1 ? 'differs' : 'differ'} from the committed profile: ${first.join('; ')}.`,
		means: 'The new server is not configured as the old one was. Clients are still on the old one.',
		todo:
			'Correct the new server or its profile, then try again and choose «Look again». Or accept these ' +
			'differences: you are asked when you try again.',
		byHand: context.world.pods.byHand(target, words),
		exit: 'blocked',
		retryable: true,
		details: differences.map(difference => differenceText(difference)),
	});
};

const acceptance = (mark: string): string => `accept-${mark}`;

/** The differences that the last try found, where it found any. */
const foundBefore = (notes: StepContext['notes']): readonly SettingDifference[] => {
	const note = notes.findLast(({kind}) => kind === 'configuration');
	return (note?.differences as readonly SettingDifference[] | undefined) ?? [];
};

/** Whether the last try ended with differences; nothing was changed then, and it can be decided anew. */
export const isUndecided = (notes: StepContext['notes']): boolean => foundBefore(notes).length > 0;

/** Asked once differences were found: nothing is accepted that nobody has seen. */
export const differencesQuestions = ({notes}: Pick<StepContext, 'notes'>): readonly Question[] => {
	const differences = foundBefore(notes);
	return differences.length === 0
		? []
		: [
				{
					kind: 'choice',
					id: differencesId,
					title:
						`The new server's configuration differs in ${countText(differences.length, 'setting', 'settings')}. ` +
						'Go on?',
					why: differences.map(difference => differenceText(difference)).join('; '),
					options: [
						{
							value: 'look-again',
							label: 'Look again',
							reason: 'You have corrected the new server, and it is compared again.',
						},
						{
							value: acceptance(markOf(differences)),
							label: 'Accept exactly these differences',
							reason: 'They are meant, or do no harm. Any other difference stops the run again.',
						},
					],
				},
			];
};

const isAccepted = ({answers}: Pick<StepContext, 'answers'>, differences: readonly SettingDifference[]): boolean =>
	answers[differencesId] === acceptance(markOf(differences));

/**
Proves that the new server has the committed configuration. A Failure where it differs and nobody has accepted that;
null where there is nothing to compare.
*/
export const proveConfiguration = async (
	context: StepContext<Needs>,
	reporter: Reporter,
): Promise<ConfigurationProof | null> => {
	const comparison = await compared(context, line => {
		reporter.log(line);
	});
	if (!comparison) {
		return null;
	}

	const {same, planned, byVariable, differences} = comparison;
	await reporter.note({kind: 'configuration', differences});
	const [before, after] = [portsOfOld(context), outcomeOf(context, 'strategy').newPorts];
	const changes = planned.flatMap(({setting, variable}) => {
		const name = portVariables.find(candidate => candidate === variable);
		return name === undefined ? [] : [`${setting}: ${before[name]} → ${after[name]}`];
	});
	for (const line of [
		...changes.map(change => `meant to change: ${change}`),
		...byVariable.map(setting => `a variable decides: ${setting}`),
		...differences.map(difference => differenceText(difference)),
	]) {
		reporter.log(line);
	}

	if (differences.length > 0 && !isAccepted(context, differences)) {
		throw await differ(context, differences);
	}

	return {same, planned: changes, byVariable, differences};
};

/** Looks at the new server's configuration again. */
export const configurationEvidence = async (context: StepContext<Needs>): Promise<readonly Evidence[]> => {
	if (!outcomeIfAny(context, 'prove')?.configuration) {
		return [];
	}

	// A typed password is gone after its try, and no later look asks for it again.
	if (adminApiOf(outcomeOf(context, 'inventory').workload.product) && !(await hasPassword(context))) {
		return [];
	}

	const comparison = await compared(context, () => undefined);
	const differences = comparison?.differences ?? [];
	const {commit} = outcomeOf(context, 'profile');
	const planned = comparison?.planned.length ? `, ${comparison.planned.length} of them meant to change` : '';
	const accepted = isAccepted(context, differences) ? ', which you accepted' : '';
	const list = differences.map(difference => differenceText(difference)).join('; ');
	return [
		{
			label: 'configuration',
			value:
				`${comparison?.same ?? 'no'} settings are as committed in ${commit.slice(0, 12)}${planned}` +
				(differences.length > 0 ? `; ${differences.length} differ${accepted}: ${list}` : ''),
			holds: comparison !== undefined && (differences.length === 0 || isAccepted(context, differences)),
		},
	];
};

/** The password of the administrator, where the new server is asked for its export and no file holds it. */
export const passwordNeeded = async (context: StepContext<Needs>): Promise<readonly Question[]> => {
	const api = adminApiOf(outcomeOf(context, 'inventory').workload.product);
	if (!api || outcomeOf(context, 'strategy').strategy === 'root') {
		return [];
	}

	const committed = await committedProfile(context);
	return committedExport(committed, api) === undefined ? [] : passwordQuestions(context, administratorOf(context, api));
};
