import type {Certificate} from '../../migration/certificate.js';
import type {Fact, Question, StepContext} from '../../migration/step.js';
import {durationText} from '../../migration/words/figures.js';
import {outcomeOf, type Outcomes} from '../outcomes.js';
import {countText} from '../run/words.js';
import {differencesOf, rehearsedFrom, scaledFreeze, type Difference} from './compare.js';

type Decided = Pick<Outcomes['strategy'], 'strategy' | 'image'>;

/** The question whose answer names every difference that is accepted. */
export const differencesId = 'rehearsal-differences';

const certificateOf = ({run}: Pick<StepContext, 'run'>): Certificate | undefined =>
	run.mode === 'migrate' ? run.certificate : undefined;

/** Where this run differs from the rehearsal it goes by; nothing where it goes by none. */
export const differencesNow = (
	context: Pick<StepContext, 'run' | 'outcomes'>,
	decided: Decided,
): readonly Difference[] => {
	const certificate = certificateOf(context);
	return certificate ? differencesOf(certificate, rehearsedFrom(context, decided)) : [];
};

const text = ({name, was, is}: Difference): string => `${name}: ${was} in the rehearsal, ${is} here`;

/** Asked where a run differs from its rehearsal. Nothing is recommended: `--yes` accepts no difference. */
export const differencesQuestions = (differences: readonly Difference[]): readonly Question[] => {
	const names = differences.map(({name}) => name).join(', ');
	return differences.length === 0
		? []
		: [
				{
					kind: 'text',
					id: differencesId,
					title:
						`What was rehearsed differs from this in ${countText(differences.length, 'point')}. Do you accept ` +
						'each of them?',
					why: `${differences.map(one => text(one)).join('.\n')}.\nTo accept, type every name: ${names}`,
					pattern: {source: String.raw`[a-z, \-]+`, says: `Type the names with commas between them: ${names}`},
				},
			];
};

/** Why names do not accept the differences there are; undefined where they do. */
export const judgeAccepted = (differences: readonly Difference[], answer: string): string | undefined => {
	const named = new Set(answer.split(/[\s,]+/v).filter(Boolean));
	const left = differences.map(({name}): string => name).filter(name => !named.has(name));
	if (left.length > 0) {
		return `Not accepted: ${left.join(', ')}. The move does not go by a rehearsal of something else.`;
	}

	const others = [...named].filter(name => differences.every(one => one.name !== name));
	return others.length > 0 ? `No difference is called ${others.join(', ')}.` : undefined;
};

/** What is known of the rehearsal, and where this run differs, before anything else is read. */
export const rehearsalFacts = (
	context: Pick<StepContext, 'run' | 'outcomes'>,
	decided: Decided | undefined,
): readonly Fact[] => {
	const certificate = certificateOf(context);
	if (!certificate) {
		return [];
	}

	const differences = differencesOf(
		certificate,
		rehearsedFrom(context, decided ?? {strategy: 'fresh', image: certificate.rehearsed.image}),
	).filter(({name}) => decided !== undefined || name !== 'strategy');
	const {backends} = outcomeOf(context, 'inventory');
	const seconds = scaledFreeze(certificate, Object.fromEntries(backends.map(({id, entries}) => [id, entries])));
	return [
		{
			label: 'rehearsed',
			value: `${certificate.run}, ended ${certificate.at.slice(0, 10)}${certificate.sandbox ? ', on the sandbox' : ''}`,
		},
		...(differences.length === 0
			? [{label: 'differs in', value: 'nothing that a rehearsal shows', mark: 'good' as const}]
			: differences.map((one): Fact => ({label: 'differs in', value: text(one), mark: 'warning'}))),
		...(seconds === undefined
			? []
			: [{label: 'freeze', value: `about ${durationText(seconds)}, from the rehearsal's figures scaled to this size`}]),
	];
};
