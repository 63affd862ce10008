import {readBackends} from '../directory/backends.js';
import type {Evidence, Question, Step, StepContext} from '../migration/step.js';
import {durationText} from '../migration/words/figures.js';
import {whileClientsOnOld} from './last-round/clients.js';
import {asOutcome, outcomeIfAny, outcomeOf} from './outcomes.js';
import {baseLineOf, there} from './rounds/base-line.js';
import {wayTo} from './rounds/carry.js';
import {roundText} from './rounds/figures.js';
import {forecastOf} from './rounds/forecast.js';
import type {RoundNeeds} from './rounds/pictures.js';
import {makeRound, type BaseLine} from './rounds/round.js';
import {countText} from './run/words.js';
import {bothSides} from './servers/both-sides.js';
import {isToFreeze} from './servers/freeze.js';
import {findNewServer} from './servers/new-server.js';
import {findOldServer} from './servers/old-server.js';

type Needs = RoundNeeds | 'cluster';

/** Why there is nothing to catch up with; undefined where there is. */
const leftOut = (context: Pick<StepContext, 'answers' | 'freezes' | 'outcomes'>): string | undefined => {
	if (outcomeOf(context, 'strategy').strategy === 'root') {
		return 'The server went on with its own volume: clients write to it already.';
	}

	if (!outcomeIfAny(context, 'copy-out')) {
		return 'Nothing was exported.';
	}

	if (isToFreeze(context)) {
		return (
			'Writes are frozen since the export. The last round, before the clients move, looks whether anything came ' +
			'in all the same.'
		);
	}

	return context.answers.encryption === 'passphrase'
		? 'The exports are encrypted, so no difference can be seen here: the last round, under freeze, imports all ' +
				'entries once more.'
		: undefined;
};

/** When rounds end, as it was answered: at once, or at a moment. A time of day is the next one of this machine. */
const endOf = (answer: string | undefined, begun: Date): Date => {
	const time = /^(?<hours>\d{1,2}):(?<minutes>\d\d)$/v.exec(answer ?? '')?.groups;
	if (!time) {
		return begun;
	}

	const end = new Date(begun);
	end.setHours(Number(time.hours), Number(time.minutes), 0, 0);
	if (end <= begun) {
		end.setDate(end.getDate() + 1);
	}

	return end;
};

const untilQuestion: Question = {
	kind: 'text',
	id: 'catch-up-until',
	title: 'How long are rounds to go on?',
	why:
		'Each round carries over what clients wrote since the one before, without freezing anything. With «now» ' +
		'there are rounds until one brings no less than the one before; a time of day, such as 22:00, keeps rounds ' +
		'going until then. Afterwards the program waits at the cut-over for you.',
	recommended: 'now',
	pattern: {source: String.raw`now|([01]?\d|2[0-3]):[0-5]\d`, says: 'Enter «now», or a time of day such as 22:00.'},
};

const intervalQuestion: Question = {
	kind: 'text',
	id: 'catch-up-interval',
	title: 'How many minutes are between two rounds?',
	why:
		'Each round exports the old server once, which costs it some of its speed. The shorter the interval, the ' +
		'less is left for the last round.',
	recommended: '15',
	pattern: {source: String.raw`[1-9]\d{0,3}`, says: 'Enter a number of minutes.'},
};

const mostRoundsAtOnce = 5;

/**
Whether another round at once would not bring the freeze down any further: the last one found nothing, or no less than
half of what the one before did.
*/
const isSettled = ({rounds}: BaseLine): boolean => {
	const sizes = rounds.map(({added, removed, changed}) => added + removed + changed);
	const [before, last = before] = sizes.slice(-2);
	return last === 0 || (sizes.length > 1 && (last ?? 0) * 2 >= (before ?? 0));
};

/** What clients write meanwhile is carried over in rounds. */
export const catchUp: Step<Needs> = {
	id: 'catch-up',
	title: 'Catch up',
	why:
		'Clients go on writing to the old server. Each round exports it again, compares, carries what differs to the ' +
		'new one and proves it, so that the freeze at the end has only the last difference to carry.',
	needs: ['clock', 'cluster', 'files', 'pods', 'transfer'],
	effect: 'cluster',
	async inspect(context) {
		const why = leftOut(context);
		if (why !== undefined) {
			return {state: 'not-needed', facts: [], why};
		}

		const [way, backends] = await Promise.all([
			wayTo(context, await findNewServer(context)),
			readBackends(await findOldServer(context)),
		]);
		const {rounds, pictures} = baseLineOf(context, context.notes);
		return {
			state: 'to-do',
			facts: [
				...pictures.map(({backend, entries}) => ({
					label: `baseline of ${backend}`,
					value:
						`${countText(entries ?? 0, 'entry', 'entries')} proved on both sides; ` +
						`${backends.find(({id}) => id === backend)?.entries ?? 'none'} on the old server now`,
				})),
				{
					label: 'how',
					value: way.why,
					...(way.way === 'whole' && {mark: 'warning' as const}),
				},
				...rounds.map(round => ({label: 'so far', value: roundText(round)})),
				...(await bothSides(context)),
			],
		};
	},
	questions: async ({answers}) =>
		answers['catch-up-until'] === undefined || answers['catch-up-until'] === 'now'
			? [untilQuestion]
			: [untilQuestion, intervalQuestion],
	async preview(context) {
		const {way, why} = await wayTo(context, await findNewServer(context));
		return {
			summary: [
				'The old server is exported and compared with what the new one was proved to hold; nothing is frozen.',
				way === 'changes' ? 'What differs is applied to the new server by ldapmodify, and proved.' : why,
			],
			commands: [],
			wayBack: 'Only the new server is changed, which no client talks to yet.',
		};
	},
	async perform(context, reporter) {
		const {clock} = context.world;
		const begun = clock.now();
		const end = endOf(context.answers['catch-up-until'], begun);
		const minutes = Number(context.answers['catch-up-interval'] ?? '15');
		let line = baseLineOf(context, context.notes);
		for (let made = 1; ; made++) {
			const [from, to] = await Promise.all([findOldServer(context), findNewServer(context)]);
			const {way, abilities} = await wayTo(context, to);
			line = await makeRound(
				context,
				{from, to, way, abilities, change: whileClientsOnOld(context)},
				{line, backends: line.pictures.map(({backend}) => backend), isToProve: false, name: there},
				reporter,
			);
			const forecast = forecastOf(line.rounds);
			reporter.log(
				'the last round would refuse writes for about ' +
					(forecast === undefined ? 'an unknown time' : durationText(forecast)),
			);
			if (clock.now() < end) {
				reporter.progress({
					what: 'Waiting for the next round',
					unit: 'checks',
					done: made,
					awaits: [
						`rounds go on until ${context.answers['catch-up-until'] ?? ''}; unroot can be stopped and resumed ` +
							'meanwhile',
					],
				});
				await clock.sleep(Math.min(minutes * 60_000, end.getTime() - clock.now().getTime()), context.signal);
			} else if (made >= mostRoundsAtOnce || isSettled(line)) {
				break;
			}
		}

		return asOutcome<'catch-up'>({
			pictures: line.pictures,
			rounds: line.rounds,
			forecastSeconds: forecastOf(line.rounds) ?? null,
		});
	},
	async verify(context) {
		const {pictures} = outcomeOf(context, 'catch-up');
		const backends = await readBackends(await findNewServer(context));
		return pictures.map(({backend, entries}): Evidence => {
			const now = backends.find(({id}) => id === backend)?.entries;
			return {
				label: `entries of ${backend}`,
				value: `${now ?? 'none'} on the new server, ${entries ?? 'unknown'} in the last round`,
				holds: now !== undefined && now === entries,
			};
		});
	},
	verifiedUntil: ['cut-over'],
	undo: {kind: 'cannot', says: 'There is nothing to undo: only the new server was changed, which no client talks to.'},
	rehearsal: {kind: 'same'},
};
