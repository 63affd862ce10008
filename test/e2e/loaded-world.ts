import {afterAll, beforeAll} from 'vitest';
import {ask, type Answer} from './ask.js';
import {generateEntries, loadEntries} from './entries.js';
import {deployOld} from './old-workload.js';
import {makeWorld, type World} from './world.js';

/** A namespace with the old workload in it, and its entries as the server itself answers them. */
export type LoadedWorld = {readonly world: World; readonly before: Answer};

/**
Deploys the old workload on local volumes, loads it (20,000 entries unless told), and takes all of it away when the
tests of this `describe` are over. What comes back can be called once they run.
*/
export const withLoadedWorld = (volumes: number, entries?: number): (() => LoadedWorld) => {
	let loaded: LoadedWorld | undefined;
	let world: World | undefined;

	beforeAll(async () => {
		world = await makeWorld('local', volumes);
		await deployOld(world);
		await loadEntries(world, 'pingdirectory-0', generateEntries(entries));
		loaded = {world, before: await ask(world, 'pingdirectory-0')};
	});

	afterAll(async () => {
		await world?.remove();
	});

	return () => {
		if (!loaded) {
			throw new Error('The old workload is not loaded yet.');
		}

		return loaded;
	};
};
