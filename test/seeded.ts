/** Numbers from 0 to 1, the same for the same seed. */
export const randomFrom = (seed: number): (() => number) => {
	// Park and Miller's generator.
	let state = (seed % 2_147_483_646) + 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return (state - 1) / 2_147_483_646;
	};
};

/** Some of a list, each at most once, in an order that the numbers make. */
export const sampled = <Item>(items: readonly Item[], count: number, random: () => number): readonly Item[] =>
	items
		.map(item => ({item, at: random()}))
		.toSorted((one, other) => one.at - other.at)
		.slice(0, count)
		.map(({item}) => item);
