import {afterAll, beforeAll} from 'vitest';
import {ask, type Answer} from './ask.js';
import {generateEntries, loadEntries} from './entries.js';
import {podNames, type PodNames} from './names.js';
import {oldWorkload} from './old-workload.js';
import {makeWorld, type World} from './world.js';

/** A namespace with the old workload in it, and its entries as the server itself answers them. */
export type LoadedWorld = {readonly world: World; readonly before: Answer};

/** What a test wants of the old workload. */
export type Wanted = {
	readonly volumes: number;
	/** 20,000 unless told. */
	readonly entries?: number;
	/** How many replicas there are, 1 unless told. */
	readonly replicas?: number;
	/** Done to the old servers before their entries are read. */
	readonly prepare?: (world: World) => Promise<void>;
};

/**
Deploys the old workload on local volumes, loads it, and takes all of it away when the tests of this `describe` are
over. What comes back can be called once they run.
*/
export const withLoadedWorld = ({volumes, entries, replicas = 1, prepare}: Wanted): (() => LoadedWorld) => {
	let loaded: LoadedWorld | undefined;
	let world: World | undefined;
	let names: PodNames | undefined;

	beforeAll(async () => {
		world = await makeWorld('local', volumes);
		// The first pod is loaded alone: each that joins it is filled from it.
		names = replicas > 1 ? await podNames(world.namespace, world.podAddress) : undefined;
		const {apply, scale} = world;
		await apply(...oldWorkload(world.storageClassName, {replicas, names: names?.template ?? {}}));
		await scale('pingdirectory', 1);
		await loadEntries(world, 'pingdirectory-0', generateEntries(entries));
		await prepare?.(world);
		await scale('pingdirectory', replicas);
		loaded = {world, before: await ask(world, 'pingdirectory-0')};
	});

	afterAll(async () => {
		await world?.remove();
		await names?.close();
	});

	return () => {
		if (!loaded) {
			throw new Error('The old workload is not loaded yet.');
		}

		return loaded;
	};
};
