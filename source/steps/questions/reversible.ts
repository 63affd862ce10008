import {Failure} from '../../failure/failure.js';
import type {Question, StepContext} from '../../migration/step.js';
import type {CopiedFile} from '../outcomes.js';
import {countText} from '../run/words.js';

/** The passwords in the copies whose keys do not travel with LDIF, in words; an empty text where there are none. */
export const reversibleText = (files: readonly CopiedFile[]): string =>
	files
		.flatMap(({backend, reversible = {}}) =>
			Object.entries(reversible).map(
				([scheme, count]) => `${countText(count, 'password')} of the scheme ${scheme} in ${backend}`,
			),
		)
		.join(', ');

/** What is to become of passwords that the new server will not be able to read. */
export const reversibleQuestion = (files: readonly CopiedFile[]): readonly Question[] => {
	const found = reversibleText(files);
	return found === ''
		? []
		: [
				{
					kind: 'choice',
					id: 'reversible-passwords',
					title: 'What should happen to passwords that the new server cannot read?',
					why:
						`The copy holds ${found}. Their keys stay with the old topology (or, for AES256, with its encryption ` +
						'settings): the values arrive, and nobody can log in with them.',
					recommended: 'stop',
					options: [
						{
							value: 'stop',
							label: 'Stop here',
							reason:
								'Give the new server the keys first, or let the old server re-encode these passwords: change ' +
								'the storage scheme of the password policy and let users log in once, or set new passwords.',
							cost:
								'For AES256, export the definition with encryption-settings export on the old server and import ' +
								'it on the new one; then answer again.',
						},
						{
							value: 'accept',
							label: 'Go on without them',
							reason: 'The keys are on the new server already, or these users are to get new passwords.',
							cost: 'Where the keys are missing, these users cannot log in after the cut-over.',
							wayBack: 'The old server keeps the passwords and their keys.',
						},
					],
				},
			];
};

/** Rejects with a Failure where there are such passwords and nobody has accepted what becomes of them. */
export const refuseReversible = (context: Pick<StepContext, 'answers' | 'run'>, files: readonly CopiedFile[]): void => {
	const found = reversibleText(files);
	if (found !== '' && context.answers['reversible-passwords'] !== 'accept') {
		throw new Failure({
			code: 'reversible-passwords',
			seen: `The copy holds ${found}.`,
			means:
				'Their keys do not travel with LDIF: on the new server nobody could log in with them. Nothing was imported.',
			todo:
				'Bring the keys to the new server, or let the old server store these passwords in another scheme. Then ' +
				'go on, and answer the question again.',
			byHand: `unroot resume ${context.run.id}`,
			exit: 'blocked',
			retryable: true,
		});
	}
};
