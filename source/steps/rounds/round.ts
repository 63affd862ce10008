import {readWriteState} from '../../directory/writability.js';
import type {Json, JsonObject} from '../../migration/json.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {secondsBetween} from '../../migration/words/figures.js';
import type {CopiedFile} from '../outcomes.js';
import {carry, type Carried, type Sides} from './carry.js';
import {roundText, type Round} from './figures.js';
import {pictureHere, takePicture, type RoundNeeds} from './pictures.js';

/** What both sides were proved to hold, and whether the side that is carried to was changed since. */
export type BaseLine = {
	readonly pictures: readonly CopiedFile[];
	/** False where a round was cut off: what the side holds must be looked at. */
	readonly isSure: boolean;
	readonly rounds: readonly Round[];
};

/** What is noted before a side is changed. */
const changing = 'changing';

/** What is noted when a round is proved: it and its pictures, which are the baseline from then on. */
const round = 'round';

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The baseline after what was noted of the rounds of a name, from the one before. */
export const baseLineAfter = (notes: readonly JsonObject[], before: BaseLine, name: string): BaseLine => {
	let line = before;
	const own = notes.filter(one => one.line === name);
	for (const note of own) {
		if (note.kind === changing) {
			line = {...line, isSure: false};
		} else if (note.kind === round && isList(note.pictures)) {
			line = {
				pictures: note.pictures as unknown as readonly CopiedFile[],
				isSure: true,
				rounds: [...line.rounds, note.round as unknown as Round],
			};
		}
	}

	return line;
};

const sum = (carried: readonly Carried[], name: 'added' | 'changed' | 'removed'): number =>
	carried.reduce((total, {changes}) => total + changes[name], 0);

const attributesOf = (carried: readonly Carried[]): Readonly<Record<string, number>> => {
	const counts: Record<string, number> = {};
	for (const {remade} of carried) {
		for (const [name, count] of Object.entries(remade.remadeAttributes)) {
			counts[name] = (counts[name] ?? 0) + count;
		}
	}

	return counts;
};

/** Does something the first time that it is asked to, if it is to be done at all. */
const onlyOnce = (isToDo: boolean, what: () => Promise<void>): (() => Promise<void>) => {
	let isDone = !isToDo;
	return async () => {
		if (!isDone) {
			isDone = true;
			await what();
		}
	};
};

/**
One round: what one side holds now is exported, compared with the baseline, carried to the other side, and proved
there. What was proved is noted, and is the baseline from then on. Safe to run again at any point.
*/
export const makeRound = async (
	context: StepContext<RoundNeeds>,
	sides: Sides,
	{
		line,
		backends,
		isToProve,
		name,
	}: {
		readonly line: BaseLine;
		readonly backends: readonly string[];
		/** Whether the other side is looked at even where nothing is to be carried. */
		readonly isToProve: boolean;
		/** What the pictures are called here. */
		readonly name: string;
	},
	reporter: Reporter,
): Promise<BaseLine> => {
	const {clock, files} = context.world;
	const asked = clock.now().toISOString();
	await readWriteState(sides.from);
	const toolSeconds = secondsBetween(asked, clock.now().toISOString()) ?? 0;
	const number = line.rounds.length + 1;
	const at = clock.now().toISOString();
	const pictures: CopiedFile[] = [];
	const carried: Carried[] = [];
	let lookSeconds = 0;
	const onChange = onlyOnce(line.isSure, async () => reporter.note({kind: changing, line: name}));
	for (const backend of backends) {
		const begun = clock.now().toISOString();
		// Two names in turn: the baseline stays until the next one is proved.
		const wanted = await takePicture(
			context,
			sides.from,
			{backend, picture: 'round', name: `${name}-${number % 2}`},
			reporter,
		);
		lookSeconds += secondsBetween(begun, clock.now().toISOString()) ?? 0;
		carried.push(
			await carry(
				context,
				sides,
				{
					wanted,
					held: line.isSure ? line.pictures.find(picture => picture.backend === backend) : undefined,
					isToProve,
					onChange,
				},
				reporter,
			),
		);
		pictures.push(wanted);
	}

	const seconds = secondsBetween(at, clock.now().toISOString()) ?? 0;
	const made: Round = {
		number,
		way: carried.some(({isWhole}) => isWhole) ? 'whole' : 'changes',
		at,
		added: sum(carried, 'added'),
		removed: sum(carried, 'removed'),
		changed: sum(carried, 'changed'),
		entries: pictures.every(({entries}) => entries !== null)
			? pictures.reduce((total, {entries}) => total + (entries ?? 0), 0)
			: null,
		lookSeconds,
		carrySeconds: Math.max(0, seconds - lookSeconds),
		seconds,
		toolSeconds,
		remade: carried.reduce((total, {remade}) => total + remade.remade, 0),
		remadeAttributes: attributesOf(carried),
	};
	await reporter.note({kind: round, line: name, round: made, pictures: pictures.map(picture => ({...picture}))});
	reporter.log(roundText(made));
	for (const {backend} of pictures) {
		await files.shred(pictureHere(context, backend, `${name}-${(number + 1) % 2}`));
	}

	return {pictures, isSure: true, rounds: [...line.rounds, made]};
};
