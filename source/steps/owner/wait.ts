import {Failure} from '../../failure/failure.js';
import {differencesOf} from '../../manifests/objects/shape.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import type {Kind, KubernetesObject} from '../../migration/world.js';
import type {Manifest} from '../../ping/workload.js';
import {objectText} from '../run/plan.js';
import type {Direction} from './hand-over.js';
import {objectsText, ownersText, type Owned, type OwnedChange} from './index.js';

type Needs = 'cluster' | 'clock';

/** An owner takes minutes or days: this is how often the cluster is asked meanwhile. */
const pollMilliseconds = 2000;

const wantedOf = ({before, after}: OwnedChange, direction: Direction): Manifest =>
	direction === 'there' ? after : before;

/** In what the objects of a change, among others, are not yet as they are to be: one line for each. */
export const differencesAmong = (
	objects: readonly Manifest[],
	{changes}: Owned,
	direction: Direction,
): readonly string[] =>
	changes.flatMap(change => {
		const wanted = wantedOf(change, direction);
		return differencesOf(wanted, objects, change.only).map(
			({what, wanted: text, is}) => `${objectText(wanted)}: ${what} is ${is || 'empty'}, wanted is ${text || 'empty'}`,
		);
	});

/** The objects of a change as the cluster has them now, and what gives their containers an environment. */
const look = async ({world}: StepContext<'cluster'>, {changes}: Owned): Promise<readonly KubernetesObject[]> => {
	const [objects, configMaps] = await Promise.all([
		Promise.all(changes.map(async ({before}) => world.cluster.get(before.kind as Kind, before.metadata.name))),
		changes.every(({only}) => only !== undefined) ? [] : world.cluster.list('ConfigMap'),
	]);
	return [...objects.filter(object => object !== undefined), ...configMaps];
};

/** In what the cluster is not yet as it is to be. */
export const differencesNow = async (
	context: StepContext<'cluster'>,
	owned: Owned,
	direction: Direction,
): Promise<readonly string[]> => differencesAmong(await look(context, owned), owned, direction);

/** Whether the cluster is as it is to be, as evidence. */
export const ownedEvidence = async (
	context: StepContext<'cluster'>,
	owned: Owned,
	direction: Direction,
): Promise<readonly Evidence[]> => {
	const left = await differencesNow(context, owned, direction);
	return owned.changes.map(({before}) => {
		const own = left.filter(line => line.startsWith(`${objectText(before)}: `));
		return {
			label: objectText(before),
			value: own.length === 0 ? (direction === 'there' ? 'is as it is to be' : 'is as it was') : own.join('; '),
			holds: own.length === 0,
		};
	});
};

/**
Waits until the cluster shows a change that somebody else makes, and tells what is still missing, with the commands that
he would type. It changes nothing, so it can be stopped at any time and begun again. A cluster that does not answer for
a while is waited for as well.
*/
export const awaitOwner = async (
	context: StepContext<Needs>,
	owned: Owned,
	direction: Direction,
	{commands, reporter}: {readonly commands: readonly string[]; readonly reporter: Reporter},
): Promise<void> => {
	const {world, signal} = context;
	let told: string | undefined;
	const tell = (lines: readonly string[]): void => {
		const text = lines.join('\n');
		if (text !== told) {
			told = text;
			for (const line of lines) {
				reporter.log(line);
			}
		}
	};

	for (;;) {
		signal.throwIfAborted();
		try {
			const left = await differencesNow(context, owned, direction);
			if (left.length === 0) {
				reporter.log(`${objectsText(owned)}: as ${direction === 'there' ? 'wanted' : 'before'}`);
				return;
			}

			tell(left);
			const open = new Set(left.map(line => line.split(': ', 1)[0]));
			reporter.progress({
				what: `Waiting for ${ownersText(owned)}`,
				unit: 'checks',
				done: owned.changes.length - open.size,
				total: owned.changes.length,
				awaits: [...left, ...commands.map(command => `$ ${command}`)],
			});
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof Failure && error.parts.retryable)) {
				throw error;
			}

			tell([error.parts.seen]);
		}

		await world.clock.sleep(pollMilliseconds, signal);
	}
};
