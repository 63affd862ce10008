import {Failure} from '../../failure/failure.js';
import {isSelectedBy} from '../../manifests/objects/selector.js';
import type {Switch} from '../../manifests/strategy.js';
import type {StepContext} from '../../migration/step.js';
import {mapOf, textsOf} from '../../ping/fields.js';
import {readPlan} from '../run/plan.js';
import {standingOf} from '../shared-objects/change.js';

/** The code of the Failure that says that clients are on the other side. */
export const clientsMovedCode = 'clients-moved';

const selectorOf = (service: unknown): Readonly<Record<string, string>> => textsOf(mapOf(mapOf(service).spec).selector);

/**
Whether a Service selects as it does after its switch. Nothing else of it counts: whoever moves it by hand, or from git,
may give its ports otherwise than the plan does, and clients are on the new pods all the same. A switch that leaves the
selector alone moves nobody by it, and is known by all that it changes.
*/
const isLedTo = async (context: StepContext<'cluster'>, {name, before, after}: Switch): Promise<boolean> => {
	const wanted = selectorOf(after);
	if (isSelectedBy(wanted, selectorOf(before))) {
		const {state} = await standingOf(context, {from: before, to: after});
		return state === 'made';
	}

	return isSelectedBy(wanted, selectorOf(await context.world.cluster.get('Service', name)));
};

/** The client Services that lead to the new pods. */
export const movedServices = async (context: StepContext<'cluster' | 'files'>): Promise<readonly string[]> => {
	const {switches} = await readPlan(context);
	const looks = await Promise.all(switches.map(async one => ({name: one.name, isMoved: await isLedTo(context, one)})));
	return looks.filter(({isMoved}) => isMoved).map(({name}) => name);
};

/**
Rejects where clients are on the new side already, led there by an owner or by hand: a round would take what they wrote
there for a difference, and undo it.
*/
const requireClientsOnOld = async (context: StepContext<'cluster' | 'files'>): Promise<void> => {
	const moved = await movedServices(context);
	if (moved.length > 0) {
		throw new Failure({
			code: clientsMovedCode,
			seen: `${moved.map(name => `Service/${name}`).join(', ')} selects the new pods already.`,
			means:
				'Somebody else moved the clients. What they write on the new server must not be overwritten, so nothing more ' +
				'is carried to it.',
			todo: 'Go on: the cut-over is ended as it stands, and the old side is looked at once more.',
			byHand: 'unroot resume',
			retryable: true,
		});
	}
};

/** Rejects where no client is on the new side any more: what they wrote there may be gone over already. */
const requireClientsOnNew = async (context: StepContext<'cluster' | 'files'>): Promise<void> => {
	const moved = await movedServices(context);
	if (moved.length === 0) {
		throw new Failure({
			code: 'clients-back',
			seen: 'The client Services lead to the old pods already.',
			means: 'Somebody else moved the clients back. What they write on the old server must not be overwritten.',
			todo: 'Run the rollback again: it looks at what there is.',
			byHand: 'unroot rollback',
			retryable: true,
		});
	}
};

/** Makes changes on the new side as long as clients are on the old one. */
export const whileClientsOnOld =
	(context: StepContext<'cluster' | 'files'>) =>
	async (make: () => Promise<void>): Promise<void> => {
		await requireClientsOnOld(context);
		await make();
	};

/** Makes changes on the old side as long as clients are on the new one. */
export const whileClientsOnNew =
	(context: StepContext<'cluster' | 'files'>) =>
	async (make: () => Promise<void>): Promise<void> => {
		await requireClientsOnNew(context);
		await make();
	};
