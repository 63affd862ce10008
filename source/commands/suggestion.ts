import leven from 'leven';

/** So many letters may be wrong in a word that is still taken for a slip. */
const mostSlips = 2;

/** The known word that was probably meant, as a sentence to append; an empty text where none is near. */
export const didYouMean = (word: string, known: readonly string[]): string => {
	const [best] = known
		.map(one => ({one, slips: leven(word, one)}))
		.filter(({one, slips}) => slips <= mostSlips || (word.length > mostSlips && one.startsWith(word)))
		.toSorted((a, b) => a.slips - b.slips);
	return best ? ` Did you mean «${best.one}»?` : '';
};
