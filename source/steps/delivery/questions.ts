import type {Option, Question, StepContext} from '../../migration/step.js';
import {bytesText} from '../../migration/words/figures.js';
import {outcomeOf} from '../outcomes.js';
import {countText} from '../run/words.js';
import {secretsQuestions} from './secrets.js';
import {deliveryIds, deliveryOf, wayOf, type Delivery, type DeliveryWay} from './ways.js';

type Needs = 'cluster' | 'files' | 'git';

const sizeOf = ({files}: Delivery): number => files.values().reduce((sum, bytes) => sum + bytes.byteLength, 0);

/** What each way means; what is said depends on where the profile lies. */
const optionOf = (way: DeliveryWay, context: Pick<StepContext, 'outcomes'>, delivery: Delivery): Option => {
	const {url, branch, path} = outcomeOf(context, 'profile');
	const amount = `${countText(delivery.files.size, 'file', 'files')}, ${bytesText(sizeOf(delivery))}`;
	switch (way) {
		case 'clone': {
			return {
				value: way,
				label: 'It clones the branch',
				reason: `SERVER_PROFILE_URL, _BRANCH and _PATH of the new workload name ${url ?? ''}, ${branch} and ${path}.`,
				cost: 'The pods must reach that address, and have credentials where it asks for them.',
			};
		}

		case 'config-map': {
			return {
				value: way,
				label: 'Mount it from a ConfigMap',
				reason: `${amount}, mounted at /opt/in, where the images look for a profile. No pod has to reach a repository.`,
				cost: 'A later change of the profile is a change of the ConfigMap.',
			};
		}

		case 'secret': {
			return {
				value: way,
				label: 'Mount it from a Secret',
				reason: `${amount}, mounted at /opt/in like a ConfigMap, and read only by who may read Secrets.`,
			};
		}

		case 'claim': {
			return {
				value: way,
				label: 'Mount it from a claim that you have filled',
				reason: 'For a profile with files that no ConfigMap can hold.',
				cost: 'You fill the claim before the new workload is applied.',
			};
		}

		case 'none': {
			return {
				value: way,
				label: 'Give it no profile',
				reason: 'The new server starts with what its image and its environment give it.',
				cost:
					'Schema, indexes, policies and all other settings of the old server are missing: entries may be ' +
					'rejected, and the proof of the configuration lists what is missing.',
			};
		}
	}
};

const wayQuestion = (context: StepContext<Needs>, delivery: Delivery): Question => {
	const {url} = outcomeOf(context, 'profile');
	const [recommended] = delivery.ways;
	return {
		kind: 'choice',
		id: deliveryIds.way,
		title: 'How does the new server get its profile?',
		why:
			'It reads its profile once, when it first starts. ' +
			(url === null ? 'The branch was not pushed, so no server can clone it.' : `The branch was pushed to ${url}.`),
		...(recommended !== undefined && !['claim', 'none'].includes(recommended) && {recommended}),
		options: delivery.ways.map(way => optionOf(way, context, delivery)),
	};
};

const urlQuestion = (url: string): Question => ({
	kind: 'text',
	id: deliveryIds.url,
	title: 'Under which address do the pods clone it?',
	why:
		'A pod may know the repository by another name than you do. An address with a password in it stands in the ' +
		'manifest for all to read: the images take SERVER_PROFILE_GIT_USER and SERVER_PROFILE_GIT_PASSWORD from the ' +
		'environment (written as variables in the address), or an SSH key at /home/ping/.ssh.',
	recommended: url,
	pattern: {
		source: String.raw`(?![^\s@]*:\/\/[^\s\/@:]*:(?!\$)[^\s\/@]*@)\S+`,
		says: 'An address without a password in it.',
	},
});

const claimQuestion = (files: Delivery['files']): Question => ({
	kind: 'text',
	id: deliveryIds.claim,
	title: 'Which claim holds the profile?',
	why:
		'A PersistentVolumeClaim of this namespace with the files of the profile at its top: ' +
		`${[...new Set(files.keys().map(path => path.split('/', 1)[0]))].join(', ')}. It is mounted read-only at ` +
		'/opt/in.',
	pattern: {source: String.raw`[a-z0-9]([a-z0-9.\-]*[a-z0-9])?`, says: 'The name of a claim.'},
});

/** What is to be decided of how a new server gets its profile. */
export const deliveryQuestions = async (context: StepContext<Needs>): Promise<readonly Question[]> => {
	const delivery = await deliveryOf(context);
	if (!delivery) {
		return [];
	}

	const {answers} = context;
	const way = answers[deliveryIds.way] === undefined ? undefined : wayOf(answers, delivery);
	return [
		wayQuestion(context, delivery),
		...(way === 'clone' ? [urlQuestion(outcomeOf(context, 'profile').url ?? '')] : []),
		...(way === 'claim' ? [claimQuestion(delivery.files)] : []),
		...(way === undefined || way === 'none' ? [] : secretsQuestions(context)),
	];
};

/** How the plan gives the new server its profile, in a sentence. */
export const deliveryNote = async (context: StepContext<Needs>): Promise<string | undefined> => {
	const delivery = await deliveryOf(context);
	if (!delivery) {
		return undefined;
	}

	const {answers} = context;
	const {url, branch, path} = outcomeOf(context, 'profile');
	switch (wayOf(answers, delivery)) {
		case 'clone': {
			return (
				`The new server clones its profile from ${answers[deliveryIds.url] ?? url ?? ''}, branch ${branch}, ` +
				`folder ${path}.`
			);
		}

		case 'config-map':
		case 'secret': {
			return (
				`The new server finds its profile at /opt/in: ${countText(delivery.files.size, 'file', 'files')} of the ` +
				`commit, mounted from a ${wayOf(answers, delivery) === 'secret' ? 'Secret' : 'ConfigMap'}.`
			);
		}

		case 'claim': {
			return (
				'The new server finds its profile at /opt/in, on the claim ' +
				`${answers[deliveryIds.claim] ?? 'that you name'}.`
			);
		}

		case 'none': {
			return (
				'The new server gets no profile: it starts without schema, indexes, policies and other settings of the ' +
				'old one.'
			);
		}
	}
};
