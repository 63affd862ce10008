import type {WorkloadRow} from '../../migration/workload-row.js';

type Ordered = Pick<WorkloadRow, 'move' | 'frozen' | 'product' | 'name'>;

/** Products by when they are moved, the first first, and why. Those that are not named come last. */
const products: ReadonlyArray<{readonly ids: readonly string[]; readonly why: string}> = [
	{
		ids: ['pingdirectory'],
		why: 'PingDirectory first: the others read from it, and they meet its new servers behind the same Service.',
	},
	{
		ids: ['pingdirectoryproxy', 'pingdatasync', 'pingdatagovernance', 'pingauthorize'],
		why: 'After PingDirectory: it connects to those servers.',
	},
	{
		ids: ['pingfederate', 'pingaccess'],
		why: 'Its administrative console before its engines: engines take their configuration from it.',
	},
];

/** What administers others of its product, by the usual names. */
const administers = (name: string): boolean => /(?:^|-)(?:admin|console)(?:-|$)/v.test(name);

const productRank = ({product, name}: Ordered): {readonly rank: number; readonly why: string} => {
	const at = products.findIndex(({ids}) => ids.includes(product));
	const found = products[at];
	return found
		? {
				rank: at + (product === 'pingfederate' || product === 'pingaccess' ? (administers(name) ? 0 : 0.5) : 0),
				why: found.why,
			}
		: {rank: products.length, why: 'Nothing else waits for it.'};
};

/** Where a workload stands: what is begun before what is not, refused writes before everything. */
const placeOf = (row: Ordered, today: string): {readonly rank: number; readonly why: string} => {
	const {move, frozen} = row;
	if (frozen && move.kind !== 'running') {
		return {rank: 0, why: 'Its servers refuse writes: end this first.'};
	}

	switch (move.kind) {
		case 'running': {
			return {rank: 1, why: 'Somebody is at work on it, and a namespace has one run at a time.'};
		}

		case 'stopped': {
			return {rank: 2, why: 'It was begun: end it, or take it back, before the next.'};
		}

		case 'root': {
			const isOverdue = move.until !== undefined && move.until < today;
			return isOverdue
				? {rank: 3, why: 'It was to run as root no longer than this.'}
				: {rank: 20, why: 'It still has time; a fresh deployment pays the debt.'};
		}

		case 'not-begun': {
			const {rank, why} = productRank(row);
			return {rank: 10 + rank, why};
		}

		case 'successor':
		case 'moved':
		case 'unprivileged': {
			return {rank: 30, why: 'Nothing is left to do for it.'};
		}
	}
};

/** The rows in the order in which it is sensible to go through them, each with the reason. */
export const inOrder = (rows: ReadonlyArray<Omit<WorkloadRow, 'order'>>, now: Date): readonly WorkloadRow[] => {
	const today = now.toISOString().slice(0, 10);
	return rows
		.map(row => ({row, place: placeOf(row, today)}))
		.toSorted(
			(one, other) =>
				one.row.namespace.localeCompare(other.row.namespace) ||
				one.place.rank - other.place.rank ||
				one.row.name.localeCompare(other.row.name),
		)
		.map(({row, place}) => ({...row, order: place.why}));
};
