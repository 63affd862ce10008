import {Failure} from '../../source/failure/failure.js';
import type {Question, Step} from '../../source/migration/step.js';
import {preview, step} from '../migration/engine/scripted.js';

export const strategy: Question = {
	kind: 'choice',
	id: 'strategy',
	title: 'Which way for pingdirectory?',
	why: 'The new image cannot read what root wrote.',
	recommended: 'fresh',
	options: [
		{value: 'root', label: 'Keep running as root', reason: 'The old volume stays.'},
		{
			value: 'fresh',
			label: 'Fresh deployment',
			reason: 'Nothing of root is left.',
			cost: 'A second volume.',
			wayBack: 'The old one stays, scaled down.',
		},
	],
};

export const branch: Question = {
	kind: 'text',
	id: 'branch',
	title: 'Which branch?',
	why: 'It is never pushed.',
	recommended: 'unroot/run-1',
	pattern: {source: String.raw`[a-z0-9\/\-]+`, says: 'Only small letters, digits, / and -.'},
};

export const confirm: Question = {
	kind: 'typed',
	id: 'confirm',
	title: 'Apply to ping?',
	why: 'It changes the cluster.',
	expected: 'ping',
};

/** A gate that a step waits at until the test lets it through. */
export const createGate = (): {readonly open: () => void; readonly wait: () => Promise<void>} => {
	const {promise, resolve} = Promise.withResolvers<void>();
	return {
		open: resolve,
		wait: async () => promise,
	};
};

/** A short checklist that has one of everything. */
export const story = (changes: Readonly<Partial<Record<Step['id'], Partial<Step>>>> = {}): readonly Step[] => {
	let tries = 0;
	return [
		step('connect', {title: 'Connect', ...changes.connect}),
		step('strategy', {
			title: 'Strategy',
			inspect: async () => ({
				state: 'to-do',
				facts: [
					{label: 'Runs as', value: '0:0 (root)', mark: 'bad'},
					{label: 'Image', value: 'pingdirectory:2102'},
				],
			}),
			questions: async () => [strategy, branch],
			...changes.strategy,
		}),
		step('copy-out', {
			title: 'Copy out',
			effect: 'local',
			skip: 'The data stays behind.',
			async perform() {
				tries++;
				if (tries === 1) {
					throw new Failure({
						code: 'stream-cut',
						seen: 'The stream was cut.',
						means: 'The copy is not whole.',
						todo: 'Try again.',
						byHand: 'kubectl exec pod -- sha256sum',
						retryable: true,
					});
				}

				return {};
			},
			...changes['copy-out'],
		}),
		step('apply', {
			title: 'Apply',
			effect: 'cluster',
			questions: async () => [confirm],
			preview: async () => preview({commands: ['kubectl apply -f new.yaml']}),
			...changes.apply,
		}),
		step('prove', {
			title: 'Prove',
			verify: async () => [{label: 'Digest', value: 'the same', holds: true}],
			...changes.prove,
		}),
	];
};
