import {frozenNow, type Frozen} from '../../migration/freeze.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import {secondsBetween} from '../../migration/words/figures.js';
import {leaveFrozen} from '../freeze/lift.js';
import {frozenEvidence} from '../freeze/look.js';
import {throughGate} from '../last-round/index.js';
import {lookOnceMore} from '../last-round/late.js';
import {requireFrozen} from '../last-round/under-freeze.js';
import type {Gate} from '../outcomes.js';
import {baseLineOf} from '../rounds/base-line.js';
import type {BaseLine} from '../rounds/round.js';
import {refuseEmptiedServer} from '../servers/moved-data.js';
import type {Needs} from './needs.js';
import {isMoved} from './services.js';

/**
The freeze under which an earlier try was about to move the clients, where every server has it still: what was proved
then holds, and an owner may have been asked already to move them, so there is no other round.
*/
const provedBefore = async (context: StepContext<Needs>): Promise<Frozen | undefined> => {
	const freeze = frozenNow(context.freezes);
	if (!freeze?.isMoving) {
		return undefined;
	}

	const evidence = await frozenEvidence(context, freeze);
	return evidence.every(({holds}) => holds) ? freeze : undefined;
};

/**
The last round, then the move, then a last look at the old side. A move that an earlier try began is ended
without another round.
*/
export const moveThroughGate = async (
	context: StepContext<Needs>,
	{
		isOldKept,
		move,
	}: {
		/**
		Whether the old side is still there once the clients have moved: its owner may scale it down in the same change.
		*/
		readonly isOldKept: boolean;
		readonly move: () => Promise<void>;
	},
	reporter: Reporter,
): Promise<Gate | null> => {
	const {clock} = context.world;
	let movedAt = '';
	const moveOnce = async (): Promise<void> => {
		await reporter.note({kind: 'moving'});
		await move();
		movedAt = clock.now().toISOString();
	};

	/** What was proved, once the clients have moved: the old side must refuse writes still, and hold what it held. */
	const closed = async (line: BaseLine, freeze: Frozen): Promise<Gate> => {
		if (isOldKept) {
			await requireFrozen(context, freeze, 'After the clients moved');
		}

		await leaveFrozen(context, freeze, reporter);
		const late = isOldKept ? await lookOnceMore(context, line, reporter) : undefined;
		return {
			frozenAt: freeze.since,
			movedAt,
			refusedSeconds: secondsBetween(freeze.since, movedAt) ?? 0,
			proofs: line.pictures.map(({backend, digest, entries}) => ({backend, digest, entries})),
			remade: line.rounds.at(-1)?.remade ?? 0,
			lateLogins: late?.logins ?? null,
		};
	};

	if (await isMoved(context)) {
		await moveOnce();
		if (isOldKept) {
			await lookOnceMore(context, baseLineOf(context, context.notes), reporter);
		}

		return null;
	}

	const proved = await provedBefore(context);
	if (proved) {
		await moveOnce();
		return closed(baseLineOf(context, context.notes), proved);
	}

	const {pictures, isSure} = baseLineOf(context, context.notes);
	if (isSure) {
		await refuseEmptiedServer(context, pictures);
	}

	const {line, freeze} = await throughGate(context, reporter, moveOnce);
	return closed(line, freeze);
};
